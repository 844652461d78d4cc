/** The fabric at the moment of the replay: asked of a worker that drives the same simulation to that moment. */

import { computed, effect, signal } from "@preact/signals";
import { type ColourBy, colouringOf } from "../drawing/colouring.ts";
import { Engine, problemsOf, Stopped } from "../worker/client.ts";
import type { Moment, ReplayWish } from "../worker/protocol.ts";
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

/** Follows this scenario from now on. */
export async function follow(wish: ReplayWish): Promise<void> {
  replayer.stop();
  isReady = false;
  open = 0;
  moment.value = undefined;
  momentProblem.value = "";
  isBehind.value = true;
  try {
    await replayer.ask("adopt", adopted(opened.value!));
    await replayer.ask("replay", wish);
    isReady = true;
    void ask();
  } catch (error) {
    tell(error);
  }
}

effect(() => {
  // Another fabric has another past.
  void opened.value;
  replayer.stop();
  isReady = false;
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
  open++;
  askedMs = performance.now();
  isBehind.value = true;
  try {
    const wish = { atS, rowStartS: row?.startS ?? 0, rowEndS: row?.endS ?? Number.POSITIVE_INFINITY };
    const found = await replayer.ask("moment", wish);
    open--;
    if (found !== undefined) moment.value = found;
    if (open > 0) return;
    if (holds(moment.peek(), momentS.peek())) isBehind.value = false;
    else void ask();
  } catch (error) {
    tell(error);
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
