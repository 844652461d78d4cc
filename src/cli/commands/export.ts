/** twinspine export: files for real systems. */

import { basename, extname, join } from "node:path";
import type { Command } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { exportFormat, exportFormats } from "../../exchange/export/registry.ts";
import { table } from "../../report/table.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { writeFiles } from "../files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { assessFile, printJson, reportRejections, settingsOption } from "./shared.ts";

interface Options {
  readonly to?: string;
  readonly output?: string;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly settings?: string;
}

export function addExport(program: Command, setExitCode: SetExitCode): void {
  program
    .command("export")
    .argument("[cluster-file]", "cluster file (YAML), or imported fabric (JSON, see twinspine import)")
    .description("write what other systems load: routing, schedulers, inventories, drawings, labels")
    .option("--to <format>", "what to write; --list shows the formats")
    .option("-o, --output <folder>", "where to write (default: out/<name of the cluster file>/<format>)")
    .option("--list", "list the formats, what each writes and what checks it")
    .addOption(settingsOption())
    .option("--json", "print one JSON document and nothing else on standard output")
    .addHelpText(
      "after",
      `
The same cluster file gives the same bytes. Files are first written beside their places and then renamed.
docs/exports.md describes every format, with its limits and what it cannot say.

Examples:
  twinspine export --list
  twinspine export examples/small.yaml --to frr -o /tmp/small
  twinspine export examples/thousand-gpu.yaml --to cabling -o .`,
    )
    .action((file: string | undefined, options: Options) => setExitCode(run(file, options)));
}

function run(file: string | undefined, options: Options): number {
  if (options.list) return list(options);
  if (file === undefined)
    throw userError("command/value", "no cluster file is given", "Name one, or use --list to see the formats.");
  if (options.to === undefined)
    throw userError("command/value", "no format is given", "Use --to with a format; --list shows them.");
  const format = exportFormat(options.to);
  const { input, assessment } = assessFile(file, options, { audit: false, price: false, training: false });
  if (assessment.kind === "rejected") return reportRejections(input, assessment);
  const { files, remarks } = format.make({ cluster: input.cluster, fabric: assessment.fabric });
  const folder = options.output ?? join("out", basename(file, extname(file)), format.name);
  writeFiles(folder, files);
  const warnings = remarks.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) printDiagnostics(warnings);
  if (options.json) printJson({ format: format.name, folder, files: files.map(({ name }) => name), remarks });
  else process.stdout.write(`${summary(folder, files)}\n`);
  return exitCodes.done;
}

const namesShownMax = 12;

function summary(folder: string, files: readonly { readonly name: string }[]): string {
  const shown = files.slice(0, namesShownMax).map(({ name }) => name);
  const rest = files.length - shown.length;
  const count = `${files.length} file${files.length === 1 ? "" : "s"}`;
  return `${count} written to ${folder}/: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function list({ json }: Options): number {
  const rows = exportFormats.map(({ name, writes, checkedBy }) => ({ name, writes, checkedBy }));
  if (json) printJson({ formats: rows });
  else {
    const columns = [{ title: "format" }, { title: "writes", flexible: true }, { title: "checked by", flexible: true }];
    const cells = rows.map(({ name, writes, checkedBy }) => [name, writes, checkedBy]);
    process.stdout.write(`${table(columns, cells, textOptions())}\n`);
  }
  return exitCodes.done;
}
