/** Keeps what is to be told: events with their verdicts, takeovers, the timeline. */

import { type Verdict, verdicts } from "../../audit/types.ts";
import type { EventResult, FeltVerdict, TakeoverResult, TimelineRow, TimelineState } from "../result.ts";
import type { EventOrigin } from "../scenario/happenings.ts";
import type { AnswerTimes } from "./answer-times.ts";

interface EventRecord {
  readonly origin: EventOrigin;
  begun: boolean;
  /** The worst but for what follows. */
  verdict: Verdict;
  /** A GPU has been cut off; awaiting: for as long as its data takes to leave over another NIC. */
  cutOff: "no" | "awaiting" | "cut off";
  /** A process of the job died, or the job restarted without a server. */
  lost: boolean;
  bandwidthKept: number;
  stalledUs: number;
  /** Of one standstill: of the present one, and of the longest. */
  standstillUs: number;
  longestUs: number;
  aborts: number;
}

export interface RowState {
  readonly state: TimelineState;
  readonly stepTimeS: number | null;
  readonly exchangeS: number | null;
  readonly serverGBps: number;
  readonly linkGBps: readonly number[];
  readonly sharing: number | null;
}

export class Recorder {
  /** The takeovers of every moment with what caused them; equal ones are one. */
  readonly #takeovers: { record: TakeoverResult; readonly event: number | undefined; readonly isOpen: boolean }[] = [];
  /** Of the last moment: which of them is equal to this one. */
  readonly #equal = new Map<string, number>();
  #takeoversAtS = -1;
  readonly rows: TimelineRow[] = [];
  readonly #events: EventRecord[];
  #row: (RowState & { readonly startUs: number }) | undefined;
  /** Events because of which collectives stand still, and since when. */
  #culprits: readonly number[] = [];
  #stalledSinceUs = 0;

  readonly #answers: AnswerTimes;

