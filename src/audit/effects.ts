/**
 * What the failure of a part takes away: a set of links (and, for a switch, the switch). Parts in series on the same
 * links have the same effect, so everything is worked out once for each effect and counted for its parts.
 */

import { type Fabric, kindCode, stages } from "../fabric/types.ts";

/** Parts of one kind and stage with the same effect. */
interface PartCount {
  readonly kind: number;
  readonly stage: number;
  readonly count: number;
}

export interface Effects {
  readonly count: number;
  /** Links of each effect, ascending: links[offsets[e]] up to links[offsets[e + 1]]. */
  readonly offsets: Int32Array;
  readonly links: Int32Array;
  /** Switch index that dies; -1 where only links do. */
  readonly deadSwitch: Int32Array;
  /** Effect of each part; -1 for servers and shared things. */
  readonly ofPart: Int32Array;
  /** Index into {@link types}: which parts have this effect. */
  readonly type: Int32Array;
  /** Parts of each effect: partOf[partOffsets[e]] up to partOf[partOffsets[e + 1]]. */
  readonly partOffsets: Int32Array;
  readonly partOf: Int32Array;
  /** Multisets of kinds and stages that occur. */
  readonly types: readonly (readonly PartCount[])[];
}

/** Found once for each fabric: every simulation of it asks again. */
const known = new WeakMap<Fabric, LinksOfParts>();

export interface LinksOfParts {
  readonly offsets: Int32Array;
  readonly links: Int32Array;
}

/** Links that need each part, as compressed rows over parts. */
export function linksOfParts(fabric: Fabric): LinksOfParts {
  const found = known.get(fabric) ?? findLinksOfParts(fabric);
  known.set(fabric, found);
  return found;
}

function findLinksOfParts(fabric: Fabric): LinksOfParts {
  const { parts, links, switches } = fabric;
  const offsets = new Int32Array(parts.count + 1);
  const columns = [links.lowerPort, links.lowerModule, links.cable, links.upperModule, links.upperPort];
  const each = (visit: (part: number, link: number) => void) => {
    for (let link = 0; link < links.count; link++) {
      for (const column of columns) if (column[link]! >= 0) visit(column[link]!, link);
      if (links.lowerSwitch[link]! >= 0) visit(switches.part[links.lowerSwitch[link]!]!, link);
      else if (parts.owner[links.lowerPort[link]!]! >= 0) visit(parts.owner[links.lowerPort[link]!]!, link);
      visit(switches.part[links.upperSwitch[link]!]!, link);
    }
  };
  each((part) => offsets[part + 1]!++);
  for (let part = 0; part < parts.count; part++) offsets[part + 1]! += offsets[part]!;
  const next = offsets.slice(0, parts.count);
  const found = new Int32Array(offsets[parts.count]!);
  each((part, link) => {
    found[next[part]!++] = link;
  });
  return { offsets, links: found };
}

/** The effects of all parts but servers and shared things, in the order of their first parts. */
export function failureEffects(fabric: Fabric): Effects {
  const { parts, links } = fabric;
  const needed = linksOfParts(fabric);
  const switchOfPart = new Map(Array.from(fabric.switches.part, (part, index) => [part, index]));
  const ofPart = new Int32Array(parts.count).fill(-1);
  /** Effects of links alone, by their first link; almost always the single link is the first. */
  const singleOfLink = new Int32Array(links.count).fill(-1);
  const severalOfLink = new Map<number, number[]>();
  const starts: number[] = [];
  const ends: number[] = [];
  const deadSwitch: number[] = [];
  const add = (start: number, end: number, dead: number) => {
    starts.push(start);
    ends.push(end);
    deadSwitch.push(dead);
    return starts.length - 1;
  };
  const same = (effect: number, start: number, end: number) => {
    if (ends[effect]! - starts[effect]! !== end - start) return false;
    for (let at = start; at < end; at++)
      if (needed.links[at] !== needed.links[starts[effect]! + at - start]) return false;
    return true;
  };
  for (let part = 0; part < parts.count; part++) {
    const kind = parts.kind[part]!;
    if (kind === kindCode.server || kind >= kindCode.feed) continue;
    const start = needed.offsets[part]!;
    const end = needed.offsets[part + 1]!;
    if (kind === kindCode.switch) {
      ofPart[part] = add(start, end, switchOfPart.get(part)!);
    } else if (end === start + 1) {
      const link = needed.links[start]!;
      if (singleOfLink[link] === -1) singleOfLink[link] = add(start, end, -1);
      ofPart[part] = singleOfLink[link]!;
    } else {
      const first = end > start ? needed.links[start]! : -1;
      const candidates = severalOfLink.get(first) ?? [];
      let effect = candidates.find((candidate) => same(candidate, start, end));
      if (effect === undefined) {
        effect = add(start, end, -1);
        severalOfLink.set(first, [...candidates, effect]);
      }
      ofPart[part] = effect;
    }
  }
  const count = starts.length;
  const offsets = new Int32Array(count + 1);
  for (let effect = 0; effect < count; effect++)
    offsets[effect + 1] = offsets[effect]! + ends[effect]! - starts[effect]!;
  const flat = new Int32Array(offsets[count]!);
  for (let effect = 0; effect < count; effect++)
    flat.set(needed.links.subarray(starts[effect]!, ends[effect]!), offsets[effect]!);
  return {
    count,
    offsets,
    links: flat,
    deadSwitch: Int32Array.from(deadSwitch),
    ofPart,
    ...typesOf(fabric, ofPart, count),
  };
}

/** Which parts have each effect, and the multiset of their kinds and stages. */
function typesOf(fabric: Fabric, ofPart: Int32Array, count: number) {
  const { parts } = fabric;
  const partOffsets = new Int32Array(count + 1);
  for (let part = 0; part < parts.count; part++) if (ofPart[part]! >= 0) partOffsets[ofPart[part]! + 1]!++;
  for (let effect = 0; effect < count; effect++) partOffsets[effect + 1]! += partOffsets[effect]!;
  const next = partOffsets.slice(0, count);
  const partOf = new Int32Array(partOffsets[count]!);
  for (let part = 0; part < parts.count; part++) if (ofPart[part]! >= 0) partOf[next[ofPart[part]!]!++] = part;
  const type = new Int32Array(count);
  const ids = new Map<string, number>();
  const types: PartCount[][] = [];
  const codes: number[] = [];
  for (let effect = 0; effect < count; effect++) {
    codes.length = 0;
    for (let at = partOffsets[effect]!; at < partOffsets[effect + 1]!; at++)
      codes.push(parts.kind[partOf[at]!]! * stages.length + parts.stage[partOf[at]!]!);
    codes.sort((left, right) => left - right);
    const key = codes.join();
    let id = ids.get(key);
    if (id === undefined) {
      id = types.length;
      ids.set(key, id);
      types.push(countCodes(codes));
    }
    type[effect] = id;
  }
  return { type, partOffsets, partOf, types };
}

function countCodes(codes: readonly number[]): PartCount[] {
  const counts = new Map<number, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => ({
    kind: Math.floor(code / stages.length),
    stage: code % stages.length,
    count,
  }));
}
