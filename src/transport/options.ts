/** What a user may choose on both sides, with every default, and its translation for the core. */

import { userError } from "../base/diagnostics.ts";
import {
  type ClassTable,
  type DampingConfig,
  defaultHealth,
  type EndpointConfig,
  endpointConfig,
  type LinkIndex,
  type SessionLimits,
  type SwitchingMode,
} from "../switching/index.ts";

/** Where structured log lines go; a pino logger fits. */
export interface TransportLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export const silentLogger: TransportLogger = { debug: () => {}, info: () => {}, warn: () => {} };

/** What both sides may choose. Each side chooses for the data it sends. */
export interface SessionOptions {
  /** Default active-standby. */
  readonly mode?: SwitchingMode;
  /** The link that carries first in active-standby, 0 or 1; default 0. */
  readonly primary?: LinkIndex;
  /** Whether data returns to the primary once it is well again; default true. */
  readonly revertive?: boolean;
  /** Time between heartbeats, 0.1 to 60,000 ms; default 1 ms with the kernel calls of Linux, else 10 ms. */
  readonly heartbeatIntervalMs?: number;
  /** Heartbeats missed before a link is blamed, 2 to 255; default 3. */
  readonly missesMax?: number;
  /** How long a returned link must stay good before it is used again; default 1,000 ms. */
  readonly holdDownMs?: number;
  /** Flap damping; default as in docs/switching.md. `flapPenalty: 0` switches it off. */
  readonly damping?: Partial<DampingConfig>;
  /** How long the session lives while nothing is heard on either link; default 30,000 ms. */
  readonly sessionLifeMs?: number;
  readonly classes?: ClassTable;
  readonly limits?: Partial<SessionLimits>;
  /** Largest frame, header included; 512 B to 1 MiB, default 512 KiB, of which only fast links make use. */
  readonly frameBytesMax?: number;
  /** Expected rates of the links in bytes a second, until measured. */
  readonly rateHintsBytesPerSecond?: readonly [number, number];
  /** `datagram` (default): on a UDP path of their own; `stream`: among the data, for paths that carry TCP only. */
  readonly heartbeats?: "datagram" | "stream";
  /**
   * Whether written bytes are copied. Default false: as with any Node stream, a buffer must not be changed once it has
   * been written.
   */
  readonly copyWrites?: boolean;
  readonly logger?: TransportLogger;
}

const frameBytesMaxDefault = 524_288 + 48;

/** The heartbeat interval when the user chose none, in milliseconds. */
function defaultHeartbeatMs(kernelHeartbeats: boolean): number {
  return kernelHeartbeats ? 1 : 10;
}

/** Who keeps a session's heartbeats: a monitor, or the session itself in its stream; by kernel calls or the event loop. */
interface HeartbeatKeeper {
  readonly monitored: boolean;
  readonly kernel: boolean;
}

/** The core's configuration; throws `switching/config` when a value is out of its range. */
export function coreConfig(
  options: SessionOptions,
  identity: Pick<EndpointConfig, "role" | "sessionId" | "incarnation">,
  { monitored, kernel }: HeartbeatKeeper,
): EndpointConfig {
  const heartbeatMs = options.heartbeatIntervalMs ?? defaultHeartbeatMs(kernel && monitored);
  const frameBytesMax = options.frameBytesMax ?? frameBytesMaxDefault;
  const link = (index: LinkIndex) => ({
    frameBytesMax,
    rateHintBytesPerSecond: options.rateHintsBytesPerSecond?.[index] ?? 0,
  });
  return endpointConfig({
    ...identity,
    pair: {
      mode: options.mode ?? "active-standby",
      primary: options.primary ?? 0,
      revertive: options.revertive ?? true,
      monitored,
      health: {
        ...defaultHealth,
        heartbeatIntervalUs: microseconds("heartbeatIntervalMs", heartbeatMs),
        damping: { ...defaultHealth.damping, ...options.damping },
        missesMax: options.missesMax ?? defaultHealth.missesMax,
        holdDownUs: microseconds("holdDownMs", options.holdDownMs ?? defaultHealth.holdDownUs / 1_000),
      },
    },
    links: [link(0), link(1)],
    sessionLifeUs: microseconds("sessionLifeMs", options.sessionLifeMs ?? 30_000),
    receiveBuffersStable: true,
    ...(options.limits && { limits: options.limits }),
    ...(options.classes && { classes: options.classes }),
  });
}

function microseconds(name: string, valueMs: number): number {
  if (Number.isFinite(valueMs) && valueMs >= 0) return Math.round(valueMs * 1_000);
  throw userError("transport/config", `${name} is ${valueMs}`, "Give a number of milliseconds.");
}
