/**
 * One endpoint's two links in simulated time: the switching core at both ends, told what each end can know. The truth
 * about a link (what passes in each direction, whether light is there) goes in; what the core decides comes out.
 */

import {
  type LinkFault,
  type LinkIndex,
  LinkPairController,
  type PairConfig,
  type PairInput,
  type PairOutput,
} from "../../switching/index.ts";

/** The truth about one link. */
export interface LinkTruth {
  /** What the endpoint sends arrives. */
  readonly up: boolean;
  /** What is sent to the endpoint arrives. */
  readonly down: boolean;
  /** Both ends see light. */
  readonly carrier: boolean;
  /** Traffic was asked to leave it: the connection is closed in good order. */
  readonly drained: boolean;
  /** Microseconds between two damaged packets while the link carries; infinite for none. */
  readonly errorIntervalUs: number;
}

export const healthyLink: LinkTruth = {
  up: true,
  down: true,
  carrier: true,
  drained: false,
  errorIntervalUs: Number.POSITIVE_INFINITY,
};

/** How long news takes to reach the core. Microseconds. */
export interface Delays {
  /** From the loss of light until the core is told. */
  readonly carrierUs: number;
  /** From one end to the other over the surviving link. */
  readonly reportUs: number;
}

/** The end at the server, and its peer. */
const near = 0;
const far = 1;
type End = typeof near | typeof far;
const ends: readonly End[] = [near, far];

type News =
  | { readonly kind: "carrierLost"; readonly link: LinkIndex; readonly occurredUs: number }
  /** An end hears that the other does not hear it. */
  | { readonly kind: "deaf"; readonly end: End; readonly link: LinkIndex }
  | { readonly kind: "error"; readonly link: LinkIndex; readonly left: number }
  | { readonly kind: "heartbeat"; readonly link: LinkIndex };

interface Pending {
  readonly atUs: number;
  readonly news: News;
}

