/** Measures how long a pair takes to carry a given number of bytes over two clean links: for comparing links and modes. */

import { randomStream } from "../../base/random.ts";
import { endpointConfig, type LinkIndex, type SwitchingMode } from "../config.ts";
import { bothSides, type Side, SimulatedPair } from "./simulated-pair.ts";
import { cleanConditions } from "./simulated-path.ts";

export interface CleanLink {
  /** Bytes a microsecond. */
  readonly rate: number;
  /** One way. */
  readonly delayUs: number;
  /** Heartbeats wait for at most this much of the data before them; default 0, a way of their own. */
  readonly queueUs?: number;
}

export interface Transfer {
  /** From the first write until the last byte was delivered. */
  readonly tookUs: number;
  /** Confirmed over each link. */
  readonly linkBytes: readonly [number, number];
  /** How often either side blamed a link. */
  readonly blames: number;
}

/** Both processes do nothing for `forUs` of every `everyUs`, not at the same time. */
export interface Stalls {
  readonly everyUs: number;
  readonly forUs: number;
}

export interface TransferOptions {
  readonly stalls?: Stalls;
  /** Default 64 KiB. */
  readonly writeBytes?: number;
  /** Default as the core's. */
  readonly frameBytesMax?: number;
  /** Whether the drivers keep the heartbeats; default false. */
  readonly watched?: boolean;
}

/** Carries `bytes` from side 0 to side 1, in writes as fast as the send buffer takes them. */
export function transfer(
  mode: SwitchingMode,
  links: readonly [CleanLink, CleanLink],
  bytes: number,
  { stalls, writeBytes = 65_536, frameBytesMax, watched = false }: TransferOptions = {},
): Transfer {
  const link = frameBytesMax === undefined ? {} : { frameBytesMax };
  const options = { sessionId: 1, pair: { mode, watched }, links: [link, link] as const };
  const pair = new SimulatedPair(
    [
      endpointConfig({ ...options, role: "initiator", incarnation: 1 }),
      endpointConfig({ ...options, role: "responder", incarnation: 2 }),
    ],
    (_side, link: LinkIndex) => ({ ...cleanConditions, ...links[link] }),
    randomStream(1),
  );
  const piece = new Uint8Array(writeBytes);
  let written = 0;
  let delivered = 0;
  let lastUs = 0;
  let blames = 0;
  const write = () => {
    for (;;) {
      const size = Math.min(piece.length, bytes - written, pair.endpoint(0).sendCapacity(1));
      if (size === 0) return;
      written += size;
      pair.input(0, { kind: "write", stream: 1, bytes: piece.subarray(0, size) });
    }
  };
  pair.onOutput = (side, output) => {
    if (output.kind === "linkState" && output.to === "failed") blames += 1;
    if (side === 0 && output.kind === "acknowledged") pair.at(pair.nowUs, write);
    if (side !== 1 || output.kind !== "data") return;
    const { length } = output.bytes;
    delivered += length;
    lastUs = pair.nowUs;
    pair.at(pair.nowUs, () => pair.input(1, { kind: "consumed", stream: 1, bytes: length }));
  };
  pair.attachAll();
  const startUs = 20_000 + 8 * Math.max(links[0].delayUs, links[1].delayUs);
  pair.run(startUs);
  if (stalls !== undefined) for (const side of bothSides) stallAgain(pair, side, stalls, startUs);
  pair.input(0, { kind: "open", stream: 1, trafficClass: "gradient" });
  write();
  pair.run(startUs + 600_000_000, () => delivered === bytes);
  const { links: status } = pair.endpoint(0).status(pair.nowUs);
  return { tookUs: lastUs - startUs, linkBytes: [status[0].confirmedBytes, status[1].confirmedBytes], blames };
}

function stallAgain(pair: SimulatedPair, side: Side, { everyUs, forUs }: Stalls, fromUs: number): void {
  const beginUs = fromUs + Math.floor((0.37 + 0.41 * side) * everyUs);
  pair.at(beginUs, () => {
    pair.stall(side, beginUs + forUs);
    stallAgain(pair, side, { everyUs, forUs }, fromUs + everyUs);
  });
}
