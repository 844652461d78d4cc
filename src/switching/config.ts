/** What a user may choose, with every default. All times are whole microseconds, all sizes bytes. */

import { assert } from "../base/assert.ts";
import { userError } from "../base/diagnostics.ts";
import { type DampingConfig, defaultDamping } from "./flap-damping.ts";
import { type ClassTable, defaultClasses } from "./traffic-classes.ts";

/** One of the two links. */
export type LinkIndex = 0 | 1;

/** Both indices, for loops. */
export const bothLinks: readonly LinkIndex[] = [0, 1];

/** How the pair carries data; see docs/switching.md for the choice. */
export type SwitchingMode = "active-standby" | "load-balancing" | "duplication";

/** The longest heartbeat interval. */
export const heartbeatIntervalUsMax = 60_000_000;

/** When a link is blamed and when it is trusted again. */
export interface HealthConfig {
  /** Time between two heartbeats on each link; 100 us to 60 s, default 1 ms. */
  readonly heartbeatIntervalUs: number;
  /** A link is blamed after this many intervals of silence; 2 to 255, default 3. The last interval is the probe's. */
  readonly missesMax: number;
  /** A link is blamed after this many errors within `errorWindowUs`; default 3. */
  readonly errorsMax: number;
  /** Default 1 s. */
  readonly errorWindowUs: number;
  /** A link whose heartbeats pass but that confirms no data for this long is blamed; default 2 s. */
  readonly progressTimeoutUs: number;
  /** How long a returned link must stay good before it is used again; default 1 s. */
  readonly holdDownUs: number;
  readonly damping: DampingConfig;
}

export const defaultHealth: HealthConfig = {
  heartbeatIntervalUs: 1_000,
  missesMax: 3,
  errorsMax: 3,
  errorWindowUs: 1_000_000,
  progressTimeoutUs: 2_000_000,
  holdDownUs: 1_000_000,
  damping: defaultDamping,
};

/** What the controller of a pair needs to know. */
export interface PairConfig {
  /** Default active-standby. */
  readonly mode: SwitchingMode;
  /** The link that carries first in active-standby; default 0. */
  readonly primary: LinkIndex;
  /** Whether data returns to the primary once it is up again; default true. */
  readonly revertive: boolean;
  readonly health: HealthConfig;
  /** False when the driver reports `path` itself and wants no heartbeats (simulation engines); default true. */
  readonly heartbeats: boolean;
  /**
   * True when the driver watches the links beside the core, without ever waiting for it: it repeats the latest heartbeat on
   * every beat, hands over what the peer sent with the times of arrival, wakes the core with a tick that is `drained` when a
   * link has been silent for {@link suspectAfterUs}, and with every heartbeat while the links are not calm. Default false.
   */
  readonly watched: boolean;
  /**
   * True when a {@link PathMonitor} watches the links for this session and others: the driver passes on what it says as
   * `monitored`, and the pair times no silence of its own. Only for reliable links. Default false.
   */
  readonly monitored: boolean;
}

export const defaultPair: PairConfig = {
  mode: "active-standby",
  primary: 0,
  revertive: true,
  health: defaultHealth,
  heartbeats: true,
  watched: false,
  monitored: false,
};

/** What is known about one link. */
export interface LinkConfig {
  /** Largest frame the link takes, header included; 512 B to 1 MiB, default 64 KiB + 48 B. */
  readonly frameBytesMax: number;
  /** True when the link neither loses nor reorders (TCP); then nothing is sent again while it is up. Default true. */
  readonly reliable: boolean;
  /** Whether frames carry a CRC-32C; for links that may corrupt. Both ends must agree. Default false. */
  readonly checksum: boolean;
  /** Expected rate until one is measured; 0 when unknown (default). */
  readonly rateHintBytesPerSecond: number;
  /** Most unconfirmed data on the link; default 32 MiB. */
  readonly inFlightBytesMax: number;
  /** The queue a link is kept at is what it carries in two round trips and this time; default 5 ms. */
  readonly queueTargetUs: number;
}

export const defaultLink: LinkConfig = {
  frameBytesMax: 65_536 + 48,
  reliable: true,
  checksum: false,
  rateHintBytesPerSecond: 0,
  inFlightBytesMax: 32 * 1_048_576,
  queueTargetUs: 5_000,
};

/** Limits on what one session may hold. */
export interface SessionLimits {
  /** Unread and out-of-order bytes one stream may hold at the receiver; default 32 MiB. */
  readonly streamReceiveBytesMax: number;
  /** The same over all streams; default 128 MiB. */
  readonly sessionReceiveBytesMax: number;
  /** Written and unconfirmed bytes one stream may hold at the sender; default 32 MiB. */
  readonly streamSendBytesMax: number;
  /** Streams the peer may have open at once; 1 to 65,536, default 1,024. */
  readonly streamsMax: number;
}

