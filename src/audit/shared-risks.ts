/** Parts in which the two links of a pair meet, so that both die together. */

import { partName } from "../fabric/names.ts";
import { type Fabric, partKinds, stageCode, stages } from "../fabric/types.ts";
import type { PartOutcome } from "./n-minus-one.ts";
import { comparePath } from "./path-order.ts";
import { devicesLostWith } from "./shared-failures.ts";
import type { Stage } from "./stage.ts";
import { type SharedRiskFinding, type Verdict, verdicts } from "./types.ts";

interface Tally {
  readonly parts: Set<number>;
  endpoints: number;
  readonly example: { readonly part: number; readonly endpoint: number };
}

/** The parts of a link from the server up to its leaf. */
function pathOf(fabric: Fabric, link: number): number[] {
  const { links, parts, switches } = fabric;
  const port = links.lowerPort[link]!;
  const path = [
    parts.owner[port]!,
    port,
    links.lowerModule[link]!,
    links.cable[link]!,
    links.upperModule[link]!,
    links.upperPort[link]!,
    switches.part[links.upperSwitch[link]!]!,
  ];
  return path.filter((part) => part >= 0);
}

/**
 * Findings by kind and stage of the shared part, in the order of the path. Besides parts in which the two paths meet: a
 * shared thing that takes a switch of either path with it, and the one spine above both leaves.
 */
export function findSharedRisks(stage: Stage, outcomes: readonly PartOutcome[]): SharedRiskFinding[] {
  const { fabric } = stage;
  if (fabric.linksPerEndpoint === 1) return [];
  const found = new Map<string, Tally>();
  const note = (part: number, endpoint: number) => {
    const key = `${fabric.parts.kind[part]}/${fabric.parts.stage[part]}`;
    const tally = found.get(key) ?? { parts: new Set(), endpoints: 0, example: { part, endpoint } };
    tally.parts.add(part);
    tally.endpoints++;
    found.set(key, tally);
  };
  const above = onlySwitchAbove(stage);
  const thingsOf = sharedThingsOf(fabric);
  const endpoints = fabric.serverCount * fabric.railsPerServer;
  for (let endpoint = 0; endpoint < endpoints; endpoint++) {
    const [first, second] = [fabric.accessLink[2 * endpoint]!, fabric.accessLink[2 * endpoint + 1]!];
    if (first < 0 || second < 0) continue;
    const firstPath = pathOf(fabric, first);
    const secondPath = pathOf(fabric, second);
    const seen = new Set<string>();
    for (const part of firstPath) {
      const key = `${fabric.parts.kind[part]}/${fabric.parts.stage[part]}/${part}`;
      if (!secondPath.includes(part) || seen.has(key)) continue;
      seen.add(key);
      note(part, endpoint);
    }
    const leaves = [fabric.links.upperSwitch[first]!, fabric.links.upperSwitch[second]!] as const;
    const spine = above[leaves[0]]!;
    if (spine >= 0 && spine === above[leaves[1]]) note(fabric.switches.part[spine]!, endpoint);
    const things = thingsOf.get(fabric.switches.part[leaves[0]]!);
    for (const part of things ?? [])
      if (thingsOf.get(fabric.switches.part[leaves[1]]!)?.includes(part)) note(part, endpoint);
  }
  return [...found.values()].map((tally) => finding(stage, tally, outcomes)).sort(comparePath);
}

function finding(stage: Stage, { parts, endpoints, example }: Tally, outcomes: readonly PartOutcome[]) {
  const { fabric } = stage;
  const kind = fabric.parts.kind[example.part]!;
  const partStage = fabric.parts.stage[example.part]!;
  const isShared = partStage === stageCode.shared;
  const of = outcomes.filter(
    (row) => row.kind === kind && row.stage === partStage && (!isShared || parts.has(row.example)),
  );
  const verdict = of.reduce<Verdict>(
    (worst, { outcome }) => (verdicts.indexOf(outcome.verdict) > verdicts.indexOf(worst) ? outcome.verdict : worst),
    "transparent",
  );
  const proof = ([0, 1] as const).map((side) => {
    const path = pathOf(fabric, fabric.accessLink[2 * example.endpoint + side]!);
    const at = path.indexOf(example.part);
    const upTo = at >= 0 ? path.slice(0, at + 1) : [...path, example.part];
    return upTo.map((part) => partName(fabric, part));
  });
  return {
    kind: partKinds[kind]!,
    stage: stages[partStage]!,
    endpoints,
    count: parts.size,
    example: partName(fabric, example.part),
    paths: [proof[0]!, proof[1]!] as const,
    verdict,
  };
}

/** The one switch above each switch, where there is exactly one; -1 elsewhere. */
function onlySwitchAbove(stage: Stage): Int32Array {
  const { pairs, fabric } = stage;
  const above = new Int32Array(fabric.switches.count).fill(-1);
  const several = new Uint8Array(fabric.switches.count);
  for (let pair = 0; pair < pairs.count; pair++) {
    const low = pairs.lower[pair]!;
    if (above[low] !== -1) several[low] = 1;
    above[low] = pairs.upper[pair]!;
  }
  return above.map((index, low) => (several[low] === 1 ? -1 : index));
}

/** Shared things (part indices) that take each device with them. */
function sharedThingsOf(fabric: Fabric): Map<number, number[]> {
  const of = new Map<number, number[]>();
  for (const [index, devices] of devicesLostWith(fabric).entries())
    for (const device of devices) of.set(device, [...(of.get(device) ?? []), fabric.sharedRisks[index]!.part]);
  return of;
}