export class PairDriver {
  readonly #ends: readonly [LinkPairController, LinkPairController];
  readonly #config: PairConfig;
  readonly #delays: Delays;
  readonly #truth: [LinkTruth, LinkTruth] = [healthyLink, healthyLink];
  /** What each end has been told of the other's hearing: told[end][link]. */
  readonly #told: readonly [[boolean, boolean], [boolean, boolean]] = [
    [true, true],
    [true, true],
  ];
  #pending: Pending[] = [];
  #faults: LinkFault[] = [];
  /** What the far end blamed a link for, until the endpoint hears of it. */
  readonly #farFaults: [LinkFault | undefined, LinkFault | undefined] = [undefined, undefined];

  /** Both links are up from `startUs` on, which also sets the phase of the heartbeats. */
  constructor(config: PairConfig, delays: Delays, startUs: number) {
    this.#config = config;
    this.#delays = delays;
    this.#ends = [new LinkPairController(config, startUs), new LinkPairController(config, startUs)];
    for (const end of ends)
      for (const link of [0, 1] as const) {
        this.#give(end, { kind: "attach", link }, startUs);
        this.#give(end, { kind: "path", link, hears: true, peerHears: true }, startUs);
      }
  }

  /** Which links carry the endpoint's data. */
  get carries(): readonly [boolean, boolean] {
    return this.#ends[near].carries;
  }

  /** Whether data may be put on a link: it carries, or stands by in good health. */
  mayCarry(link: LinkIndex): boolean {
    const { state } = this.#ends[near].health(link);
    return this.carries[link] || state === "up" || state === "suspect";
  }

  /** The truth about a link has changed. */
  set(link: LinkIndex, truth: LinkTruth, nowUs: number): void {
    const before = this.#truth[link];
    this.#truth[link] = truth;
    if (before.carrier && !truth.carrier)
      this.#later(nowUs + this.#delays.carrierUs, { kind: "carrierLost", link, occurredUs: nowUs });
    if (!before.carrier && truth.carrier) {
      this.#forget((news) => news.kind === "carrierLost" && news.link === link);
      for (const end of ends) this.#give(end, { kind: "carrier", link, up: true }, nowUs);
    }
    if (before.up !== truth.up || before.down !== truth.down) {
      // A link that works both ways again shows it to both ends with the first heartbeats.
      if (truth.up && truth.down) {
        for (const end of ends) this.#told[end][link] = true;
        this.#forget((news) => news.kind === "deaf" && news.link === link);
      }
      for (const end of ends) this.#tellPath(end, link, nowUs);
    }
    if (before.drained !== truth.drained) this.#drain(link, truth.drained, nowUs);
    if (before.errorIntervalUs !== truth.errorIntervalUs) {
      this.#forget((news) => news.kind === "error" && news.link === link);
      if (this.carries[link]) this.#expectErrors(link, nowUs);
    }
  }

  /** When to call {@link tick} next; infinite when nothing is pending. */
  nextDeadlineUs(): number {
    let deadline = Math.min(this.#ends[near].nextDeadlineUs(), this.#ends[far].nextDeadlineUs());
    for (const { atUs } of this.#pending) if (atUs < deadline) deadline = atUs;
    return deadline;
  }

  tick(nowUs: number): void {
    const due = this.#pending.filter(({ atUs }) => atUs <= nowUs);
    if (due.length > 0) this.#pending = this.#pending.filter(({ atUs }) => atUs > nowUs);
    for (const { news } of due) this.#hear(news, nowUs);
    for (const end of ends) if (this.#ends[end].nextDeadlineUs() <= nowUs) this.#give(end, { kind: "tick" }, nowUs);
  }

  /** Faults of carrying links that the endpoint has decided since the last call. */
  takeFaults(): readonly LinkFault[] {
    if (this.#faults.length === 0) return this.#faults;
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** A connection closed in good order loses nothing: the fault that the core reports begins when it is decided. */
  #drain(link: LinkIndex, drained: boolean, nowUs: number): void {
    for (const end of ends) {
      this.#give(end, { kind: drained ? "detach" : "attach", link }, nowUs);
      if (!drained) this.#tellPath(end, link, nowUs);
    }
    this.#faults = this.#faults.map((fault) =>
      fault.trigger === "connectionLost" ? { ...fault, lastGoodUs: fault.decidedUs } : fault,
    );
  }

  #give(end: End, input: PairInput, nowUs: number): void {
    for (const output of this.#ends[end].handle(input, nowUs)) this.#note(end, output, nowUs);
  }

  #note(end: End, output: PairOutput, nowUs: number): void {
    if (output.kind === "linkState" && output.event === "silenceConfirmed")
      this.#later(nowUs + this.#delays.reportUs, { kind: "deaf", end: end === near ? far : near, link: output.link });
    if (output.kind === "carrying" && end === near)
      for (const link of [0, 1] as const) if (output.carries[link]) this.#expectErrors(link, nowUs);
    if (output.kind !== "fault") return;
    const { fault } = output;
    if (end === far) {
      this.#farFaults[fault.link] = fault;
      return;
    }
    const seen = fault.trigger === "peerDeaf" ? this.#farFaults[fault.link] : undefined;
    this.#farFaults[fault.link] = undefined;
    this.#faults.push(
      seen === undefined ? fault : { ...fault, lastGoodUs: seen.lastGoodUs, noticedUs: seen.noticedUs },
    );
  }

  #hear(news: News, nowUs: number): void {
    switch (news.kind) {
      case "carrierLost":
        for (const end of ends)
          this.#give(end, { kind: "carrier", link: news.link, up: false, occurredUs: news.occurredUs }, nowUs);
        break;
      case "deaf":
        this.#told[news.end][news.link] = false;
        this.#tellPath(news.end, news.link, nowUs);
        break;
      case "error":
        if (!this.carries[news.link]) break;
        this.#give(near, { kind: "linkError", link: news.link, fatal: false }, nowUs);
        // Heartbeats are rarely among the damaged packets: the next one shows that the link passes both ways.
        if (this.#ends[near].health(news.link).state === "failed")
          this.#later(nowUs + this.#config.health.heartbeatIntervalUs, { kind: "heartbeat", link: news.link });
        else if (news.left > 1) this.#nextError(news.link, news.left - 1, nowUs);
        break;
      case "heartbeat":
        for (const end of ends) this.#tellPath(end, news.link, nowUs);
        break;
    }
  }

  #tellPath(end: End, link: LinkIndex, nowUs: number): void {
    const { up, down } = this.#truth[link];
    const hears = end === near ? down : up;
    this.#give(end, { kind: "path", link, hears, peerHears: this.#told[end][link] }, nowUs);
  }

  /** Errors are fed in only where they come so close together that they can blame the link. */
  #expectErrors(link: LinkIndex, nowUs: number): void {
    const { errorsMax, errorWindowUs } = this.#config.health;
    if (this.#truth[link].errorIntervalUs * (errorsMax - 1) >= errorWindowUs) return;
    // Until now all was well: the core's last good moment is this one.
    this.#tellPath(near, link, nowUs);
    if (this.#pending.some(({ news }) => news.kind === "error" && news.link === link)) return;
    this.#nextError(link, errorsMax, nowUs);
  }

  #nextError(link: LinkIndex, left: number, nowUs: number): void {
    this.#later(nowUs + Math.max(1, Math.ceil(this.#truth[link].errorIntervalUs)), { kind: "error", link, left });
  }

  #later(atUs: number, news: News): void {
    this.#pending.push({ atUs, news });
  }

  #forget(which: (news: News) => boolean): void {
    this.#pending = this.#pending.filter(({ news }) => !which(news));
  }
}
