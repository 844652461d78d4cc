/** Collectives and the algorithms that carry them out, with the bus bandwidth that nccl-tests reports for each. */

import { userError } from "../../base/diagnostics.ts";
import { closest } from "../../base/suggest.ts";

export const collectiveKinds = [
  "allreduce",
  "reducescatter",
  "allgather",
  "alltoall",
  "broadcast",
  "sendrecv",
] as const;
export type CollectiveKind = (typeof collectiveKinds)[number];

/** direct: every rank sends straight to its peers. */
export const collectiveAlgorithms = ["ring", "tree", "hierarchical", "halving-doubling", "direct"] as const;
export type CollectiveAlgorithm = (typeof collectiveAlgorithms)[number];

const algorithmsOf: Record<CollectiveKind, readonly [CollectiveAlgorithm, ...CollectiveAlgorithm[]]> = {
  allreduce: ["ring", "tree", "hierarchical", "halving-doubling"],
  reducescatter: ["ring", "hierarchical", "halving-doubling"],
  allgather: ["ring", "hierarchical", "halving-doubling"],
  broadcast: ["ring", "tree", "hierarchical"],
  alltoall: ["direct"],
  sendrecv: ["direct"],
};

/** The algorithm of a collective: the one wanted, or the first that its kind has. Throws `simulate/algorithm`. */
export function algorithmOf(kind: CollectiveKind, wanted: CollectiveAlgorithm | undefined): CollectiveAlgorithm {
  const [usual, ...others] = algorithmsOf[kind];
  if (wanted === undefined || wanted === usual) return usual;
  if (others.includes(wanted)) return wanted;
  throw userError(
    "simulate/algorithm",
    `there is no ${wanted} algorithm for ${kind}`,
    `Use ${[usual, ...others].join(", ")}, or leave the algorithm out.`,
  );
}

/** The collective of this name, also as nccl-tests spells it (all_reduce_perf). Throws `simulate/collective`. */
export function collectiveKindOf(name: string): CollectiveKind {
  const plain = name
    .toLowerCase()
    .replace(/_perf$/, "")
    .replaceAll(/[-_ ]/g, "");
  const found = collectiveKinds.find((kind) => kind === plain);
  if (found !== undefined) return found;
  const meant = closest(plain, collectiveKinds);
  throw userError(
    "simulate/collective",
    `there is no collective "${name}"`,
    meant === undefined ? `Use one of ${collectiveKinds.join(", ")}.` : `Did you mean ${meant}?`,
  );
}

/**
 * Bus bandwidth over algorithm bandwidth for `ranks` ranks, as nccl-tests defines it (doc/PERFORMANCE.md): what the
 * slowest wire carries if every rank sends and receives at the same pace.
 */
export function busFactor(kind: CollectiveKind, ranks: number): number {
  switch (kind) {
    case "allreduce":
      return (2 * (ranks - 1)) / ranks;
    case "reducescatter":
    case "allgather":
    case "alltoall":
      return (ranks - 1) / ranks;
    case "broadcast":
    case "sendrecv":
      return 1;
  }
}
