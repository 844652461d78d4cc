/** twinspine catalog: the parts that can be bought, with their sources. */

import { type Command, Option } from "commander";
import { throwOnErrors } from "../../base/diagnostics.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { unknownPart } from "../../catalog/lookup.ts";
import type { PartModel, PartModelKind } from "../../catalog/types.ts";
import { table } from "../../report/table.ts";
import type { SetExitCode } from "../program.ts";
import { textOptions } from "../terminal.ts";
import { printJson } from "./shared.ts";

const kinds: readonly PartModelKind[] = ["switch", "nic", "module", "captive-cable", "fibre"];

interface Options {
  readonly kind?: PartModelKind;
  readonly json?: boolean;
}

export function addCatalog(program: Command, setExitCode: SetExitCode): void {
  program
    .command("catalog")
    .description("list the parts that can be bought, or show one with the source of every figure")
    .argument("[model]", "model name of one part")
    .addOption(new Option("--kind <kind>", "only parts of this kind").choices(kinds))
    .addOption(new Option("--json", "print one JSON document and nothing else on standard output"))
    .addHelpText(
      "after",
      `
Examples:
  twinspine catalog --kind switch
  twinspine catalog MFS1S00
  twinspine catalog --json | jq '.parts[].model'`,
    )
    .action((model: string | undefined, options: Options) => {
      setExitCode(0);
      const parts = model === undefined ? [...builtInCatalog.values()] : [find(model, options.kind)];
      const shown = parts.filter((part) => options.kind === undefined || part.kind === options.kind);
      if (options.json) printJson({ parts: shown });
      else process.stdout.write(model === undefined ? listText(shown) : shown.map(partText).join(""));
    });
}

function find(model: string, kind: PartModelKind | undefined): PartModel {
  const part = builtInCatalog.get(model);
  if (part === undefined || (kind !== undefined && part.kind !== kind)) {
    throwOnErrors([unknownPart(builtInCatalog, model, kind === undefined ? kinds : [kind])]);
  }
  return part!;
}

function listText(parts: readonly PartModel[]): string {
  const columns = [{ title: "kind" }, { title: "model" }, { title: "description" }, { title: "source" }];
  return `${table(
    columns,
    parts.map((part) => [part.kind, part.model, part.description, part.source.grade]),
    textOptions(),
  )}\n`;
}

/** Every field of a part, one a line, figures with their sources. */
function partText(part: PartModel): string {
  return `${lines(part, "").join("\n")}\n`;
}

function lines(value: unknown, indent: string): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${String(value)}`];
  return Object.entries(value).flatMap(([key, each]) => {
    if (typeof each !== "object" || each === null) return [`${indent}${key}: ${each}`];
    if (isFigure(each)) return [`${indent}${key}: ${each.value} (${each.source.grade}: ${each.source.text})`];
    if (Array.isArray(each) && each.every((item) => typeof item !== "object"))
      return [`${indent}${key}: ${each.join(", ")}`];
    return [`${indent}${key}:`, ...lines(each, `${indent}  `)];
  });
}

function isFigure(value: object): value is { value: number; source: { grade: string; text: string } } {
  return "value" in value && "source" in value;
}
