/** twinspine simulate --collective: the nccl-tests of a fabric that may not exist yet. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/index.ts";
import { rejectedJson } from "../../report/assessment-json.ts";
import { collectivesTable, collisionSentence } from "../../report/text/collectives.ts";
import { paragraph } from "../../report/text/layout.ts";
import {
  algorithmOf,
  type CollectiveAlgorithm,
  type CollectiveResult,
  collectiveAlgorithms,
  collectiveKindOf,
  type GroupPlacement,
  placements,
  sizesOf,
  surveyCollective,
  surveyOfFile,
} from "../../simulate/collectives/index.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { assessFile, printJson, reportRejections } from "./shared.ts";

/** Options of the collective mode, as commander fills them in. */
export interface CollectiveOptions {
  /** True: those of the cluster file. */
  readonly collective: string | true;
  readonly algorithm?: CollectiveAlgorithm;
  readonly bytes?: string;
  readonly minBytes?: string;
  readonly maxBytes?: string;
  readonly stepFactor?: number;
  readonly stepBytes?: string;
  readonly groupSize?: number;
  readonly placement?: GroupPlacement;
  readonly seed?: number;
  readonly routing?: "ecmp" | "spray" | "adaptive";
  readonly flowsPerConnection?: number;
  readonly settings?: string;
  readonly json?: boolean;
}

const whole = (low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
};

/** Adds the options of the collective mode. */
export function addCollectiveOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--collective [kind]",
        "time one collective, as nccl-tests does: allreduce, reducescatter, allgather, alltoall, broadcast, sendrecv; without a kind those of the cluster file",
      ),
    )
    .addOption(
      new Option(
        "--algorithm <name>",
        "how it is carried out (default: ring, or direct for alltoall and sendrecv)",
      ).choices(collectiveAlgorithms),
    )
    .addOption(new Option("--bytes <size>", "one size (64MiB) or a range (8B..8GiB) (default: 32MiB)"))
    .addOption(new Option("-b, --min-bytes <size>", "smallest size, as nccl-tests has it (8, 32M)"))
    .addOption(new Option("-e, --max-bytes <size>", "largest size"))
    .addOption(
      new Option("-f, --step-factor <factor>", "each size is the one before times this (default: 2)").argParser(Number),
    )
    .addOption(new Option("-i, --step-bytes <size>", "each size is the one before plus this"))
    .addOption(
      new Option(
        "--group-size <ranks>",
        "GPUs of each group; as many groups run at once as fit (default: all GPUs in one)",
      ).argParser(whole(2, 10_000_000)),
    )
    .addOption(
      new Option("--placement <how>", "order of the servers (default: the cluster file's training.placement)").choices(
        placements,
      ),
    );
}

/** Times collectives of the cluster file at `file` and prints them; returns the exit code. */
export function runCollectives(file: string, options: CollectiveOptions): number {
  const { settings } = options;
  const stages = { audit: false, price: false, training: false };
  const { input, assessment } = assessFile(file, settings === undefined ? {} : { settings }, stages);
  if (assessment.kind === "rejected") {
    if (options.json) printJson(rejectedJson(assessment));
    return reportRejections(input, assessment);
  }
  const { cluster, fabric } = assessment;
  const placement = options.placement ?? cluster.training.placement;
  const seed = options.seed ?? 1;
  const { rows, idleGpus, spreadRow } = survey(fabric, cluster, options, placement, seed);
  const gpus = fabric.serverCount * fabric.gpusPerServer;
  if (options.json) {
    const { name, servers } = cluster;
    printJson({
      twinspine: { version: packageVersion() },
      cluster: { name, servers: servers.count, gpus },
      healthy: { collectives: rows },
    });
    return exitCodes.done;
  }
  const text = textOptions();
  const collisions = spreadRow === undefined ? "" : collisionSentence(rows.at(-1)!, spreadRow);
  const sentence = collisions === "" ? "" : `${paragraph(collisions, text)}\n`;
  const table = collectivesTable(rows, text);
  process.stdout.write(`${headOf(cluster.name, rows, placement, seed)}\n${table}\n${sentence}`);
  if (idleGpus > 0)
    process.stderr.write(
      `${idleGpus} of ${gpus} GPUs ${idleGpus === 1 ? "is" : "are"} in no group: the group size does not divide them.\n`,
    );
  return exitCodes.done;
}

interface Surveyed {
  readonly rows: readonly CollectiveResult[];
  readonly idleGpus: number;
  /** The largest size with packets spread over all paths; undefined where it was not asked for. */
  readonly spreadRow?: CollectiveResult | undefined;
}

function survey(
  fabric: Fabric,
  cluster: Cluster,
  options: CollectiveOptions,
  placement: GroupPlacement,
  seed: number,
): Surveyed {
  if (options.collective === true) {
    if (cluster.collectives.length === 0)
      throw userError(
        "simulate/collective",
        "the cluster file lists no collectives",
        "Name one, as in --collective allreduce, or add collectives to the file.",
      );
    return { rows: surveyOfFile(fabric, cluster), idleGpus: 0 };
  }
  const kind = collectiveKindOf(options.collective);
  const { groupSize, flowsPerConnection = 1, routing = "ecmp" } = options;
  const policy = routing === "ecmp" ? ({ kind: routing, flowsPerConnection } as const) : ({ kind: routing } as const);
  const algorithm = algorithmOf(kind, options.algorithm);
  const sizes = sizesOf(options);
  const wish = { kind, algorithm, sizes, groupSize, placement, seed };
  const surveyed = surveyCollective(fabric, cluster, { ...wish, policy });
  if (routing !== "ecmp" || options.json) return surveyed;
  const spread = surveyCollective(fabric, cluster, { ...wish, sizes: sizes.slice(-1), policy: { kind: "spray" } });
  return { ...surveyed, spreadRow: spread.rows[0] };
}

function headOf(name: string, rows: readonly CollectiveResult[], placement: GroupPlacement, seed: number): string {
  const { kind, algorithm, ranks, groups } = rows[0]!;
  const alike = rows.every((row) => row.kind === kind && row.algorithm === algorithm && row.ranks === ranks);
  if (!alike) return `${name}: collectives of the cluster file, ${placement}`;
  const who = groups === 1 ? `${ranks} ranks` : `${groups} groups of ${ranks} ranks at once, the slowest counts`;
  return `${name}: ${kind}, ${algorithm}, ${who}, ${placement}${placement === "random" ? ` (seed ${seed})` : ""}`;
}
