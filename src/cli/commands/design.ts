/** twinspine design: the fabric down to modules, cables and cages. */

import type { Command } from "commander";
import { designJson, rejectedJson } from "../../report/assessment-json.ts";
import { designText } from "../../report/text-report.ts";
import { designFiles } from "../assessment-files.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { writeFiles } from "../files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { type AssessOptions, assessFile, onClusterFile, printJson, reportRejections } from "./shared.ts";

interface Options extends AssessOptions {
  readonly output?: string;
}

export function addDesign(program: Command, setExitCode: SetExitCode): void {
  onClusterFile(program.command("design"))
    .description("size the fabric, choose and check its parts")
    .option("-o, --output <folder>", "write the bill of materials, cabling plan, fabric and topology picture here")
    .addHelpText(
      "after",
      `
Writes (with -o) bill-of-materials.csv, cabling.csv, fabric.json and topology.svg.
Exits 1 when the design cannot be built: every rejection names the two parts, the rule and what would fit.

Examples:
  twinspine design examples/hpn-pod.yaml
  twinspine design examples/thousand-gpu.yaml -o /tmp/thousand
  twinspine design examples/tree.yaml --json | jq .design.switches`,
    )
    .action((file: string, options: Options) => setExitCode(design(file, options)));
}

function design(file: string, options: Options): number {
  const { input, assessment } = assessFile(file, options, { audit: false, price: false, training: false });
  if (assessment.kind === "rejected") {
    if (options.json) printJson(rejectedJson(assessment));
    return reportRejections(input, assessment);
  }
  const files = designFiles(assessment);
  if (options.output !== undefined) writeFiles(options.output, files);
  const warnings = assessment.design.warnings.filter((each) => each.severity === "warning");
  if (warnings.length > 0) printDiagnostics(input.withPlaces(warnings));
  if (options.json) printJson(designJson(assessment));
  else process.stdout.write(designText(assessment, textOptions()));
  if (options.output !== undefined && !options.json) {
    process.stdout.write(`\nWritten to ${options.output}/: ${files.map((each) => each.name).join(", ")}\n`);
  }
  return exitCodes.done;
}
