/** The fabric as rows of boxes: what stands where, whatever part of it is looked at. */

import type { Fabric } from "../../../src/fabric/types.ts";
import { serverGroups } from "../../../src/report/topology/groups.ts";

/** Items that stand together: the leaves of a group of servers, the spines of a pod. */
export interface Section {
  /** Items from..to (exclusive) of the row. */
  readonly from: number;
  readonly to: number;
  /** Place on the ground, where the servers stand from 0 to 1. */
  readonly start: number;
  readonly end: number;
  /** Pod, for merging sections that are too narrow. */
  readonly pod: number;
}

export interface Row {
  readonly index: number;
  readonly kind: "servers" | "switches";
  /** -1 for servers. */
  readonly plane: number;
  readonly tier: number;
  /** Servers, or switch indices, from left to right. */
  readonly items: Int32Array;
  readonly sections: readonly Section[];
  /** Narrowest box of several items in pixels, so that the numbers of the first and the last fit in; equal in all rows. */
  readonly bunchMinPx: number;
  /** Whether all items of a section stay in sight however far the ground is zoomed: switches. */
  readonly clamped: boolean;
}

/** Links between two switches, ordered by the lower one. */
export interface Bundles {
  readonly count: number;
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly links: Int32Array;
  readonly gbps: Float64Array;
  /** One of the links. */
  readonly example: Int32Array;
}

export interface Rows {
  readonly fabric: Fabric;
  /** From the top of the drawing to its bottom. */
  readonly rows: readonly Row[];
  readonly serverRow: number;
  /** Row, and place in it, of each switch; -1 where it stands in none. */
  readonly rowOfSwitch: Int32Array;
  readonly placeOfSwitch: Int32Array;
  readonly bundles: Bundles;
  /** Bundle of each link between switches; -1 for access links. */
  readonly bundleOfLink: Int32Array;
}

/** A row before it has its place in the drawing. */
type Laid = Omit<Row, "index" | "bunchMinPx">;

/** Lays the rows: with one plane from its uppermost tier down to the servers; a second plane lies below them, mirrored. */
export function layRows(fabric: Fabric): Rows {
  const rows: Laid[] = [];
  const groups = serverGroups(fabric);
  const ground = (server: number) => server / fabric.serverCount;
  const serverRow: Laid = {
    kind: "servers",
    plane: -1,
    tier: -1,
    items: Int32Array.from({ length: fabric.serverCount }, (_, server) => server),
    sections: (groups.groups.length === 0
      ? [{ firstServer: 0, lastServer: fabric.serverCount - 1 }]
      : groups.groups
    ).map(({ firstServer, lastServer }) => ({
      from: firstServer,
      to: lastServer + 1,
      start: ground(firstServer),
      end: ground(lastServer + 1),
      pod: 0,
    })),
    clamped: false,
  };
  for (const [plane] of fabric.planes.entries()) {
    const tiers = tiersOf(fabric, plane, groups);
    if (plane === 0) rows.push(...tiers.reverse(), serverRow);
    else rows.push(...tiers);
  }
  const bunchMinPx = fabric.serverCount > 9999 ? 84 : fabric.serverCount > 999 ? 74 : 54;
  const numbered = rows.map((row, index) => ({ ...row, index, bunchMinPx }));
  const rowOfSwitch = new Int32Array(fabric.switches.count).fill(-1);
  const placeOfSwitch = new Int32Array(fabric.switches.count).fill(-1);
  for (const row of numbered)
    if (row.kind === "switches")
      for (const [place, index] of row.items.entries()) {
        rowOfSwitch[index] = row.index;
        placeOfSwitch[index] = place;
      }
  const serverIndex = numbered.findIndex(({ kind }) => kind === "servers");
  return { fabric, rows: numbered, serverRow: serverIndex, rowOfSwitch, placeOfSwitch, ...bundlesOf(fabric) };
}

