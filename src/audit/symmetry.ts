/**
 * Symmetries of a fabric under its traffic: exchanges of rails, turning the ring by one leaf group, exchanges of twins.
 * A candidate is guessed from the regular shape of built fabrics and then checked in full; one that does not hold
 * exactly is not used. Failures that a symmetry carries into each other have equal outcomes.
 */

import type { Fabric } from "../fabric/types.ts";
import { type Blocks, describeEffect, describeSwitch } from "./blocks.ts";
import type { Effects } from "./effects.ts";
import type { Rings } from "./ring.ts";
import { ringOrder } from "./ring.ts";
import type { Surroundings } from "./surroundings.ts";
import { gpusOfRails } from "./survivors.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

/** A guess: where leaves and rails go. Switches that are not leaves follow from it. */
export interface Candidate {
  readonly name: "rails" | "ring" | "twins";
  /** Image of each leaf (switch index); other switches are ignored. */
  readonly leafTo: Int32Array;
  readonly railTo: readonly number[];
  /** For twins: how they are exchanged; switches not in it follow from the leaves. */
  readonly twinTo?: ReadonlyMap<number, number>;
}

/** A candidate that holds. */
export interface Symmetry extends Candidate {
  /** Image of each attachment. */
  readonly attachmentTo: Int32Array;
  /** Image of each effect in the first block of each class of equal blocks. */
  readonly effectTo: ReadonlyMap<number, number>;
}

export interface Whole {
  readonly fabric: Fabric;
  readonly pairs: SwitchPairs;
  readonly effects: Effects;
  readonly blocks: Blocks;
  readonly surroundings: Surroundings;
  readonly rings: Rings;
  readonly demands: ReadonlyMap<number, Float64Array>;
  /** Rates of each rail. */
  readonly perRail: number;
}

/** The exchanges of rails and turns of the ring that hold. */
export function findSymmetries(whole: Whole): Symmetry[] {
  const { pairs, fabric } = whole;
  for (let pair = 0; pair < pairs.count; pair++)
    if (pairs.isLeaf[pairs.lower[pair]!] === 1 && pairs.isLeaf[pairs.upper[pair]!] === 1) return [];
  const candidates = [...railCandidates(fabric), ...ringCandidates(fabric)];
  return candidates.flatMap((candidate) => verify(whole, candidate) ?? []);
}

const leafOf = (fabric: Fabric, server: number, rail: number, side: number) => {
  const link = fabric.accessLink[(server * fabric.railsPerServer + rail) * fabric.linksPerEndpoint + side]!;
  return link < 0 ? -1 : fabric.links.upperSwitch[link]!;
};

/** A map of leaves from pairs of leaves; undefined when it is no exchange of leaves. */
function leafMap(fabric: Fabric, moves: Iterable<readonly [number, number]>): Int32Array | undefined {
  const to = new Int32Array(fabric.switches.count).fill(-1);
  const from = new Int32Array(fabric.switches.count).fill(-1);
  for (const [leaf, image] of moves) {
    if (leaf < 0 && image < 0) continue;
    if (leaf < 0 || image < 0) return undefined;
    if (to[leaf] !== -1 && to[leaf] !== image) return undefined;
    if (from[image] !== -1 && from[image] !== leaf) return undefined;
    to[leaf] = image;
    from[image] = leaf;
  }
  for (let index = 0; index < to.length; index++) if (to[index] === -1 && from[index] === -1) to[index] = index;
  return to.includes(-1) ? undefined : to;
}

/** Exchanging the first two rails, and passing all on by one: together they make every exchange of rails. */
function railCandidates(fabric: Fabric): Candidate[] {
  const rails = Array.from({ length: fabric.railsPerServer }, (_, rail) => rail);
  const exchange = rails.map((rail) => (rail < 2 ? 1 - rail : rail));
  const turn = rails.map((rail) => (rail + 1) % rails.length);
  const wanted = rails.length < 2 ? [] : rails.length === 2 ? [exchange] : [exchange, turn];
  const candidates = wanted.flatMap((railTo): Candidate[] => {
    const moves: [number, number][] = [];
    for (let server = 0; server < fabric.serverCount; server++)
      for (const rail of rails)
        for (let side = 0; side < fabric.linksPerEndpoint; side++)
          moves.push([leafOf(fabric, server, rail, side), leafOf(fabric, server, railTo[rail]!, side)]);
    const leafTo = leafMap(fabric, moves);
    return leafTo === undefined ? [] : [{ name: "rails", leafTo, railTo }];
  });
  return candidates.length === wanted.length ? candidates : [];
}

