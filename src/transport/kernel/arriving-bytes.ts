/**
 * Whether bytes arrive on the TCP connections of a link, by the kernel's own count: true also while nobody reads them. The
 * main thread says which connections data has come on of late; only those are looked at.
 */

import { constants, type Libc } from "./libc.ts";

const infoBytes = 256;
/** Where struct tcp_info says how many bytes have arrived (Linux 4.1 or later). */
const receivedOffset = 128;
/** Connections that are looked at. */
const slots = 8;
/** Bytes of shared memory that a list takes. */
export const connectionListBytes = 4 * slots;

/** The main thread's side: the connections of a link on which data has come last, each descriptor plus one, 0 for none. */
export class ConnectionList {
  readonly #slots: Int32Array;
  #next = 0;
  #latest = -1;

  constructor(memory: SharedArrayBuffer, at: number) {
    this.#slots = new Int32Array(memory, at, slots);
  }

  /** Data has come on the connection `fd`; -1 for one without a descriptor. */
  note(fd: number): void {
    if (fd === this.#latest || fd < 0) return;
    this.#latest = fd;
    if (this.#slots.includes(fd + 1)) return;
    Atomics.store(this.#slots, this.#next, fd + 1);
    this.#next = (this.#next + 1) % slots;
  }
}

/** The worker's side. */
export class ArrivingBytes {
  readonly #libc: Libc;
  readonly #slots: Int32Array;
  readonly #seen = Array.from({ length: slots }, () => ({ fd: -1, bytes: 0 }));
  readonly #info = Buffer.alloc(infoBytes);
  readonly #infoLength = Buffer.alloc(4);
  #lookedUs = Number.NEGATIVE_INFINITY;

  constructor(libc: Libc, memory: SharedArrayBuffer, at: number) {
    this.#libc = libc;
    this.#slots = new Int32Array(memory, at, slots);
  }

  /** Whether bytes have come since the last look, provided that this was no longer than `spanUs` ago. */
  look(atUs: number, spanUs: number): boolean {
    let have = false;
    const isRecent = atUs - this.#lookedUs <= spanUs;
    this.#lookedUs = atUs;
    for (const [slot, seen] of this.#seen.entries()) {
      const fd = Atomics.load(this.#slots, slot) - 1;
      const bytes = this.#receivedOn(fd);
      // A descriptor may be another connection's by now, with fewer bytes.
      have ||= isRecent && seen.fd === fd && bytes > seen.bytes;
      seen.fd = fd;
      seen.bytes = bytes;
    }
    return have;
  }

  /** Bytes that have arrived on a connection; 0 where the kernel does not say. */
  #receivedOn(fd: number): number {
    if (fd < 0) return 0;
    this.#infoLength.writeUInt32LE(infoBytes, 0);
    const { protocolTcp, tcpInfo } = constants;
    const failed = this.#libc.getsockopt(fd, protocolTcp, tcpInfo, this.#info, this.#infoLength) !== 0;
    if (failed || this.#infoLength.readUInt32LE(0) < receivedOffset + 8) return 0;
    return Number(this.#info.readBigUInt64LE(receivedOffset));
  }
}
