/** twinspine simulate with a scenario or for some days: training while parts fail. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { jsonPieces } from "../../report/json-pieces.ts";
import { simulationHtml } from "../../report/simulation-html.ts";
import { simulationJson } from "../../report/simulation-json.ts";
import { timelineParquet } from "../../report/simulation-parquet.ts";
import { entriesMax, notableMax, type Telling, tellings, usualTelling } from "../../report/telling.ts";
import { simulationText } from "../../report/text/simulation.ts";
import { againstCommonReference } from "../../simulate/common-reference.ts";
import type { RoutingPolicy } from "../../simulate/network/index.ts";
import type { TrainingResult } from "../../simulate/result.ts";
import { type LocatedScenario, parseScenario } from "../../simulate/scenario/parse.ts";
import { randomScenario, timelineOf } from "../../simulate/scenario/timeline.ts";
import { prepareSimulation, type Simulation } from "../../simulate/training/index.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { inputBytesMax, readText, writeFiles } from "../files.ts";
import { progressBar } from "../progress.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { assessFile, printJson, reportRejections } from "./shared.ts";

export interface TrainingOptions {
  readonly settings?: string;
  readonly scenario?: string;
  readonly days?: number;
  readonly mode?: readonly SwitchingMode[];
  readonly seed?: number;
  readonly routing?: RoutingPolicy["kind"];
  readonly flowsPerConnection?: number;
  readonly output?: string;
  readonly json?: boolean;
  readonly events?: Telling;
}

const modes: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];
const daysMax = 100;

export function addTrainingOptions(command: Command): Command {
  return command
    .addOption(new Option("--scenario <file>", "what happens while the job trains (YAML, docs/simulate-training.md)"))
    .addOption(
      new Option(
        "--days <days>",
        "train for so many days with failures at the published rates (default: 30)",
      ).argParser((text) => {
        const days = Number(text);
        if (days > 0 && days <= daysMax) return days;
        throw new InvalidArgumentError(`Give a number above 0, at most ${daysMax}.`);
      }),
    )
    .addOption(
      new Option(
        "--mode <list>",
        `switching modes to compare, separated by commas: ${modes.join(", ")} (default: the cluster file's)`,
      ).argParser(modesOf),
    )
    .addOption(
      new Option(
        "-o, --output <folder>",
        "also write report.html, simulation.json and timeline.parquet into this folder",
      ),
    )
    .addOption(
      new Option(
        "--events <which>",
        `what the JSON tells one by one; notable: the ${notableMax} worst or longest of each list; totals are of everything in any case (default: all, notable from ${entriesMax} entries on)`,
      ).choices(tellings),
    );
}

function modesOf(text: string): readonly SwitchingMode[] {
  const names = text === "all" ? modes : text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !modes.some((mode) => mode === name));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is no mode. Use ${modes.join(", ")} or all.`);
  return [...new Set(names)] as SwitchingMode[];
}

/** Runs the scenario and prints what training felt; resolves to the exit code. */
export async function runTraining(file: string, options: TrainingOptions): Promise<number> {
  if (options.scenario !== undefined && options.days !== undefined)
    throw userError(
      "command/value",
      "--scenario and --days exclude each other",
      "Put random: {} and duration into the scenario file.",
    );
  const located = scenarioOf(options);
  const { input, assessment } = assessFile(file, options.settings === undefined ? {} : { settings: options.settings }, {
    audit: false,
    price: false,
    training: false,
  });
  if (assessment.kind === "rejected") return reportRejections(input, assessment);
  const { cluster, fabric } = assessment;
  const timeline = timelineOf(fabric, cluster, located);
  if (timeline.warnings.length > 0) printDiagnostics(timeline.warnings);
  const policy = policyOf(options);
  const wanted = fabric.linksPerEndpoint === 1 ? [cluster.switching.mode] : (options.mode ?? [cluster.switching.mode]);
  const simulations = wanted.map(
    (mode) => () => prepareSimulation(cluster, fabric, timeline, { mode, policy, seed: located.scenario.seed }),
  );
  const { runs, interrupted } = await runAll(simulations);
  const { scenario } = located;
  const simulated = {
    version: packageVersion(),
    cluster,
    scenario,
    durationS: timeline.durationUs / 1e6,
    policy,
    runs: againstCommonReference(runs),
    telling: options.events,
  };
  if (options.output !== undefined)
    writeFiles(options.output, [
      { name: "report.html", content: [simulationHtml(simulated)] },
      { name: "simulation.json", content: withNewline(jsonPieces(simulationJson(simulated))) },
      { name: "timeline.parquet", content: [timelineParquet(runs)] },
    ]);
  if (options.events === undefined && usualTelling(runs) !== "all" && (options.json || options.output !== undefined))
    process.stderr.write(
      `The JSON tells the ${notableMax} most notable entries of each list and counts the others in leftOut; --events all tells everything.\n`,
    );
  if (options.json) printJson(simulationJson(simulated));
  else process.stdout.write(simulationText(simulated, textOptions()));
  if (interrupted) {
    process.stderr.write("Interrupted: the result is true up to the moment it stopped.\n");
    return exitCodes.interrupted;
  }
  return runs.some(lostToNetwork) ? exitCodes.finding : exitCodes.done;
}

function scenarioOf({ scenario, days = 30, seed }: TrainingOptions): LocatedScenario {
  if (scenario === undefined) return randomScenario(days, seed ?? 1);
  const located = parseScenario(readText(scenario, inputBytesMax, "A scenario file (YAML)"), scenario);
  return seed === undefined ? located : { ...located, scenario: { ...located.scenario, seed } };
}

/** As the audit counts unless something else is asked for: every link of a switch carries its equal share. */
function policyOf({ routing = "spray", flowsPerConnection = 1 }: TrainingOptions): RoutingPolicy {
  return routing === "ecmp" ? { kind: routing, flowsPerConnection } : { kind: routing };
}

/** Whether a job was lost to a part of the network. */
function lostToNetwork({ events }: TrainingResult): boolean {
  const endpoints = ["gpu", "server", "software"];
  return events.some((event) => event.aborts > 0 && !endpoints.includes(event.kind));
}

function* withNewline(pieces: Iterable<string>): Generator<string, void, void> {
  yield* pieces;
  yield "\n";
}

/**
 * Prepares and runs one simulation after the other, so that Ctrl-C is heard and a terminal sees how far it is. Until the first
 * is prepared nothing could be told: Ctrl-C ends the program at once.
 */
async function runAll(
  simulations: readonly (() => Simulation)[],
): Promise<{ runs: TrainingResult[]; interrupted: boolean }> {
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  const bar = progressBar();
  const runs: TrainingResult[] = [];
  try {
    for (const [index, prepare] of simulations.entries()) {
      bar.update(index / simulations.length, "preparing");
      const simulation = prepare();
      if (index === 0) process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
      let pausedMs = performance.now();
      for (const fraction of simulation.run()) {
        if (performance.now() - pausedMs < 40) continue;
        bar.update((index + fraction) / simulations.length, "simulating");
        await nextTurn();
        pausedMs = performance.now();
        if (interrupted) break;
      }
      runs.push(simulation.result());
      if (interrupted) break;
    }
    return { runs, interrupted };
  } finally {
    bar.stop();
    process.removeListener("SIGINT", interrupt).removeListener("SIGTERM", interrupt);
  }
}
