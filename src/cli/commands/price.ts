/** twinspine price: what failures cost, and whether the second link pays for itself. */

import type { Command } from "commander";
import { priceJson, rejectedJson } from "../../report/assessment-json.ts";
import { priceText } from "../../report/text-report.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import {
  type AssessOptions,
  assessFile,
  baselineOption,
  onClusterFile,
  printJson,
  reportRejections,
} from "./shared.ts";

export function addPrice(program: Command, setExitCode: SetExitCode): void {
  onClusterFile(program.command("price"))
    .description("price the disruption, beside a baseline")
    .addOption(baselineOption())
    .addHelpText(
      "after",
      `
Failure rates, repair times and prices come from the catalog; the cluster file overrides them (economics:).

Examples:
  twinspine price examples/thousand-gpu.yaml
  twinspine price examples/hpn-pod.yaml --baseline tree
  twinspine price examples/port-failure-72min.yaml --json | jq .price.incident`,
    )
    .action((file: string, options: AssessOptions) => setExitCode(price(file, options)));
}

function price(file: string, options: AssessOptions): number {
  const { input, assessment } = assessFile(
    file,
    { ...options, pairs: false },
    { audit: true, price: true, training: false },
  );
  if (assessment.kind === "rejected") {
    if (options.json) printJson(rejectedJson(assessment));
    return reportRejections(input, assessment);
  }
  if (options.json) printJson(priceJson(assessment));
  else process.stdout.write(priceText(assessment, textOptions()));
  return exitCodes.done;
}
