/** One fault in the lab, while the dual-link transport's AllReduce runs across it. */

import { assert, defined } from "../../base/assert.ts";
import { partName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { RankSession } from "../../transport/allreduce/messages.ts";
import type { Case, ComparedPart, Measured } from "../compare/judge.ts";
import type { LabLink } from "../plan.ts";
import { allReduceAcross } from "./allreduce.ts";
import { busiestLink, readCounters } from "./busiest-link.ts";
import { faultsOf, setFaults } from "./fail.ts";
import { type LabState, stateOf } from "./state.ts";

const iterations = 10;
const faultAfter = 4;

export interface Trial {
  readonly part: string;
  readonly measured: Measured;
}

/** Makes the fault where the traffic is, measures, heals. */
export async function tryOut(
  fabric: Fabric,
  state: LabState,
  { what, silent }: Pick<Case, "what" | "silent">,
  {
    elements,
    session,
    signal,
  }: { readonly elements: number; readonly session: RankSession; readonly signal: AbortSignal },
): Promise<Trial> {
  const { plan } = state;
  let part: string | undefined;
  const before = readCountersLater(plan);
  try {
    const result = await allReduceAcross(plan, 0, {
      elements,
      iterations,
      seed: 1,
      session,
      signal,
      faultAfter,
      onWarm: before.read,
      fault: async () => {
        part = partOf(fabric, what, busiestLink(plan, await before.counters, await readCounters(plan)), plan.links);
        const kind = silent ? "silent" : "carrier";
        await setFaults(state, faultsOf(fabric, plan, part, { kind, direction: "both" }));
      },
    });
    const { felt, undisturbedGapMs, rightSums, allSums } = result;
    assert(felt !== undefined, "a fault was made");
    const { gapMs, bandwidthKept } = felt;
    const measured = { allSumsRight: rightSums === allSums, gapMs, undisturbedGapMs, bandwidthKept };
    return { part: defined(part, "failed part"), measured };
  } finally {
    await setFaults(stateOf(plan.id), state.faults);
  }
}

function readCountersLater(plan: LabState["plan"]) {
  let read = () => {};
  const counters = new Promise<Awaited<ReturnType<typeof readCounters>>>((resolve, reject) => {
    read = () => void readCounters(plan).then(resolve, reject);
  });
  counters.catch(() => {});
  return { counters, read };
}

/** The name of the part that takes away the first server's first link, the busiest link between switches, or its spine. */
function partOf(fabric: Fabric, what: ComparedPart, busiest: LabLink, links: readonly LabLink[]): string {
  const { lowerPort, upperSwitch } = fabric.links;
  if (what === "spine") return partName(fabric, fabric.switches.part[upperSwitch[busiest.link]!]!);
  const link = what === "access link" ? defined(links[0], "access link") : busiest;
  return partName(fabric, lowerPort[link.link]!);
}
