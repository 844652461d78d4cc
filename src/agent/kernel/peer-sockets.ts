/** The sockets through which peers are watched, opened anew when an interface comes again. */

import type { LinkIndex } from "../../switching/index.ts";
import { constants, type Libc } from "../../transport/kernel/libc.ts";
import { bfdBytes } from "../bfd/packet.ts";
import { heartbeatBytes } from "../heartbeat/datagram.ts";
import type { Host } from "../host/types.ts";
import { openDatagramSocket, sameAddress } from "./datagram-socket.ts";

/** RFC 5881, section 4. */
const bfdPort = 3784;
const bfdSourcePort = 49_152;
const bfdDscp = 48;
/** Longer datagrams are nothing of ours. */
const datagramBytesMax = 512;
/** Datagrams that are read from a socket before others have their turn. */
const turnsMax = 64;

interface PeerSocket {
  readonly peer: number;
  readonly link: LinkIndex;
  readonly sendFd: number;
  /** Where the peer's datagrams come; -1 when the link's common socket has them. */
  readonly receiveFd: number;
}

export class PeerSockets {
  readonly #libc: Libc;
  readonly #host: Host;
  readonly #open: PeerSocket[] = [];
  /** For BFD, whose peers send from any port. */
  readonly #common: [number, number] = [-1, -1];
  readonly #buffer = Buffer.alloc(datagramBytesMax);
  readonly #address = Buffer.alloc(28);
  readonly #addressBytes = Buffer.alloc(4);
  /** Why a link's sockets could not be opened. */
  readonly problems: [string | undefined, string | undefined] = [undefined, undefined];

  constructor(libc: Libc, host: Host) {
    this.#libc = libc;
    this.#host = host;
  }

  /** Closes a link's sockets, and opens them again when its interface is there. */
  reopen(link: LinkIndex, present: boolean): void {
    this.#closeLink(link);
    this.problems[link] = undefined;
    if (!present) return;
    try {
      this.#openLink(link);
    } catch (error) {
      this.#closeLink(link);
      this.problems[link] = String(error);
    }
  }

  fds(): number[] {
    return [...this.#open.map(({ receiveFd }) => receiveFd), ...this.#common].filter((fd) => fd >= 0);
  }

  send(peer: number, link: LinkIndex, bytes: Buffer): void {
    for (const each of this.#open)
      if (each.peer === peer && each.link === link) {
        this.#libc.send(each.sendFd, bytes, bytes.length, constants.msgDontWait);
        return;
      }
  }

  /** Hands on what has arrived on any link; false when there may be more. */
  receive(take: (peer: number, link: LinkIndex, bytes: Buffer) => void): boolean {
    let isDrained = true;
    for (const { peer, link, receiveFd } of this.#open) {
      if (receiveFd < 0) continue;
      let turn = 0;
      for (; turn < turnsMax; turn++) {
        const bytes = this.#libc.recv(receiveFd, this.#buffer, datagramBytesMax, constants.msgDontWait);
        if (bytes === heartbeatBytes) take(peer, link, this.#buffer.subarray(0, bytes));
        else if (bytes < 0) break;
      }
      if (turn === turnsMax) isDrained = false;
    }
    for (const link of [0, 1] as const) if (this.#common[link] >= 0) this.#receiveCommon(link, take);
    return isDrained;
  }

  close(): void {
    this.#closeLink(0);
    this.#closeLink(1);
  }

  #receiveCommon(link: LinkIndex, take: (peer: number, link: LinkIndex, bytes: Buffer) => void): void {
    for (let turn = 0; turn < turnsMax; turn++) {
      this.#addressBytes.writeUInt32LE(this.#address.length);
      const { msgDontWait } = constants;
      const bytes = this.#libc.recvfrom(
        this.#common[link],
        this.#buffer,
        datagramBytesMax,
        msgDontWait,
        this.#address,
        this.#addressBytes,
      );
      if (bytes < 0) return;
      if (bytes < bfdBytes) continue;
      const peer = this.#host.peers.findIndex(
        ({ watch, addresses }) => watch === "bfd" && sameAddress(this.#address, addresses[link]),
      );
      if (peer >= 0) take(peer, link, this.#buffer.subarray(0, bytes));
    }
  }

  #openLink(link: LinkIndex): void {
    const { interfaceName, address } = this.#host.links[link];
    const place = { interfaceName, localAddress: address };
    for (const [peer, { watch, addresses }] of this.#host.peers.entries()) {
      const at = addresses[link];
      if (watch === "agent") {
        const { heartbeatPort: port, heartbeatDscp: dscp } = this.#host;
        const fd = openDatagramSocket(this.#libc, {
          ...place,
          localPort: port,
          peer: { address: at, port },
          dscp,
          singleHop: false,
        });
        this.#open.push({ peer, link, sendFd: fd, receiveFd: fd });
        continue;
      }
      const bfd = { ...place, dscp: bfdDscp, singleHop: true };
      if (this.#common[link] < 0)
        this.#common[link] = openDatagramSocket(this.#libc, { ...bfd, localPort: bfdPort, peer: undefined });
      const localPort = bfdSourcePort + 2 * peer + link;
      const fd = openDatagramSocket(this.#libc, { ...bfd, localPort, peer: { address: at, port: bfdPort } });
      this.#open.push({ peer, link, sendFd: fd, receiveFd: -1 });
    }
  }

  #closeLink(link: LinkIndex): void {
    for (let index = this.#open.length - 1; index >= 0; index--) {
      const each = this.#open[index]!;
      if (each.link !== link) continue;
      this.#libc.close(each.sendFd);
      this.#open.splice(index, 1);
    }
    if (this.#common[link] >= 0) this.#libc.close(this.#common[link]);
    this.#common[link] = -1;
  }
}
