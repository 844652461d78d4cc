/** The links' addresses as MPTCP endpoints, withdrawn while their link is sick: the kernel then re-injects at once. */

import type { Libc } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { addMptcpEndpoint, askFamily, deleteMptcpEndpoint, familyIn, netlinkGeneric } from "../netlink/generic.ts";
import { describe, type Refusal } from "./kernel-steering.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** Ids of our endpoints, unlikely to be anybody else's. */
const endpointIds = [241, 242] as const;
const errorExists = 17;
const errorInvalid = 22;

export class MptcpEndpoints {
  readonly #socket: NetlinkSocket;
  readonly #family: number;
  readonly #host: Host;
  #present: [boolean | undefined, boolean | undefined] = [undefined, undefined];

  /** Throws when the kernel has no MPTCP. */
  constructor(libc: Libc, host: Host) {
    this.#host = host;
    this.#socket = new NetlinkSocket(libc, netlinkGeneric);
    const family = familyIn(this.#socket.dump(askFamily("mptcp_pm")).messages);
    if (family === undefined) throw new Error("this kernel has no MPTCP (mptcp_pm)");
    this.#family = family;
  }

  /** Brings the endpoints to the links that are good; both stay when none is. */
  set(good: readonly [boolean, boolean], interfaceIndices: readonly [number, number]): Refusal[] {
    const refused: Refusal[] = [];
    const none = !good[0] && !good[1];
    for (const link of [0, 1] as const) {
      const wanted = (none || good[link]) && interfaceIndices[link] > 0;
      if (wanted === this.#present[link]) continue;
      this.#present[link] = wanted;
      const id = endpointIds[link];
      const { address } = this.#host.links[link];
      const request = wanted
        ? addMptcpEndpoint(this.#family, { id, address, interfaceIndex: interfaceIndices[link] })
        : deleteMptcpEndpoint(this.#family, id);
      const answer = this.#socket.request([request])[0]!;
      const alreadySo = wanted ? answer.error === errorExists : answer.error === errorInvalid;
      if (answer.error !== 0 && !alreadySo)
        refused.push({ operation: `MPTCP endpoint ${address}`, error: describe(answer) });
    }
    return refused;
  }
}
