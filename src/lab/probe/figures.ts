/** What a probe's arrivals come to. Pure. */

/** One flow: when each of its messages was sent and arrived, in ms on one clock; `undefined`: it never arrived. */
export interface ProbeFlow {
  readonly sentMs: readonly number[];
  readonly arrivedMs: readonly (number | undefined)[];
}

export interface ProbeFigures {
  readonly flows: number;
  readonly sent: number;
  readonly lost: number;
  /** Flows of which something was lost or that were silent longer than all were before the fault. */
  readonly flowsHit: number;
  /** Longest time that any flow heard nothing, arrival to arrival. */
  readonly longestGapMs: number;
  /** When that gap began, from the fault on; from the beginning where no fault was made. */
  readonly longestGapAtMs: number;
  /** Longest gap before the fault: what the machine itself does to a probe. Undefined without a fault. */
  readonly undisturbedGapMs: number | undefined;
}

interface Gap {
  readonly fromMs: number;
  readonly lengthMs: number;
}

const nothing: Gap = { fromMs: 0, lengthMs: 0 };

/** `faultMs` on the same clock; undefined: none was made. `endMs`: silence until then counts. */
export function probeFigures(
  flows: readonly ProbeFlow[],
  {
    beginMs,
    endMs,
    faultMs,
  }: { readonly beginMs: number; readonly endMs: number; readonly faultMs?: number | undefined },
): ProbeFigures {
  const worstIn = (fromMs: number, toMs: number) => flows.map((flow) => longestGap(flow, fromMs, toMs));
  const before = faultMs === undefined ? undefined : longest(worstIn(beginMs, faultMs)).lengthMs;
  const after = worstIn(beginMs, endMs);
  const worst = longest(after);
  const lostOf = (flow: ProbeFlow) => flow.arrivedMs.filter((each) => each === undefined).length;
  return {
    flows: flows.length,
    sent: sum(flows.map(({ sentMs }) => sentMs.length)),
    lost: sum(flows.map(lostOf)),
    flowsHit: flows.filter(
      (flow, index) => lostOf(flow) > 0 || (before !== undefined && after[index]!.lengthMs > 2 * before),
    ).length,
    longestGapMs: worst.lengthMs,
    longestGapAtMs: worst.fromMs - (faultMs ?? beginMs),
    undisturbedGapMs: before,
  };
}

/** Between arrivals of the flow that lie in the time, its begin and end among them. */
function longestGap({ arrivedMs }: ProbeFlow, fromMs: number, toMs: number): Gap {
  const times = arrivedMs.filter((each): each is number => each !== undefined && each > fromMs && each < toMs);
  times.sort((a, b) => a - b);
  let worst = nothing;
  let last = fromMs;
  for (const at of [...times, toMs]) {
    if (at - last > worst.lengthMs) worst = { fromMs: last, lengthMs: at - last };
    last = at;
  }
  return worst;
}

const longest = (gaps: readonly Gap[]): Gap =>
  gaps.reduce((worst, each) => (each.lengthMs > worst.lengthMs ? each : worst), nothing);
const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