  constructor(origins: readonly EventOrigin[], answers: AnswerTimes) {
    this.#answers = answers;
    this.#events = origins.map((origin) => ({
      origin,
      begun: false,
      verdict: "transparent",
      cutOff: "no",
      lost: false,
      bandwidthKept: 1,
      stalledUs: 0,
      standstillUs: 0,
      longestUs: 0,
      aborts: 0,
    }));
  }

  /** An event has begun. */
  begin(event: number): void {
    this.#events[event]!.begun = true;
  }

  partOf(event: number): string {
    return this.#events[event]!.origin.part;
  }

  /** An event has done this; the worst of all that it does counts. */
  judge(event: number, verdict: Verdict, bandwidthKept: number): void {
    const record = this.#events[event]!;
    if (verdicts.indexOf(verdict) > verdicts.indexOf(record.verdict)) record.verdict = verdict;
    record.bandwidthKept = Math.min(record.bandwidthKept, bandwidthKept);
  }

  /** An event has cut a GPU off; what comes of it depends on how long. */
  cutOff(event: number, how: "awaiting" | "cut off"): void {
    const record = this.#events[event]!;
    if (record.cutOff !== "cut off") record.cutOff = how;
  }

  /** An event has ended a process of the job, or made it restart without a server. */
  lost(event: number): void {
    this.#events[event]!.lost = true;
  }

  /** Collectives begin to stand still because of these events; those of before are replaced. */
  stall(events: readonly number[], nowUs: number): void {
    if (this.#culprits.length === 0) this.#stalledSinceUs = nowUs;
    else this.#settle(nowUs);
    this.#culprits = [...new Set([...this.#culprits, ...events])];
  }

  /** Collectives go on. */
  resume(nowUs: number): void {
    this.#settle(nowUs);
    for (const event of this.#culprits) this.#events[event]!.standstillUs = 0;
    this.#culprits = [];
  }

  /** The job was given up, because of these events or of those that made it stand still. */
  abort(events: readonly number[], nowUs: number): void {
    const blamed = events.length > 0 ? events : this.#culprits;
    for (const event of blamed) this.#events[event]!.aborts++;
    this.resume(nowUs);
  }

  /** `event`: what caused it; `isOpen`: what it leaves cannot be told yet. */
  takeover(record: TakeoverResult, event: number | undefined, isOpen: boolean): void {
    const { atS, endpoint: _, ...rest } = record;
    if (atS !== this.#takeoversAtS) this.#equal.clear();
    this.#takeoversAtS = atS;
    const key = JSON.stringify([rest, isOpen]);
    const index = this.#equal.get(key);
    if (index === undefined) this.#equal.set(key, this.#takeovers.push({ record, event, isOpen }) - 1);
    else {
      const before = this.#takeovers[index]!;
      before.record = { ...before.record, pairs: before.record.pairs + record.pairs };
    }
  }

  /** Where no link was left to take over, or others stood still, what became of the event is told. */
  takeovers(): TakeoverResult[] {
    return this.#takeovers.map(({ record, event, isOpen }) => {
      if (event === undefined) return record;
      const verdict = feltVerdict(this.#events[event]!, this.#answers);
      if (isOpen) return { ...record, verdict };
      if (record.verdict !== "fatal" && record.verdict !== "rerouted") return record;
      return verdict === "rerouted" || verdict === "stalled" || verdict === "fatal" ? { ...record, verdict } : record;
    });
  }

  /** From now on this is the state; rows without length are left out. */
  state(state: RowState, nowUs: number): void {
    const row = this.#row;
    if (row !== undefined && same(row, state)) return;
    this.#close(nowUs);
    this.#row = { ...state, startUs: nowUs };
  }

  finish(nowUs: number): void {
    this.resume(nowUs);
    this.#close(nowUs);
  }

  /** The events that came to pass, in the order of time. */
  events(): EventResult[] {
    return this.#events
      .filter(({ begun }) => begun)
      .toSorted((left, right) => left.origin.atUs - right.origin.atUs)
      .map((record) => {
        const { origin, bandwidthKept, stalledUs, aborts } = record;
        const verdict = feltVerdict(record, this.#answers);
        return {
          atS: origin.atUs / 1e6,
          event: origin.event,
          part: origin.part,
          kind: origin.kind,
          cause: origin.cause,
          verdict,
          bandwidthKept: verdict === "stalled" || verdict === "fatal" ? 0 : bandwidthKept,
          stalledS: stalledUs / 1e6,
          aborts,
        };
      });
  }

  #settle(nowUs: number): void {
    for (const event of this.#culprits) {
      const record = this.#events[event]!;
      record.stalledUs += nowUs - this.#stalledSinceUs;
      record.standstillUs += nowUs - this.#stalledSinceUs;
      record.longestUs = Math.max(record.longestUs, record.standstillUs);
    }
    this.#stalledSinceUs = nowUs;
  }

  #close(nowUs: number): void {
    const row = this.#row;
    if (row === undefined || row.startUs >= nowUs) return;
    const { startUs, ...state } = row;
    this.rows.push({ startS: startUs / 1e6, endS: nowUs / 1e6, ...state });
  }
}

/** By what came of it: a GPU that was cut off while nothing was to be exchanged has felt nothing. */
function feltVerdict(record: EventRecord, { networkUs, rerouteUs }: AnswerTimes): FeltVerdict {
  const { verdict, cutOff, lost, stalledUs, longestUs, aborts } = record;
  if (aborts > 0 || lost) return "fatal";
  const answeredUs = networkUs + (verdict === "rerouted" ? rerouteUs : 0);
  const stalled = cutOff === "cut off" || (cutOff === "awaiting" && verdict !== "rerouted") || longestUs > answeredUs;
  return stalled && stalledUs > 0 ? "stalled" : verdict;
}

function same(left: RowState, right: RowState): boolean {
  return (
    left.state === right.state &&
    left.stepTimeS === right.stepTimeS &&
    left.exchangeS === right.exchangeS &&
    left.serverGBps === right.serverGBps &&
    left.sharing === right.sharing &&
    left.linkGBps.every((each, index) => each === right.linkGBps[index])
  );
}
