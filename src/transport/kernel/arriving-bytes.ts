/** Whether bytes arrive on a TCP connection, by the kernel's own count: true also while nobody reads them. */

import { constants, type Libc } from "./libc.ts";

const infoBytes = 256;
/** Where struct tcp_info says how many bytes have arrived (Linux 4.1 or later). */
const receivedOffset = 128;

export class ArrivingBytes {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #info = Buffer.alloc(infoBytes);
  readonly #infoLength = Buffer.alloc(4);
  #received = 0;
  #lookedUs = Number.NEGATIVE_INFINITY;

  /** Of the connection `fd`; -1 for none, on which nothing ever arrives. */
  constructor(libc: Libc, fd: number) {
    this.#libc = libc;
    this.#fd = fd;
  }

  /** Whether bytes have come since the last look, provided that this was no longer than `spanUs` ago. */
  look(atUs: number, spanUs: number): boolean {
    if (this.#fd < 0) return false;
    this.#infoLength.writeUInt32LE(infoBytes, 0);
    const { protocolTcp, tcpInfo } = constants;
    const failed = this.#libc.getsockopt(this.#fd, protocolTcp, tcpInfo, this.#info, this.#infoLength) !== 0;
    if (failed || this.#infoLength.readUInt32LE(0) < receivedOffset + 8) return false;
    const received = Number(this.#info.readBigUInt64LE(receivedOffset));
    const have = received > this.#received && atUs - this.#lookedUs <= spanUs;
    this.#received = received;
    this.#lookedUs = atUs;
    return have;
  }
}
