/** twinspine audit: which part could still stop training. */

import type { Command } from "commander";
import { auditJson, rejectedJson } from "../../report/assessment-json.ts";
import { auditText } from "../../report/text-report.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import {
  type AssessOptions,
  assessFile,
  exhaustiveOption,
  hasFatal,
  onClusterFile,
  pairsOption,
  printJson,
  reportRejections,
} from "./shared.ts";

export function addAudit(program: Command, setExitCode: SetExitCode): void {
  onClusterFile(program.command("audit"))
    .description("find every single point of failure and what remains after one or two failures")
    .addOption(pairsOption())
    .addOption(exhaustiveOption())
    .addHelpText(
      "after",
      `
Verdicts, from mild to fatal: transparent, degraded, rerouted, fatal (docs/audit.md).
Exits 1 when a fatal single point of failure is left, so that it can guard a repository of cluster files.

Examples:
  twinspine audit examples/as-drawn.yaml
  for file in clusters/*.yaml; do twinspine audit "$file" --no-pairs || exit 1; done
  twinspine audit examples/tree.yaml --json | jq '.audit.singlePointsOfFailure[].stage'`,
    )
    .action((file: string, options: AssessOptions) => setExitCode(audit(file, options)));
}

function audit(file: string, options: AssessOptions): number {
  const { input, assessment } = assessFile(file, options, { audit: true, price: false, training: false });
  if (assessment.kind === "rejected") {
    if (options.json) printJson(rejectedJson(assessment));
    return reportRejections(input, assessment);
  }
  if (options.json) printJson(auditJson(assessment));
  else process.stdout.write(auditText(assessment, textOptions()));
  return hasFatal(assessment) ? exitCodes.finding : exitCodes.done;
}
