/** From the text of a scenario file to a {@link LocatedScenario}. Pure: files are read by the caller. */

import { type DiagnosticCode, diagnosticCodes } from "../../base/diagnostic-codes.ts";
import { type Diagnostic, type Place, UserError } from "../../base/diagnostics.ts";
import { inFileOrder } from "../../cluster/in-file-order.ts";
import { diagnosticsOf } from "../../cluster/issues.ts";
import { placeOf, type Source } from "../../cluster/source.ts";
import { parseYaml } from "../../cluster/yaml.ts";
import { type EventKind, type ScenarioEvent, type ScenarioFile, scenarioSchema } from "./schema.ts";

/** A scenario with the places of its events' keys, for what is found wrong later. */
export interface LocatedScenario {
  readonly scenario: ScenarioFile;
  /** Where the part or the time of an event stands; undefined for scenarios that come from no file. */
  readonly placeOfKey: (event: number, key: "part" | "at") => Place | undefined;
}

/** Keys that only some events take. */
const keysOf: Readonly<Partial<Record<keyof ScenarioEvent, readonly EventKind[]>>> = {
  for: ["fail", "degrade", "drain", "reboot"],
  direction: ["fail", "flap", "degrade"],
  silent: ["fail", "flap"],
  times: ["flap"],
  down: ["flap"],
  up: ["flap"],
  rate: ["degrade"],
  errorRate: ["degrade"],
  drain: ["reboot"],
};

/**
 * Parses a scenario file; `file` is its name, for messages. Throws a `UserError` that lists everything wrong with it, in
 * the order of the file.
 */
export function parseScenario(text: string, file: string): LocatedScenario {
  const source = inScenarioWords(() => parseYaml(text, file));
  const result = scenarioSchema.safeParse(source.root);
  const issues = result.success
    ? result.data.events.flatMap((event, index) => misplacedKeys(event, index, source))
    : diagnosticsOf(result.error.issues, { source, schema: scenarioSchema, at: [] }).map(translated);
  const found = inFileOrder([...source.diagnostics.map(translated), ...issues]);
  if (found.length > 0 || !result.success) throw new UserError(found);
  return { scenario: result.data, placeOfKey: (event, key) => placeOf(source, ["events", event, key]) };
}

function misplacedKeys(event: ScenarioEvent, index: number, source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (key: string, message: string, remedy: string) => {
    const path = ["events", index, key];
    const at = path.join(".");
    found.push({
      code: "scenario/contradiction",
      severity: "error",
      message: `${at}: ${message}`,
      remedy,
      path: at,
      place: placeOf(source, path, true),
    });
  };
  for (const [key, kinds] of Object.entries(keysOf)) {
    if (event[key as keyof ScenarioEvent] === undefined || kinds.includes(event.event)) continue;
    report(
      key,
      `"${event.event}" takes no ${key}`,
      `Only ${kinds.join(", ")} take${kinds.length === 1 ? "s" : ""} it.`,
    );
  }
  if (event.event === "degrade" && event.rate === undefined && event.errorRate === undefined)
    report("event", "nothing is degraded", "Give rate (such as 50%) or errorRate (such as 1e-5), or use fail.");
  return found;
}

/** What the YAML reader says of cluster files, said of a scenario file. */
function translated(diagnostic: Diagnostic): Diagnostic {
  const code = diagnostic.code.replace("cluster/", "scenario/");
  return code in diagnosticCodes ? { ...diagnostic, code: code as DiagnosticCode } : diagnostic;
}

function inScenarioWords<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const remedy = "The shortest scenario file is: random: {}.";
    throw new UserError(
      error.diagnostics.map(translated).map((each) => (each.code === "scenario/empty" ? { ...each, remedy } : each)),
    );
  }
}
