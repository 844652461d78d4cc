/** One row: a system, a load, a way to break a link, and the gaps of some such cuts. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Cut } from "./faults.ts";
import type { Lane } from "./lane.ts";
import type { Running, System } from "./systems.ts";

/** A stream is watched this long after a cut at least. */
const watchMsMin = 80;
/** After the link is healed every stream flows again within this time, or is stuck. */
const healMsMax = 20_000;

export interface Site {
  readonly lane: Lane;
  readonly running: Running;
}

export interface Row {
  /** Of each stream, one for each cut, in milliseconds. */
  readonly gapsMs: readonly (readonly number[])[];
  /** Longest gaps while the healed link came back, one list for each stream. */
  readonly returnsMs: readonly (readonly number[])[];
  /** Cuts after which a stream only flowed again when the link was healed. */
  readonly unhealed: number;
}

/** Cuts the sites in turn, so that each has time to return; the others rest meanwhile. */
export async function measureRow(system: System, cut: Cut, sites: readonly Site[], cutCount: number): Promise<Row> {
  const gapsMs = system.kinds.map((): number[] => []);
  const returnsMs = system.kinds.map((): number[] => []);
  let unhealed = 0;
  for (let turn = 0; turn < cutCount; turn++) {
    const site = sites[turn % sites.length]!;
    if (sites.length > 1) site.lane.resume();
    const one = await measureCut(system, cut, site);
    if (sites.length > 1) site.lane.pause();
    for (const [index, list] of gapsMs.entries()) list.push(one.gapsUs[index]! / 1_000);
    for (const [index, list] of returnsMs.entries()) list.push((one.returnUs?.[index] ?? 0) / 1_000);
    if (!one.healedItself) unhealed += 1;
  }
  return { gapsMs, returnsMs: system.returns ? returnsMs : [], unhealed };
}

async function measureCut(system: System, cut: Cut, { lane, running }: Site) {
  const { fabric } = lane;
  await running.ready();
  const settled = await lane.gapsWhenFlowing(healMsMax);
  if (!settled.flows) throw new Error(`a stream does not flow although both links are good (${system.name})`);
  await sleep(40 + 20 * Math.random());
  const link = await lane.linkInUse();
  await lane.gapsUs();
  await cut.run(fabric, link);
  await sleep(cut.creeping ? system.slowMs : watchMsMin);
  const met = await lane.gapsWhenFlowing(system.outageMs);
  fabric.healLink(link);
  if (!met.flows) {
    const { gapsUs } = await lane.gapsWhenFlowing(healMsMax);
    return { gapsUs: gapsUs.map((gapUs, index) => Math.max(gapUs, met.gapsUs[index]!)), healedItself: false };
  }
  if (!system.returns) return { gapsUs: met.gapsUs, healedItself: true };
  await running.ready();
  return { gapsUs: met.gapsUs, returnUs: await lane.gapsUs(), healedItself: true };
}
