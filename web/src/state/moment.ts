/** The fabric at the moment of the replay: asked of a worker that drives the same simulation to that moment. */

import { computed, effect, signal } from "@preact/signals";
import type { NetworkWish } from "../../../src/simulate/training/prepare.ts";
import { type ColourBy, colouringOf } from "../drawing/colouring.ts";
import { Engine, problemsOf, Stopped } from "../worker/client.ts";
import type { Moment, Opened, ReplayWish } from "../worker/protocol.ts";
import { brokenOf } from "./broken.ts";
import { feltOf } from "./felt.ts";
import { momentS, run } from "./playback.ts";
import { adopted, opened, palette, rows, verdictColumns } from "./studio.ts";

export const moment = signal<Moment | undefined>(undefined);
/** Whether the fabric shown is not yet that of the moment. */
export const isBehind = signal(false);
export const momentProblem = signal("");
export const replayColourBy = signal<ColourBy>("utilisation");

const replayer = new Engine();
/** A question that has waited so long gives way to a newer one, in milliseconds. */
const patienceMs = 250;

let isReady = false;
let open = 0;
let askedMs = 0;

/** What is open in the replayer. */
let known: Opened | undefined;
/** Counts the scenarios that were followed. */
let followed = 0;

function adopt(): void {
  const now = opened.peek()!;
  if (known === now) return;
  known = now;
  replayer.ask("adopt", adopted(now)).catch(tell);
}

/** Lays the network of this kind before anything is replayed on it: of a large fabric that takes seconds. */
export function layAhead(kind: NetworkWish): void {
  adopt();
  replayer.ask("prepare", kind).catch(tell);
}

/** Follows this scenario from now on: its network is laid at once, its moments are told when there is a run to look at. */
export async function follow(wish: ReplayWish): Promise<void> {
  const question = ++followed;
  isReady = false;
  open = 0;
  moment.value = undefined;
  momentProblem.value = "";
  isBehind.value = true;
  try {
    adopt();
    await replayer.ask("replay", wish);
    if (question !== followed) return;
    isReady = true;
    if (run.peek() !== undefined) void ask();
  } catch (error) {
    if (question === followed) tell(error);
  }
}

effect(() => {
  // Another fabric has another past.
  void opened.value;
  replayer.stop();
  known = undefined;
  followed++;
  isReady = false;
  open = 0;
  run.value = undefined;
  moment.value = undefined;
});

effect(() => {
  const atS = momentS.value;
  if (run.value !== undefined && isReady && !holds(moment.value, atS)) void ask();
});

function holds(found: Moment | undefined, atS: number): boolean {
  return found !== undefined && found.fromS <= atS && (atS < found.untilS || atS === found.fromS);
}

async function ask(): Promise<void> {
  if (open > 0 && performance.now() - askedMs < patienceMs) return;
  const timeline = run.peek()?.timeline ?? [];
  const atS = momentS.peek();
  const row = timeline.findLast(({ startS }) => startS <= atS);
  const question = followed;
  open++;
  askedMs = performance.now();
  isBehind.value = true;
  try {
    const wish = { atS, rowStartS: row?.startS ?? 0, rowEndS: row?.endS ?? Number.POSITIVE_INFINITY };
    const found = await replayer.ask("moment", wish);
    if (question !== followed) return;
    open--;
    if (found !== undefined) moment.value = found;
    if (open > 0) return;
    if (holds(moment.peek(), momentS.peek())) isBehind.value = false;
    else void ask();
  } catch (error) {
    if (question === followed) tell(error);
  }
}

function tell(error: unknown): void {
  if (error instanceof Stopped) return;
  isReady = false;
  momentProblem.value = problemsOf(error)
    .map(({ message }) => message)
    .join("; ");
}

export const brokenThen = computed(() => {
  const laid = rows.value;
  if (laid === undefined) return undefined;
  return brokenOf(laid, moment.value, moment.value?.parts ?? []);
});

/** Whether the job moves gradients at the moment; what it does not move, nothing carries. */
const isMoving = computed(() => run.value !== undefined && feltOf(run.value, momentS.value).state === "training");

export const colouringThen = computed(() => {
  const laid = rows.value;
  if (laid === undefined) return undefined;
  const found = moment.value;
  const load = found === undefined ? undefined : { switches: found.switchLoad, links: found.linkLoad };
  const shown = load === undefined || isMoving.value ? load : idle(load);
  return colouringOf(replayColourBy.value, laid, palette.value, {
    verdicts: verdictColumns.value,
    utilisation: shown?.switches,
    linkLoad: shown?.links,
  });
});

function idle({ switches, links }: { switches: Float32Array; links: Float32Array }) {
  return { switches: new Float32Array(switches.length), links: new Float32Array(links.length) };
}
