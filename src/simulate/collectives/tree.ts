/** Double binary trees over the servers of each channel, with a chain through the GPUs of every server. */

import type { GroupLayout } from "./layout.ts";
import { type DelayOf, HopList, type PhasePlan } from "./plan.ts";
import { doubleBinaryTrees, fromTheRoot, type Tree } from "./trees.ts";

/**
 * Each of the two trees of a channel carries half of its bytes: up to the root (reduce) and down again at the same time,
 * or only down (broadcast). Bytes count once although they pass in both directions.
 */
export function treePhase(
  layout: GroupLayout,
  kind: "allreduce" | "broadcast",
  delayOf: DelayOf,
  divisible: boolean,
): PhasePlan {
  const { servers, channels, fullest } = layout;
  const trees = doubleBinaryTrees(servers.length);
  const both = kind === "allreduce";
  const hops = channels.map((endpoints) => {
    const list = new HopList();
    for (const tree of trees)
      for (let node = 0; node < servers.length; node++) {
        const parent = tree[node]!;
        if (parent < 0) continue;
        if (both) list.add(endpoints[node]!, endpoints[parent]!, 0.5);
        list.add(endpoints[parent]!, endpoints[node]!, 0.5);
      }
    return list.take();
  });
  const ways = both ? 2 : 1;
  const longest = channels.flatMap((endpoints) => trees.map((tree) => longestBranch(tree, endpoints, delayOf)));
  const gpus = fullest.gpus.length;
  return {
    label: "double binary tree",
    bytesPerByte: 1,
    channels: servers.length === 1 ? [] : hops,
    divisible,
    inServer: (ways * (gpus - 1)) / gpus,
    steps: {
      pace: "tree",
      inServer: ways * (gpus - 1),
      network: ways * Math.max(...longest.map((branch) => branch.hops)),
      exposed: true,
      pathS: ways * Math.max(...longest.map((branch) => branch.delayS)),
      extraPosts: 0,
    },
  };
}

/** The deepest node's hops and the farthest node's delay. */
function longestBranch(tree: Tree, endpoints: Int32Array, delayOf: DelayOf): { hops: number; delayS: number } {
  const hops = new Int32Array(tree.length);
  const delays = new Float64Array(tree.length);
  let deepest = 0;
  let farthestS = 0;
  for (const node of fromTheRoot(tree)) {
    const parent = tree[node]!;
    if (parent < 0) continue;
    hops[node] = hops[parent]! + 1;
    delays[node] = delays[parent]! + delayOf(endpoints[parent]!, endpoints[node]!);
    deepest = Math.max(deepest, hops[node]!);
    farthestS = Math.max(farthestS, delays[node]!);
  }
  return { hops: deepest, delayS: farthestS };
}
