/** One fault in the lab, while the dual-link transport's AllReduce runs across it. */

import { assert, defined } from "../../base/assert.ts";
import { partName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { RankSession } from "../../transport/allreduce/messages.ts";
import type { Case, ComparedPart, Measured } from "../compare/judge.ts";
import type { LabLink } from "../plan.ts";
import { allReduceAcross, type LabAllReduceResult, warmMs } from "./allreduce.ts";
import { busiestLink, readCounters } from "./busiest-link.ts";
import { endFaults, faultsOf, setFaults } from "./fail.ts";
import type { LabState } from "./state.ts";

/** Iterations before the fault, at least, and after all has settled. */
const [before, after] = [5, 4] as const;

export interface Trial {
  readonly part: string;
  readonly measured: Measured;
  /** What it was made of: every iteration, and what became of the links, from the fault on. */
  readonly trace: Pick<LabAllReduceResult, "durationsMs" | "linkChanges">;
}

/** Makes the fault where the traffic is, measures, heals. */
export async function tryOut(
  fabric: Fabric,
  state: LabState,
  { what, silent }: Pick<Case, "what" | "silent">,
  {
    elements,
    session,
    settleMs,
    signal,
  }: {
    readonly elements: number;
    readonly session: RankSession;
    /** From the fault until links and routing have settled. */
    readonly settleMs: number;
    readonly signal: AbortSignal;
  },
): Promise<Trial> {
  const { plan } = state;
  let part: string | undefined;
  const atFirst = readCountersLater(plan);
  try {
    const result = await allReduceAcross(plan, 0, {
      elements,
      iterations: before + after,
      seed: 1,
      session,
      signal,
      onWarm: atFirst.read,
      fault: {
        course: { before, warmMs, settleMs, after },
        make: async () => {
          const busiest = busiestLink(plan, await atFirst.counters, await readCounters(plan));
          part = partOf(fabric, what, busiest, plan.links);
          const kind = silent ? "silent" : "carrier";
          await setFaults(state, faultsOf(fabric, plan, part, { kind, direction: "both" }));
        },
      },
    });
    const { felt, undisturbedGapMs, rightSums, allSums, durationsMs, linkChanges } = result;
    assert(felt !== undefined, "a fault was made");
    const { gapMs, bandwidthKept } = felt;
    const measured = { allSumsRight: rightSums === allSums, gapMs, undisturbedGapMs, bandwidthKept };
    return { part: defined(part, "failed part"), measured, trace: { durationsMs, linkChanges } };
  } finally {
    await endFaults(state);
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