export const defaultLimits: SessionLimits = {
  streamReceiveBytesMax: 32 * 1_048_576,
  sessionReceiveBytesMax: 128 * 1_048_576,
  streamSendBytesMax: 32 * 1_048_576,
  streamsMax: 1_024,
};

export interface EndpointConfig {
  readonly role: "initiator" | "responder";
  /** Names the session; both ends must agree. 1 to 2^53 - 1. */
  readonly sessionId: number;
  /** A fresh random number of every start of the process, 1 to 2^53 - 1: tells a restart from a link that returns. */
  readonly incarnation: number;
  readonly pair: PairConfig;
  readonly links: readonly [LinkConfig, LinkConfig];
  readonly limits: SessionLimits;
  readonly classes: ClassTable;
  /** The session ends when nothing has been heard on either link for this long; default 30 s. */
  readonly sessionLifeUs: number;
  /** Longest time a receiver keeps a confirmation back; default 500 us. */
  readonly ackDelayUs: number;
  /** True when the driver leaves the bytes of received frames alone for ever; otherwise what must be kept is copied. */
  readonly receiveBuffersStable: boolean;
}

/** What the caller of {@link endpointConfig} may leave out. */
export interface EndpointOptions {
  readonly role: "initiator" | "responder";
  readonly sessionId: number;
  readonly incarnation: number;
  readonly pair?: Partial<PairConfig>;
  readonly links?: readonly [Partial<LinkConfig>, Partial<LinkConfig>];
  readonly limits?: Partial<SessionLimits>;
  readonly classes?: ClassTable;
  readonly sessionLifeUs?: number;
  readonly ackDelayUs?: number;
  readonly receiveBuffersStable?: boolean;
}

/** Fills in the defaults and checks every range; throws `switching/config`. */
export function endpointConfig(options: EndpointOptions): EndpointConfig {
  const config: EndpointConfig = {
    role: options.role,
    sessionId: options.sessionId,
    incarnation: options.incarnation,
    pair: { ...defaultPair, ...options.pair },
    links: [
      { ...defaultLink, ...options.links?.[0] },
      { ...defaultLink, ...options.links?.[1] },
    ],
    limits: { ...defaultLimits, ...options.limits },
    classes: options.classes ?? defaultClasses,
    sessionLifeUs: options.sessionLifeUs ?? 30_000_000,
    ackDelayUs: options.ackDelayUs ?? 500,
    receiveBuffersStable: options.receiveBuffersStable ?? false,
  };
  checkRange("sessionId", config.sessionId, 1, Number.MAX_SAFE_INTEGER);
  checkRange("incarnation", config.incarnation, 1, Number.MAX_SAFE_INTEGER);
  checkRange("sessionLifeUs", config.sessionLifeUs, 1_000, 86_400_000_000);
  checkRange("ackDelayUs", config.ackDelayUs, 0, 1_000_000);
  checkPairConfig(config.pair);
  assert(!config.pair.monitored || config.links.every(({ reliable }) => reliable), "monitored links are reliable");
  for (const link of config.links) {
    checkRange("frameBytesMax", link.frameBytesMax, 512, 1_048_576);
    checkRange("inFlightBytesMax", link.inFlightBytesMax, 1_024, 2 ** 32);
    checkRange("queueTargetUs", link.queueTargetUs, 1, 10_000_000);
    checkRange("rateHintBytesPerSecond", link.rateHintBytesPerSecond, 0, 1e13);
  }
  checkRange("streamReceiveBytesMax", config.limits.streamReceiveBytesMax, 1_024, 2 ** 40);
  checkRange("sessionReceiveBytesMax", config.limits.sessionReceiveBytesMax, 1_024, 2 ** 40);
  checkRange("streamSendBytesMax", config.limits.streamSendBytesMax, 1_024, 2 ** 40);
  checkRange("streamsMax", config.limits.streamsMax, 1, 65_536);
  return config;
}

/** Checks the ranges of a pair's configuration; throws `switching/config`. */
export function checkPairConfig(pair: PairConfig): void {
  const { health } = pair;
  checkRange("heartbeatIntervalUs", health.heartbeatIntervalUs, 100, heartbeatIntervalUsMax);
  checkRange("missesMax", health.missesMax, 2, 255);
  checkRange("errorsMax", health.errorsMax, 1, 1_000_000);
  checkRange("errorWindowUs", health.errorWindowUs, 1, 3_600_000_000);
  checkRange("progressTimeoutUs", health.progressTimeoutUs, 1_000, 3_600_000_000);
  checkRange("holdDownUs", health.holdDownUs, 0, 86_400_000_000);
  checkRange("damping half-life", health.damping.halfLifeUs, 1, 86_400_000_000);
  checkRange("damping maxSuppressUs", health.damping.maxSuppressUs, health.damping.halfLifeUs, 86_400_000_000);
  checkRange("damping reuseThreshold", health.damping.reuseThreshold, 1, health.damping.suppressThreshold);
}

function checkRange(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw userError("switching/config", `${name} is ${value}`, `Give a whole number from ${low} to ${high}.`);
}