/** Turning by one leaf group, in the order of the spread ring, and in the order of numbers; and by one pod. */
function ringCandidates(fabric: Fabric): Candidate[] {
  const railTo = Array.from({ length: fabric.railsPerServer }, (_, rail) => rail);
  const pods = new Set<number>();
  const turn = (servers: readonly number[], by: number): Candidate[] => {
    const moves = servers.flatMap((server, index) => {
      const image = servers[(index + by) % servers.length]!;
      return railTo.flatMap((rail) =>
        Array.from(
          { length: fabric.linksPerEndpoint },
          (_, side) => [leafOf(fabric, server, rail, side), leafOf(fabric, image, rail, side)] as const,
        ),
      );
    });
    const leafTo = leafMap(fabric, moves);
    return leafTo === undefined ? [] : [{ name: "ring", leafTo, railTo }];
  };
  const firstOfGroup = (order: readonly number[]) => {
    const seen = new Set<number>();
    return order.filter((server) => {
      const leaf = leafOf(fabric, server, 0, 0);
      if (leaf < 0 || seen.has(leaf)) return false;
      seen.add(leaf);
      pods.add(fabric.switches.pod[leaf]!);
      return true;
    });
  };
  const spread = firstOfGroup(ringOrder(fabric, 0, "spread"));
  const packed = firstOfGroup(ringOrder(fabric, 0, "packed"));
  return [...turn(spread, 1), ...turn(packed, 1), ...turn(packed, packed.length / pods.size)];
}

/**
 * In rows of equally many twins of one tier of a block, all rows at once: exchanging the first two of each row, and
 * passing all on by one; by themselves, two by two and four by four.
 */
export function findTwinSymmetries(whole: Whole): Symmetry[] {
  const { fabric, blocks } = whole;
  const leafTo = Int32Array.from({ length: fabric.switches.count }, (_, index) => index);
  const railTo = Array.from({ length: fabric.railsPerServer }, (_, rail) => rail);
  const found: Candidate[] = [];
  for (const equal of blocks.classes) {
    const rows = new Map<number, number[]>();
    for (const index of blocks.blocks[equal[0]!]!.switches) {
      const twin = blocks.twinOf[index]!;
      rows.set(twin, [...(rows.get(twin) ?? []), index]);
    }
    const alike = new Map<string, number[][]>();
    for (const row of rows.values()) {
      const key = `${fabric.switches.tier[row[0]!]}:${row.length}`;
      alike.set(key, [...(alike.get(key) ?? []), row]);
    }
    for (const group of alike.values()) {
      const length = group[0]!.length;
      for (const size of [1, 2, 4]) {
        if (length < 2 * size || length % size !== 0) continue;
        const shift = (among: number) =>
          new Map(
            group.flatMap((row) =>
              row.slice(0, among).map((index, place) => [index, row[(place + size) % among]!] as const),
            ),
          );
        found.push({ name: "twins", leafTo, railTo, twinTo: shift(2 * size) });
        if (length > 2 * size) found.push({ name: "twins", leafTo, railTo, twinTo: shift(length) });
      }
    }
  }
  return found.flatMap((candidate) => verify(whole, candidate) ?? []);
}

/** The candidate with its images, when it carries the whole fabric, its traffic and its failures into themselves. */
function verify(whole: Whole, candidate: Candidate): Symmetry | undefined {
  const { fabric, demands, perRail } = whole;
  const { leafTo, railTo } = candidate;
  const attachmentTo = mapAttachments(whole, candidate);
  if (attachmentTo === undefined) return undefined;
  const gpus = gpusOfRails(fabric.gpusPerServer, fabric.railsPerServer);
  if (railTo.some((image, rail) => gpus[image] !== gpus[rail])) return undefined;
  const switches = fabric.switches.count;
  if (candidate.name !== "twins") {
    for (const [key, weights] of demands) {
      const image = demands.get(leafTo[Math.floor(key / switches)]! * switches + leafTo[key % switches]!);
      if (image === undefined) return undefined;
      for (let rail = 0; rail < railTo.length; rail++)
        for (let rate = 0; rate < perRail; rate++)
          if (weights[rail * perRail + rate] !== image[railTo[rail]! * perRail + rate]) return undefined;
    }
  }
  const effectTo = mapBlocks(whole, candidate);
  return effectTo === undefined ? undefined : { ...candidate, attachmentTo, effectTo };
}

