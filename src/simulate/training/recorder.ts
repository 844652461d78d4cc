/** Keeps what is to be told: events with their verdicts, takeovers, the timeline. */

import { type Verdict, verdicts } from "../../audit/types.ts";
import type { EventResult, TakeoverResult, TimelineRow, TimelineState } from "../result.ts";
import type { EventOrigin } from "../scenario/happenings.ts";

interface EventRecord {
  readonly origin: EventOrigin;
  begun: boolean;
  verdict: Verdict;
  bandwidthKept: number;
  stalledUs: number;
  aborts: number;
}

export interface RowState {
  readonly state: TimelineState;
  readonly stepTimeS: number | null;
  readonly serverGBps: number;
  readonly linkGBps: readonly number[];
  readonly sharing: number | null;
}

export class Recorder {
  readonly takeovers: TakeoverResult[] = [];
  readonly rows: TimelineRow[] = [];
  readonly #events: EventRecord[];
  #row: (RowState & { readonly startUs: number }) | undefined;
  /** Events because of which collectives stand still, and since when. */
  #culprits: readonly number[] = [];
  #stalledSinceUs = 0;

  constructor(origins: readonly EventOrigin[]) {
    this.#events = origins.map((origin) => ({
      origin,
      begun: false,
      verdict: "transparent",
      bandwidthKept: 1,
      stalledUs: 0,
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
    record.bandwidthKept = Math.min(record.bandwidthKept, verdict === "fatal" ? 0 : bandwidthKept);
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
    this.#culprits = [];
  }

  /** The job was given up, because of these events or of those that made it stand still. */
  abort(events: readonly number[], nowUs: number): void {
    const blamed = events.length > 0 ? events : this.#culprits;
    for (const event of blamed) {
      this.#events[event]!.aborts++;
      this.judge(event, "fatal", 0);
    }
    this.resume(nowUs);
  }

  takeover(record: TakeoverResult): void {
    this.takeovers.push(record);
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
      .map(({ origin, verdict, bandwidthKept, stalledUs, aborts }) => ({
        atS: origin.atUs / 1e6,
        event: origin.event,
        part: origin.part,
        kind: origin.kind,
        cause: origin.cause,
        verdict,
        bandwidthKept,
        stalledS: stalledUs / 1e6,
        aborts,
      }));
  }

  #settle(nowUs: number): void {
    for (const event of this.#culprits) this.#events[event]!.stalledUs += nowUs - this.#stalledSinceUs;
    this.#stalledSinceUs = nowUs;
  }

  #close(nowUs: number): void {
    const row = this.#row;
    if (row === undefined || row.startUs >= nowUs) return;
    const { startUs, ...state } = row;
    this.rows.push({ startS: startUs / 1e6, endS: nowUs / 1e6, ...state });
  }
}

function same(left: RowState, right: RowState): boolean {
  return (
    left.state === right.state &&
    left.stepTimeS === right.stepTimeS &&
    left.serverGBps === right.serverGBps &&
    left.sharing === right.sharing &&
    left.linkGBps.every((each, index) => each === right.linkGBps[index])
  );
}
