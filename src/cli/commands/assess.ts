/** twinspine assess: the main job, everything about one cluster in one report. */

import { basename, extname, join } from "node:path";
import type { Command } from "commander";
import { assessmentJson, rejectedJson } from "../../report/assessment-json.ts";
import { assessText } from "../../report/text-report.ts";
import { assessmentFiles } from "../assessment-files.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { writeFiles } from "../files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import {
  type AssessOptions,
  assessFile,
  baselineOption,
  exhaustiveOption,
  hasFatal,
  onClusterFile,
  pairsOption,
  printJson,
  reportRejections,
} from "./shared.ts";

interface Options extends AssessOptions {
  readonly output?: string;
  readonly files: boolean;
}

export function addAssess(program: Command, setExitCode: SetExitCode): void {
  onClusterFile(program.command("assess"))
    .description("design, audit and price a cluster, simulate its worst failures, and write the report")
    .option(
      "-o, --output <folder>",
      "folder for report.html and the files beside it (default: out/<name of the cluster file>)",
    )
    .option("--no-files", "print only, write nothing")
    .addOption(baselineOption())
    .addOption(pairsOption())
    .addOption(exhaustiveOption())
    .addHelpText(
      "after",
      `
Writes report.html, assessment.json, bill-of-materials.csv, cabling.csv, fabric.json and topology.svg.
Exits 1 when a single point of failure is fatal or the design cannot be built.

Examples:
  twinspine assess examples/thousand-gpu.yaml
  twinspine assess examples/hpn-pod.yaml --baseline tree -o /tmp/hpn
  twinspine assess cluster.yaml --json --no-files | jq .audit.singlePointsOfFailure`,
    )
    .action((file: string, options: Options) => setExitCode(assess(file, options)));
}

function assess(file: string, options: Options): number {
  const { input, assessment } = assessFile(file, options, { audit: true, price: true, training: true });
  if (assessment.kind === "rejected") {
    if (options.json) printJson(rejectedJson(assessment));
    return reportRejections(input, assessment);
  }
  const folder = options.output ?? join("out", basename(file, extname(file)));
  const files = options.files ? assessmentFiles(assessment) : [];
  if (files.length > 0) writeFiles(folder, files);
  const warnings = assessment.design.warnings.filter((each) => each.severity === "warning");
  if (warnings.length > 0) printDiagnostics(input.withPlaces(warnings));
  if (options.json) printJson(assessmentJson(assessment));
  else process.stdout.write(assessText(assessment, textOptions()));
  if (files.length > 0 && !options.json) {
    process.stdout.write(`\nWritten to ${folder}/: ${files.map((each) => each.name).join(", ")}\n`);
  }
  return hasFatal(assessment) ? exitCodes.finding : exitCodes.done;
}
