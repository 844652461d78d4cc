/** twinspine import: a fabric that exists, read from what other tools say about it. */

import { basename, extname, join } from "node:path";
import { type Command, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { parseQuantity } from "../../base/units.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { fabricJson } from "../../exchange/export/fabric-json.ts";
import { buildImported, type ImportWish } from "../../exchange/import/build-imported.ts";
import { type ImportFormatName, importFormatNames, importFormats } from "../../exchange/import/formats.ts";
import { matching } from "../../fabric/name-patterns.ts";
import { importJson, importText } from "../../report/import-report.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { writeFiles } from "../files.ts";
import { readImportFiles } from "../import-files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { printJson } from "./shared.ts";

interface Options {
  readonly from: ImportFormatName;
  readonly output?: string;
  readonly files: boolean;
  readonly servers?: string[];
  readonly gpus?: string;
  readonly rails?: string;
  readonly linksPerRail?: string;
  readonly speed?: string;
  readonly json?: boolean;
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
    .option("--gpus <number>", "GPUs of each server (default: 8)")
    .option("--rails <number>", "rails of each server (default: as most servers have)")
    .option("--links-per-rail <number>", "1 or 2 (default: as the file suggests)")
    .option("--speed <quantity>", "speed of links of which the file tells none (default: 400Gbps)")
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
  twinspine assess fabric.json --settings cluster.yaml`,
    )
    .action((paths: string[], options: Options) => setExitCode(run(paths, options)));
}

function run(paths: readonly string[], options: Options): number {
  const format = importFormats[options.from];
  const name = basename(paths[0]!, extname(paths[0]!)) || "imported";
  const wish = wishOf(name, options);
  const wiring = format.read(readImportFiles(paths, format.endings));
  const imported = buildImported(wiring, wish);
  const { fabric, diagnostics } = imported;
  const target = options.files ? targetOf(options.output ?? join("out", name)) : undefined;
  if (target !== undefined) writeFiles(target.folder, [{ name: target.file, content: fabricJson(fabric) }]);
  if (diagnostics.length > 0) printDiagnostics(diagnostics);
  if (options.json) printJson(importJson(imported, packageVersion()));
  else {
    process.stdout.write(importText(imported, textOptions()));
    if (target !== undefined) process.stdout.write(`\nWritten to ${join(target.folder, target.file)}\n`);
  }
  return exitCodes.done;
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
  const patterns = options.servers;
  const speedGbps = options.speed === undefined ? undefined : speedOf(options.speed);
  return {
    name,
    catalog: builtInCatalog,
    ...(gpus === undefined ? {} : { gpus }),
    ...(rails === undefined ? {} : { rails }),
    ...(linksPerRail === undefined ? {} : { linksPerRail: linksPerRail as 1 | 2 }),
    ...(speedGbps === undefined ? {} : { speedGbps }),
    ...(patterns === undefined
      ? {}
      : { isServer: (host: string) => patterns.some((each) => matching(each, new Map([[host, 0]])).length > 0) }),
  };
}

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
