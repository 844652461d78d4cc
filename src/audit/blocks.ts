/**
 * Equal parts of the switch graph. A block is what hangs together without the leaves: a spine in two tiers, the spines of
 * one number in all pods with their group of cores in three; blocks that one failure touches together are one block. Two
 * blocks are equal when the same description, with its switches numbered in order, fits both: the same links to the
 * same leaves, the same links inside, the same failures. Exchanging them then changes nothing. Twins are switches with
 * the same links to the same neighbours: exchanging them changes no loads.
 */

import type { Fabric } from "../fabric/types.ts";
import type { Effects } from "./effects.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

export interface Block {
  /** Switch indices, ascending. */
  readonly switches: readonly number[];
  /** Effects inside the block, in the order of their descriptions: equal blocks have equal effects at equal places. */
  readonly effects: readonly number[];
}

export interface Blocks {
  readonly blocks: readonly Block[];
  /** Equal blocks, by their numbers. */
  readonly classes: readonly (readonly number[])[];
  /** Block of each effect; -1 for those that touch leaves or servers alone. */
  readonly ofEffect: Int32Array;
  /** Twin class of each switch. */
  readonly twinOf: Int32Array;
}

export function findBlocks(fabric: Fabric, pairs: SwitchPairs, effects: Effects): Blocks {
  const { blockOf, count } = numberBlocks(fabric, pairs, effects);
  const switches: number[][] = Array.from({ length: count }, () => []);
  for (let index = 0; index < blockOf.length; index++) if (blockOf[index]! >= 0) switches[blockOf[index]!]!.push(index);
  const inside: { effect: number; key: string }[][] = Array.from({ length: count }, () => []);
  const ofEffect = new Int32Array(effects.count).fill(-1);
  const rank = new Int32Array(blockOf.length);
  for (const members of switches) for (const [place, index] of members.entries()) rank[index] = place;
  const nameOf = (index: number) => (blockOf[index]! >= 0 ? `n${rank[index]}` : `l${index}`);
  for (let effect = 0; effect < effects.count; effect++) {
    const block = blockOfEffect(fabric, pairs, effects, effect, blockOf);
    if (block === -1) continue;
    ofEffect[effect] = block;
    inside[block]!.push({ effect, key: describeEffect(fabric, pairs, effects, effect, nameOf) });
  }
  const classes = new Map<string, number[]>();
  const blocks = switches.map((members, block): Block => {
    const sorted = inside[block]!.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
    const nodes = members.map((index) => describeSwitch(fabric, pairs, index, nameOf));
    const key = `${nodes.join("|")}#${sorted.map((each) => each.key).join("|")}`;
    const equal = classes.get(key);
    if (equal === undefined) classes.set(key, [block]);
    else equal.push(block);
    return { switches: members, effects: sorted.map((each) => each.effect) };
  });
  const twins = new Map<string, number>();
  const twinOf = Int32Array.from(blockOf, (block, index) => {
    const key = block === -1 ? `=${index}` : describeSwitch(fabric, pairs, index, String);
    const id = twins.get(key) ?? twins.size;
    twins.set(key, id);
    return id;
  });
  return { blocks, classes: [...classes.values()], ofEffect, twinOf };
}

/** Blocks by union-find over the switches that are not leaves. */
function numberBlocks(fabric: Fabric, pairs: SwitchPairs, effects: Effects) {
  const root = Int32Array.from({ length: fabric.switches.count }, (_, index) => index);
  const find = (index: number): number => {
    let top = index;
    while (root[top] !== top) {
      root[top] = root[root[top]!]!;
      top = root[top]!;
    }
    return top;
  };
  for (let pair = 0; pair < pairs.count; pair++) {
    const [low, high] = [pairs.lower[pair]!, pairs.upper[pair]!];
    if (pairs.isLeaf[low] === 0 && pairs.isLeaf[high] === 0) root[find(low)] = find(high);
  }
  for (let effect = 0; effect < effects.count; effect++) {
    if (effects.deadSwitch[effect]! >= 0 || effects.offsets[effect + 1]! - effects.offsets[effect]! < 2) continue;
    let first = -1;
    for (let at = effects.offsets[effect]!; at < effects.offsets[effect + 1]!; at++) {
      const pair = pairs.ofLink[effects.links[at]!]!;
      for (const index of pair < 0 ? [] : [pairs.lower[pair]!, pairs.upper[pair]!]) {
        if (pairs.isLeaf[index] === 1) continue;
        if (first === -1) first = index;
        else root[find(index)] = find(first);
      }
    }
  }
  const numbers = new Map<number, number>();
  const blockOf = Int32Array.from(root, (_, index) => {
    if (pairs.isLeaf[index] === 1) return -1;
    const top = find(index);
    const number = numbers.get(top) ?? numbers.size;
    numbers.set(top, number);
    return number;
  });
  return { blockOf, count: numbers.size };
}

/** The block that an effect touches; -1 for none. A leaf's own failure belongs to no block: it treats all alike. */
function blockOfEffect(fabric: Fabric, pairs: SwitchPairs, effects: Effects, effect: number, blockOf: Int32Array) {
  const dead = effects.deadSwitch[effect]!;
  if (dead >= 0) return blockOf[dead]!;
  for (let at = effects.offsets[effect]!; at < effects.offsets[effect + 1]!; at++) {
    const link = effects.links[at]!;
    if (pairs.ofLink[link]! < 0) continue;
    const block = Math.max(blockOf[fabric.links.lowerSwitch[link]!]!, blockOf[fabric.links.upperSwitch[link]!]!);
    if (block >= 0) return block;
  }
  return -1;
}

export function describeEffect(
  fabric: Fabric,
  pairs: SwitchPairs,
  effects: Effects,
  effect: number,
  nameOf: (index: number) => string,
): string {
  const dead = effects.deadSwitch[effect]!;
  if (dead >= 0) return `${effects.type[effect]}!${nameOf(dead)}`;
  const { lowerSwitch, upperSwitch } = fabric.links;
  const links = Array.from(effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!), (link) =>
    lowerSwitch[link]! < 0
      ? `a${link}`
      : `${nameOf(lowerSwitch[link]!)}-${nameOf(upperSwitch[link]!)}.${pairs.laneOfLink[link]}@${fabric.links.speedGbps[link]}`,
  );
  return `${effects.type[effect]}:${links.sort().join()}`;
}

export function describeSwitch(
  fabric: Fabric,
  pairs: SwitchPairs,
  index: number,
  nameOf: (index: number) => string,
): string {
  const rows: string[] = [];
  for (let at = pairs.offsets[index]!; at < pairs.offsets[index + 1]!; at++) {
    const pair = pairs.pairOf[at]!;
    const isLower = pairs.lower[pair] === index;
    const other = isLower ? pairs.upper[pair]! : pairs.lower[pair]!;
    rows.push(`${isLower ? "^" : "v"}${nameOf(other)}x${pairs.links[pair]}@${pairs.speedGbps[pair]}`);
  }
  return `${fabric.switches.tier[index]}:${rows.sort().join()}`;
}