/** Images of attachments, when as many endpoints have the image as have the attachment. */
function mapAttachments({ surroundings }: Whole, { leafTo, railTo }: Candidate): Int32Array | undefined {
  const { attachment, attachments } = surroundings;
  const counts = new Int32Array(attachments.keys.length);
  for (const each of attachment) counts[each]!++;
  const to = new Int32Array(counts.length);
  for (const [id, key] of attachments.keys.entries()) {
    const image = attachments.find(
      key.map((value, index) =>
        index === 0 ? railTo[value]! : index % 2 === 1 && value >= 0 ? leafTo[value]! : value,
      ),
    );
    if (image === -1 || counts[image] !== counts[id]) return undefined;
    to[id] = image;
  }
  return to;
}

/** Images of the effects in the first block of each class, when each such block is carried into itself. */
function mapBlocks(whole: Whole, candidate: Candidate): Map<number, number> | undefined {
  const { fabric, pairs, effects, blocks } = whole;
  const effectTo = new Map<number, number>();
  for (const equal of blocks.classes) {
    const block = blocks.blocks[equal[0]!]!;
    if (candidate.twinTo !== undefined && !block.switches.some((index) => candidate.twinTo!.has(index))) {
      for (const effect of block.effects) effectTo.set(effect, effect);
      continue;
    }
    const switchTo = followSwitches(whole, candidate, block.switches);
    if (switchTo === undefined) return undefined;
    const inside = new Set(block.switches);
    const plain = (index: number) => (inside.has(index) ? `n${index}` : `l${index}`);
    const moved = (index: number) => (inside.has(index) ? `n${switchTo.get(index)}` : `l${candidate.leafTo[index]}`);
    for (const index of block.switches)
      if (describeSwitch(fabric, pairs, index, moved) !== describeSwitch(fabric, pairs, switchTo.get(index)!, plain))
        return undefined;
    const images = new Map<string, number[]>();
    for (const effect of block.effects) {
      const key = describeEffect(fabric, pairs, effects, effect, plain);
      images.set(key, [...(images.get(key) ?? []), effect]);
    }
    for (const effect of block.effects) {
      const image = images.get(describeEffect(fabric, pairs, effects, effect, moved))?.pop();
      if (image === undefined) return undefined;
      effectTo.set(effect, image);
    }
  }
  return effectTo;
}

/** Where the switches of a block go when the leaves go where the candidate says, tier by tier. */
function followSwitches(
  { fabric, pairs }: Whole,
  { leafTo, twinTo }: Candidate,
  switches: readonly number[],
): Map<number, number> | undefined {
  const to = new Map<number, number>();
  if (twinTo !== undefined) {
    for (const index of switches) to.set(index, twinTo.get(index) ?? index);
    return to;
  }
  const below = (index: number, nameOf: (lower: number) => number | undefined) => {
    const rows: string[] = [];
    for (let at = pairs.offsets[index]!; at < pairs.offsets[index + 1]!; at++) {
      const pair = pairs.pairOf[at]!;
      if (pairs.upper[pair] === index) rows.push(`${nameOf(pairs.lower[pair]!)}x${pairs.links[pair]}`);
    }
    return `${fabric.switches.tier[index]}:${rows.sort().join()}`;
  };
  const byTier = [...switches].sort((left, right) => fabric.switches.tier[left]! - fabric.switches.tier[right]!);
  const waiting = new Map<string, number[]>();
  for (const index of byTier) {
    const key = below(index, (lower) => lower);
    waiting.set(key, [...(waiting.get(key) ?? []), index]);
  }
  for (const index of byTier) {
    const key = below(index, (lower) => (pairs.isLeaf[lower] === 1 ? leafTo[lower] : to.get(lower)));
    const image = waiting.get(key)?.shift();
    if (image === undefined) return undefined;
    to.set(index, image);
  }
  return to;
}
