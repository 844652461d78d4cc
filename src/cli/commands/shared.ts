/** What the commands on a cluster file have in common. */

import { type Command, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import type { BaselineKind } from "../../economics/index.ts";
import { assessCluster } from "../../report/assess-cluster.ts";
import type { Assessment, Rejected } from "../../report/assessment.ts";
import { jsonPieces } from "../../report/json-pieces.ts";
import { type Input, readCluster, readInput } from "../cluster-input.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { progressBar } from "../progress.ts";
import { exitCodes } from "../run.ts";
import { packageVersion } from "../version.ts";

/** Characters that are printed at once. */
const piecesLengthMax = 1_000_000;

/** Options of every command that assesses. */
export interface AssessOptions {
  readonly baseline?: string;
  readonly pairs?: boolean;
  readonly exhaustive?: boolean;
  readonly json?: boolean;
  readonly settings?: string;
}

export type Assessed = { readonly input: Input; readonly assessment: Assessment | Rejected };

/** `--json`, `--settings` and the cluster file argument. */
export function onClusterFile(command: Command): Command {
  return command
    .argument("<cluster-file>", "cluster file (YAML), or imported fabric (JSON, see twinspine import)")
    .addOption(settingsOption())
    .addOption(new Option("--json", "print one JSON document and nothing else on standard output"));
}

export const settingsOption = () =>
  new Option(
    "--settings <cluster-file>",
    "for an imported fabric: switching, training, economics, shared risks and own parts from this cluster file",
  );

export const baselineOption = () =>
  new Option(
    "--baseline <what>",
    "compare with: single (one link per NIC), dual, tree, none, or another cluster file (default: single, or dual for a single-link cluster)",
  );

export const pairsOption = () => new Option("--no-pairs", "leave out what two failures at once do (N-2)");
export const exhaustiveOption = () =>
  new Option(
    "--exhaustive",
    "evaluate every part by itself instead of by classes of equal parts (slow; the same answer)",
  );

interface Stages {
  readonly audit: boolean;
  readonly price: boolean;
  readonly training: boolean;
}

/** Reads the cluster file and assesses it, with a progress bar on a terminal. */
export function assessFile(path: string, options: AssessOptions, stages: Stages): Assessed {
  const input = readInput(path, options.settings);
  const usual = input.cluster.servers.linksPerRail === 1 ? "dual" : "single";
  const baseline = stages.price ? baselineOf(options.baseline ?? usual) : undefined;
  const bar = progressBar();
  try {
    const assessment = assessCluster(input.cluster, {
      version: packageVersion(),
      ...(input.imported === undefined ? {} : { design: input.imported }),
      audit: stages.audit,
      price: stages.price,
      training: stages.training,
      baseline,
      pairs: options.pairs ?? true,
      exhaustive: options.exhaustive ?? false,
      onProgress: bar.update,
    });
    return { input, assessment };
  } finally {
    bar.stop();
  }
}

function baselineOf(wanted: string): BaselineKind | ReturnType<typeof readCluster>["cluster"] | undefined {
  if (wanted === "none") return undefined;
  if (wanted === "single" || wanted === "dual" || wanted === "tree") return wanted;
  if (!/[./\\]/.test(wanted)) {
    throw userError(
      "command/value",
      `--baseline ${wanted} is unknown`,
      "Use single, dual, tree, none, or the path of a cluster file.",
    );
  }
  return readCluster(wanted).cluster;
}

/** Prints what the design rejected and why, and returns the exit code. */
export function reportRejections(input: Input, rejected: Rejected): number {
  const { rejections } = rejected.design;
  printDiagnostics(input.withPlaces(rejections));
  // A fabric beyond the limits is bad input: nobody looked at whether it could be built.
  if (rejections.some((each) => each.code === "design/too-large")) return exitCodes.badInput;
  process.stderr.write("\nThis design cannot be built as described.\n");
  return exitCodes.finding;
}

/** Whether the audit found a fatal single point of failure. */
export function hasFatal(assessment: Assessment): boolean {
  return assessment.audit?.singlePointsOfFailure.some((each) => each.verdict === "fatal") ?? false;
}

/** Prints a JSON document on standard output. */
export function printJson(value: unknown): void {
  let text = "";
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < piecesLengthMax) continue;
    process.stdout.write(text);
    text = "";
  }
  process.stdout.write(`${text}\n`);
}
