/** twinspine simulate --flows: any traffic matrix on the fabric. */

import { type Command, Option } from "commander";
import { flowsCsv, flowsJson, flowsText } from "../../report/text/flows.ts";
import { flowLimits, parseFlows, runFlows } from "../../simulate/flows/index.ts";
import { readText } from "../files.ts";
import { progressBar } from "../progress.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { assessFile, printJson, reportRejections } from "./shared.ts";

/** Options of the flows mode, as commander fills them in. */
export interface FlowsOptions {
  readonly flows: string;
  readonly railAware?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly seed?: number;
  readonly routing?: "ecmp" | "spray" | "adaptive";
  readonly flowsPerConnection?: number;
}

/** Adds the options of the flows mode. */
export function addFlowsOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--flows <file>",
        "run a traffic matrix: CSV with source,destination,bytes,start (in us) on each line",
      ),
    )
    .addOption(new Option("--rail-aware", "flows between GPUs change rails inside the source's server"))
    .addOption(new Option("--csv", "print the flows as CSV and nothing else on standard output").conflicts("json"));
}

/** Runs the traffic matrix of `options.flows` on the cluster file at `file` and prints it; returns the exit code. */
export function runFlowsFile(file: string, options: FlowsOptions): number {
  const { input, assessment } = assessFile(file, {}, { audit: false, price: false, training: false });
  if (assessment.kind === "rejected") return reportRejections(input, assessment);
  const { cluster, fabric } = assessment;
  const { flowsPerConnection = 1, routing = "ecmp", seed = 1, railAware = false } = options;
  const policy = routing === "ecmp" ? ({ kind: routing, flowsPerConnection } as const) : ({ kind: routing } as const);
  const rows = parseFlows(readText(options.flows, flowLimits.charactersMax, "A traffic matrix"), options.flows, fabric);
  const bar = progressBar();
  let result: ReturnType<typeof runFlows>;
  try {
    result = runFlows(fabric, cluster, rows, { policy, railAware, seed, onProgress: bar.update });
  } finally {
    bar.stop();
  }
  if (options.json) printJson({ twinspine: { version: packageVersion() }, ...flowsJson(fabric, cluster, result) });
  else if (options.csv) process.stdout.write(flowsCsv(fabric, result));
  else process.stdout.write(`${flowsText(fabric, cluster, result, policy, textOptions())}\n`);
  return result.flows.every((each) => each.durationS !== undefined) ? exitCodes.done : exitCodes.finding;
}
