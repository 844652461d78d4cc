/**
 * Double binary trees (Sanders, Speck, Traff 2009, as NCCL uses them): two trees over the same nodes, each for half of
 * the data, in which every node but one has children in one tree at most, so that all links work in both directions.
 */

import { assert } from "../../base/assert.ts";

/** A tree as the parent of each node; -1 for the root. */
export type Tree = Int32Array;

/** The two trees over nodes 0 to count - 1. */
export function doubleBinaryTrees(count: number): readonly [Tree, Tree] {
  assert(count >= 1, "a tree has a node");
  const first = Int32Array.from({ length: count }, (_, node) => inOrderParent(node, count));
  // Even counts are mirrored, odd ones shifted by one: leaves, the odd nodes of the first tree, become inner nodes.
  const image = (node: number) => (count % 2 === 0 ? count - 1 - node : (node + 1) % count);
  const second = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const parent = first[node]!;
    second[image(node)] = parent < 0 ? -1 : image(parent);
  }
  return [first, second];
}

/**
 * Parent in the binary tree whose in-order walk is 1, 2, ... count - 1, with node 0 as root above its middle: a node
 * at height h (the number of zeros at its end) hangs under its neighbour at height h + 1 that exists.
 */
function inOrderParent(node: number, count: number): number {
  if (node === 0) return -1;
  const unit = node & -node;
  const above = (node - unit) | (2 * unit);
  return above < count ? above : node - unit;
}

/** Nodes from the root down: every parent before its children. */
export function fromTheRoot(tree: Tree): Int32Array {
  const depth = depths(tree);
  return Int32Array.from(tree.keys()).sort((left, right) => depth[left]! - depth[right]! || left - right);
}

/** Edges between each node and the root. */
export function depths(tree: Tree): Int32Array {
  const depth = new Int32Array(tree.length).fill(-1);
  const depthOf = (node: number): number => {
    if (depth[node]! < 0) depth[node] = tree[node]! < 0 ? 0 : depthOf(tree[node]!) + 1;
    return depth[node]!;
  };
  for (let node = 0; node < tree.length; node++) depthOf(node);
  return depth;
}
