/** A driver's watch over the heartbeats of one side, as the transport's worker thread keeps it: it never stalls. */

import { decodeFrame } from "../codec/decode.ts";
import { seal } from "../codec/encode.ts";
import { flagOnBoth, flagProbe, flagRepeated, frameType, heartbeatAt } from "../codec/layout.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "../config.ts";
import type { MonitorConfig, MonitorInput } from "../path-monitor.ts";

interface WatchedLink {
  /** Our latest heartbeat. */
  template: Uint8Array | undefined;
  isFresh: boolean;
  toldHears: number;
  /** The peer's latest heartbeat. */
  peerSentUs: number;
  heardUs: number;
  /** When bytes of the connection last came. */
  aliveUs: number;
  peerHears: number;
  silenceTold: boolean;
  kept: { readonly bytes: Uint8Array; readonly arrivedUs: number }[];
}

/** What a watch keeps for its endpoint or monitor. */
type Kept = Extract<MonitorInput, { kind: "frame" | "arriving" }>;

export interface Repetition {
  readonly link: LinkIndex;
  readonly bytes: Uint8Array;
}

const keptMax = 256;

export function isHeartbeat(bytes: Uint8Array): boolean {
  return bytes[2] === frameType.heartbeat;
}

/** What a watch must know of the endpoint or monitor whose heartbeats it keeps. */
interface WatchConfig {
  readonly heartbeatIntervalUs: number;
  readonly missesMax: number;
  readonly checksums: readonly [boolean, boolean];
}

/** The watch that an endpoint's driver keeps, if it keeps one. */
export function watchOfEndpoint({ pair, links }: EndpointConfig): SimulatedWatch | undefined {
  const { heartbeatIntervalUs, missesMax } = pair.health;
  const checksums = [links[0].checksum, links[1].checksum] as const;
  return pair.watched ? new SimulatedWatch({ heartbeatIntervalUs, missesMax, checksums }) : undefined;
}

/** The same for a monitor. */
export function watchOfMonitor({ heartbeatIntervalUs, missesMax, watched }: MonitorConfig): SimulatedWatch | undefined {
  return watched ? new SimulatedWatch({ heartbeatIntervalUs, missesMax, checksums: [false, false] }) : undefined;
}

export class SimulatedWatch {
  readonly #config: WatchConfig;
  readonly #links: [WatchedLink, WatchedLink] = [unheard(), unheard()];
  nextBeatUs = 0;
  intervalUs: number;

  constructor(config: WatchConfig) {
    this.#config = config;
    this.intervalUs = config.heartbeatIntervalUs;
  }

  /** The link's connection is gone, and what was known of it. */
  forget(link: LinkIndex): void {
    this.#links[link] = unheard();
  }

  /** The core gives a heartbeat out; true when it is to be sent at once rather than on the beat. */
  give(link: LinkIndex, head: Uint8Array): boolean {
    const own = this.#links[link];
    const isProbe = (head[heartbeatAt.flags]! & flagProbe) !== 0;
    const isNews = isProbe || head[heartbeatAt.hears] !== own.toldHears;
    own.toldHears = head[heartbeatAt.hears]!;
    own.template = head.slice();
    own.isFresh = true;
    return isNews;
  }

  /** A heartbeat arrives. `answer`: the peer probes. `wake`: the core should know at once. */
  take(link: LinkIndex, bytes: Uint8Array, isCalm: boolean, nowUs: number): { answer: boolean; wake: boolean } {
    const own = this.#links[link];
    const decoded = decodeFrame(bytes, this.#config.checksums[link]);
    if (decoded.kind !== "frame" || decoded.frame.type !== "heartbeat") return { answer: false, wake: false };
    const { frame } = decoded;
    if (frame.sentUs <= own.peerSentUs) return { answer: false, wake: false };
    const hears = (frame.hears[0] ? 1 : 0) | (frame.hears[1] ? 2 : 0);
    const wake = !isCalm || hears !== own.peerHears || own.silenceTold;
    Object.assign(own, { peerSentUs: frame.sentUs, heardUs: nowUs, peerHears: hears, silenceTold: false });
    own.kept.push({ bytes, arrivedUs: nowUs });
    if (own.kept.length > keptMax) own.kept.shift();
    return { answer: frame.probe, wake };
  }

  /** Bytes of a frame come on the link. */
  noteArriving(link: LinkIndex, nowUs: number): void {
    this.#links[link].aliveUs = nowUs;
  }

  /** The beat of all links, if it is due. */
  beat(nowUs: number): Repetition[] {
    if (nowUs < this.nextBeatUs) return [];
    this.nextBeatUs = (Math.floor(nowUs / this.intervalUs) + 1) * this.intervalUs;
    return bothLinks.flatMap((link) => this.repeat(link, flagOnBoth, nowUs));
  }

  /** Our latest heartbeat once more, with the times of now. */
  repeat(link: LinkIndex, flags: number, nowUs: number): Repetition[] {
    const own = this.#links[link];
    if (own.template === undefined) return [];
    const bytes = own.template.slice();
    bytes[heartbeatAt.flags] = flags | (own.isFresh ? 0 : flagRepeated);
    own.isFresh = false;
    const view = new DataView(bytes.buffer);
    view.setBigUint64(heartbeatAt.sentUs, BigInt(nowUs));
    if (own.peerSentUs > 0) {
      view.setBigUint64(heartbeatAt.echoSentUs, BigInt(own.peerSentUs));
      view.setUint32(heartbeatAt.echoHeldUs, nowUs - own.heardUs);
    }
    if (this.#config.checksums[link]) seal(bytes);
    return [{ link, bytes }];
  }

  /** When a link will have been silent for `silenceUs`; then again on every beat. */
  silentDueUs(link: LinkIndex, silenceUs: number): number {
    const { silenceTold, heardUs, aliveUs, peerSentUs } = this.#links[link];
    if (peerSentUs === 0) return Number.POSITIVE_INFINITY;
    const dueUs = Math.max(heardUs, aliveUs) + silenceUs;
    return silenceTold ? Math.max(this.nextBeatUs, dueUs) : dueUs;
  }

  /** Takes note that the core is told of the silence; false when it has been told before. */
  tellSilence(link: LinkIndex): boolean {
    const isNew = !this.#links[link].silenceTold;
    this.#links[link].silenceTold = true;
    return isNew;
  }

  /** What has come since the last time; no more than proves a silence. */
  drain(): Kept[] {
    const most = this.#config.missesMax + 1;
    return bothLinks.flatMap((link) => {
      const { kept, aliveUs } = this.#links[link];
      const inputs = kept
        .splice(0)
        .slice(-most)
        .map((each): Kept => ({ kind: "frame", link, ...each }));
      return aliveUs < 0 ? inputs : [...inputs, { kind: "arriving", link, arrivedUs: aliveUs }];
    });
  }
}

function unheard(): WatchedLink {
  return {
    template: undefined,
    isFresh: false,
    toldHears: -1,
    peerSentUs: 0,
    heardUs: 0,
    aliveUs: -1,
    peerHears: -1,
    silenceTold: false,
    kept: [],
  };
}
