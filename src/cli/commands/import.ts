/** twinspine import: a fabric that exists, read from what other tools say about it. */

import { basename, extname, join } from "node:path";
import { type Command, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { parseQuantity } from "../../base/units.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { fabricJson } from "../../exchange/export/fabric-json.ts";
import { buildImported, type ImportWish } from "../../exchange/import/build-imported.ts";
import { compareWiring } from "../../exchange/import/compare-wiring.ts";
import { csvRows } from "../../exchange/import/csv-reader.ts";
import { type ImportFormatName, importFormatNames, importFormats } from "../../exchange/import/formats.ts";
import { buildFabric, type Fabric } from "../../fabric/index.ts";
import { matching } from "../../fabric/name-patterns.ts";
import type { Rejected } from "../../report/assessment.ts";
import { comparisonText, importJson, importText } from "../../report/import-report.ts";
import { type Input, readInput } from "../cluster-input.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { readText, writeFiles } from "../files.ts";
import { readImportFiles } from "../import-files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { printJson, reportRejections } from "./shared.ts";

interface Options {
  readonly from: ImportFormatName;
  readonly output?: string;
  readonly files: boolean;
  readonly servers?: string[];
  readonly ignore?: string[];
  readonly gpus?: string;
  readonly rails?: string;
  readonly linksPerRail?: string;
  readonly speed?: string;
  readonly json?: boolean;
  readonly against?: string;
  readonly names?: string;
}

export function addImport(program: Command, setExitCode: SetExitCode): void {
  const formats = importFormatNames.map((name) => `  ${name.padEnd(14)}${importFormats[name].description}`);
  program
    .command("import")
    .description("read a fabric that exists, for every other verb to take in place of a cluster file")
    .argument("<path...>", "files, or a folder of them")
    .addOption(new Option("--from <format>", "what the files are").choices(importFormatNames).makeOptionMandatory())
    .option(
      "-o, --output <path>",
      "file (.json) or folder to write the fabric to (default: out/<name of the path>/fabric.json)",
    )
    .option("--no-files", "print only, write nothing")
    .option("--servers <pattern...>", "which hosts are servers (* stands for anything); default: see docs/import.md")
    .option("--ignore <pattern...>", "devices to leave out, such as out-of-band switches (* stands for anything)")
    .option("--gpus <number>", "GPUs of each server (default: 8)")
    .option("--rails <number>", "rails of each server (default: as most servers have)")
    .option("--links-per-rail <number>", "1 or 2 (default: as the file suggests)")
    .option("--speed <quantity>", "speed of links of which the file tells none (default: 400Gbps)")
    .option("--against <cluster-file>", "list the wiring mistakes: what differs from this cluster file's fabric")
    .option("--names <csv>", "with --against: two columns, the name in the cluster file and the name in the import")
    .addOption(new Option("--json", "print one JSON document and nothing else on standard output"))
    .addHelpText(
      "after",
      `
Formats:
${formats.join("\n")}

What a file cannot say is assumed, and every assumption is listed (docs/import.md has the rules).

Examples:
  ibnetdiscover > fabric.txt && twinspine import fabric.txt --from ibnetdiscover -o fabric.json
  twinspine audit fabric.json
  twinspine assess fabric.json --settings cluster.yaml
  twinspine import dumps/ --from lldp --no-files --against cluster.yaml     exits 1 when something is wired wrongly`,
    )
    .action((paths: string[], options: Options) => setExitCode(run(paths, options)));
}

function run(paths: readonly string[], options: Options): number {
  const format = importFormats[options.from];
  const name = basename(paths[0]!, extname(paths[0]!)) || "imported";
  const plan = options.against === undefined ? undefined : expectedFabric(options.against);
  if (plan !== undefined && plan.fabric === undefined) return reportRejections(plan.input, plan.rejected);
  const wish = { ...wishLike(plan?.fabric), ...wishOf(name, options) };
  const wiring = format.read(readImportFiles(paths, format.endings));
  const imported = buildImported(wiring, wish);
  const { fabric, diagnostics } = imported;
  const comparison =
    plan?.fabric === undefined
      ? undefined
      : compareWiring(plan.fabric, fabric, imported.speedKnown, givenNames(options.names));
  const target = options.files ? targetOf(options.output ?? join("out", name)) : undefined;
  if (target !== undefined) writeFiles(target.folder, [{ name: target.file, content: fabricJson(fabric) }]);
  if (diagnostics.length > 0) printDiagnostics(diagnostics);
  if (options.json) printJson(importJson(imported, packageVersion(), comparison));
  else {
    process.stdout.write(importText(imported, textOptions()));
    if (comparison !== undefined) process.stdout.write(comparisonText(comparison, options.against!, textOptions()));
    if (target !== undefined) process.stdout.write(`\nWritten to ${join(target.folder, target.file)}\n`);
  }
  return comparison !== undefined && comparison.mistakes.length > 0 ? exitCodes.finding : exitCodes.done;
}

type Expected =
  | { readonly fabric: Fabric }
  | { readonly fabric: undefined; readonly input: Input; readonly rejected: Rejected };

/** The fabric that the real one is compared with: built from a cluster file, or a fabric file. */
function expectedFabric(path: string): Expected {
  const input = readInput(path);
  const design = input.imported ?? buildFabric(input.cluster);
  if (design.fabric !== undefined) return { fabric: design.fabric };
  const rejected = { kind: "rejected", cluster: input.cluster, design, version: packageVersion() } as const;
  return { fabric: undefined, input, rejected };
}

/** GPUs, rails and links as the fabric has them with which the real one is compared. */
function wishLike(expected: Fabric | undefined): Partial<ImportWish> {
  if (expected === undefined) return {};
  const { gpusPerServer, railsPerServer, linksPerEndpoint } = expected;
  return { gpus: gpusPerServer, rails: railsPerServer, linksPerRail: linksPerEndpoint };
}

/** Names in the cluster file by names in the import. */
function givenNames(path: string | undefined): Map<string, string> {
  if (path === undefined) return new Map();
  const rows = [...csvRows({ name: path, text: readText(path) })];
  return new Map(rows.map(({ cells }) => [cells[1] ?? "", cells[0] ?? ""]));
}

function targetOf(output: string): { folder: string; file: string } {
  if (!output.endsWith(".json")) return { folder: output, file: "fabric.json" };
  const file = basename(output);
  return { folder: output.slice(0, output.length - file.length) || ".", file };
}

function wishOf(name: string, options: Options): ImportWish {
  const gpus = wholeOf("--gpus", options.gpus, 64);
  const rails = wholeOf("--rails", options.rails, 64);
  const linksPerRail = wholeOf("--links-per-rail", options.linksPerRail, 2);
  const speedGbps = options.speed === undefined ? undefined : speedOf(options.speed);
  return {
    name,
    catalog: builtInCatalog,
    ...(gpus === undefined ? {} : { gpus }),
    ...(rails === undefined ? {} : { rails }),
    ...(linksPerRail === undefined ? {} : { linksPerRail: linksPerRail as 1 | 2 }),
    ...(speedGbps === undefined ? {} : { speedGbps }),
    ...(options.servers === undefined ? {} : { isServer: fitsOne(options.servers) }),
    ...(options.ignore === undefined ? {} : { isIgnored: fitsOne(options.ignore) }),
  };
}

const fitsOne = (patterns: readonly string[]) => (name: string) =>
  patterns.some((each) => matching(each, new Map([[name, 0]])).length > 0);

function wholeOf(option: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text);
  throw userError("command/value", `${option} ${text} is out of range`, `Write a whole number from 1 to ${most}.`);
}

function speedOf(text: string): number {
  const result = parseQuantity("bandwidth", text);
  if (result.ok && result.value > 0 && result.value <= 12_800) return result.value;
  throw userError(
    "command/value",
    `--speed ${text} is no speed of a link`,
    "Write a speed with its unit, such as 400Gbps.",
  );
}