/** The rows of a plane, leaves first. */
function tiersOf(fabric: Fabric, plane: number, groups: ReturnType<typeof serverGroups>): Laid[] {
  const { switches, serverCount } = fabric;
  const ofTier: number[][] = [[], [], []];
  for (let index = 0; index < switches.count; index++)
    if (switches.plane[index] === plane) ofTier[switches.tier[index]!]!.push(index);
  const leaves = leafSections(fabric, ofTier[0]!, groups);
  const podOf = (index: number) => switches.pod[index]!;
  const reach = new Map<number, { start: number; end: number }>();
  for (const { from, to, start, end } of leaves.sections)
    for (let place = from; place < to; place++) {
      const known = reach.get(podOf(leaves.items[place]!));
      reach.set(podOf(leaves.items[place]!), {
        start: Math.min(start, known?.start ?? 1),
        end: Math.max(end, known?.end ?? 0),
      });
    }
  const rows: Laid[] = [];
  const common = { kind: "switches", plane } as const;
  if (leaves.items.length > 0) rows.push({ ...common, tier: 0, ...leaves, clamped: true });
  const spines = ofTier[1]!.toSorted((left, right) => podOf(left) - podOf(right) || left - right);
  if (spines.length > 0) {
    const sections = runs(spines, podOf).map(({ key, from, to }) => ({
      from,
      to,
      pod: key,
      ...(reach.get(key) ?? { start: 0, end: 1 }),
    }));
    rows.push({ ...common, tier: 1, items: Int32Array.from(spines), sections, clamped: true });
  }
  const cores = ofTier[2]!;
  if (cores.length > 0) {
    const section = { from: 0, to: cores.length, start: 0, end: serverCount === 0 ? 0 : 1, pod: 0 };
    rows.push({ ...common, tier: 2, items: Int32Array.from(cores), sections: [section], clamped: true });
  }
  return rows;
}

/** Leaves stand over (or under) the servers that they serve; those without servers at the right end. */
function leafSections(
  fabric: Fabric,
  leaves: readonly number[],
  { groups, groupOfLeaf }: ReturnType<typeof serverGroups>,
) {
  const last = groups.length;
  const groupOf = (leaf: number) => (groupOfLeaf[leaf]! < 0 ? last : groupOfLeaf[leaf]!);
  const items = leaves.toSorted((left, right) => groupOf(left) - groupOf(right) || left - right);
  const sections = runs(items, groupOf).map(({ key, from, to }): Section => {
    const group = groups[key];
    const start = group === undefined ? 0.98 : group.firstServer / fabric.serverCount;
    const end = group === undefined ? 1 : (group.lastServer + 1) / fabric.serverCount;
    return { from, to, start, end, pod: fabric.switches.pod[items[from]!]! };
  });
  return { items: Int32Array.from(items), sections };
}

function runs(items: readonly number[], keyOf: (item: number) => number): { key: number; from: number; to: number }[] {
  const found: { key: number; from: number; to: number }[] = [];
  for (const [place, item] of items.entries()) {
    const key = keyOf(item);
    const run = found.at(-1);
    if (run?.key === key) run.to = place + 1;
    else found.push({ key, from: place, to: place + 1 });
  }
  return found;
}

function bundlesOf(fabric: Fabric): Pick<Rows, "bundles" | "bundleOfLink"> {
  const { links, switches } = fabric;
  const bundleOfLink = new Int32Array(links.count).fill(-1);
  const found = new Map<number, number>();
  const lower: number[] = [];
  const upper: number[] = [];
  const counts: number[] = [];
  const gbps: number[] = [];
  const example: number[] = [];
  for (let link = 0; link < links.count; link++) {
    const low = links.lowerSwitch[link]!;
    if (low < 0) continue;
    const high = links.upperSwitch[link]!;
    const key = low * switches.count + high;
    let bundle = found.get(key);
    if (bundle === undefined) {
      bundle = lower.length;
      found.set(key, bundle);
      lower.push(low);
      upper.push(high);
      counts.push(0);
      gbps.push(0);
      example.push(link);
    }
    counts[bundle]!++;
    gbps[bundle]! += links.speedGbps[link]!;
    bundleOfLink[link] = bundle;
  }
  const bundles = {
    count: lower.length,
    lower: Int32Array.from(lower),
    upper: Int32Array.from(upper),
    links: Int32Array.from(counts),
    gbps: Float64Array.from(gbps),
    example: Int32Array.from(example),
  };
  return { bundles, bundleOfLink };
}
