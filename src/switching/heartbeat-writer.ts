/** What our heartbeats have told the peer, and the next one. */

import type { Acknowledger } from "./acknowledger.ts";
import { encodeHeartbeat } from "./codec/encode.ts";
import { bothLinks, type LinkIndex } from "./config.ts";

type Acknowledgers = readonly [Acknowledger, Acknowledger];

/** What a heartbeat says beside what the acknowledgers know. */
export interface HeartbeatContent {
  readonly probe: boolean;
  readonly onBoth: boolean;
  /** Whom we hear: bit n for link n. */
  readonly hears: number;
  /** Which connection of each link that is said of. */
  readonly connections: readonly [number, number];
  readonly floor: number;
  readonly sessionLimit: number;
}

export class HeartbeatWriter {
  /** What the peer was last told on every link about whom we hear: bit n for link n. */
  toldHears = 0;
  /** The time in our latest heartbeat: no two say the same, so that the peer knows the latest. */
  latestUs = 0;
  readonly #acknowledgers: Acknowledgers;
  #toldCumulative: readonly [number, number] = [0, 0];

  constructor(acknowledgers: Acknowledgers) {
    this.#acknowledgers = acknowledgers;
  }

  /** Whether more has come than the peer has been told. */
  get owesConfirmation(): boolean {
    return bothLinks.some((link) => this.#acknowledgers[link].received.cumulative !== this.#toldCumulative[link]);
  }

  /** A heartbeat for a link, to be sent now. */
  write(tag: number, link: LinkIndex, content: HeartbeatContent, nowUs: number): Uint8Array {
    const [first, second] = this.#acknowledgers;
    const own = this.#acknowledgers[link];
    // What only one link says, a driver that repeats heartbeats would contradict on the other.
    if (content.onBoth) this.toldHears = content.hears;
    this.latestUs = Math.max(nowUs, this.latestUs + 1);
    this.#toldCumulative = [first.received.cumulative, second.received.cumulative];
    return encodeHeartbeat(tag, {
      probe: content.probe,
      onBoth: content.onBoth,
      repeated: false,
      hears: [(content.hears & 1) !== 0, (content.hears & 2) !== 0],
      connections: content.connections,
      sentUs: this.latestUs,
      echoSentUs: own.echoSentUs,
      echoHeldUs: own.echoSentUs === 0 ? 0 : nowUs - own.echoHeardUs,
      floor: content.floor,
      cumulative: this.#toldCumulative,
      sessionLimit: content.sessionLimit,
    });
  }
}
