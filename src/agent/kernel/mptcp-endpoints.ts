/**
 * The links' addresses as MPTCP endpoints, withdrawn while their link is sick: the kernel then re-injects at once.
 * Why they are announced to nobody, and never withdrawn from under a connection: docs/decisions/agent-mptcp-endpoints.md.
 */

import type { LinkIndex } from "../../switching/index.ts";
import type { Libc } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { familyNumber } from "../netlink/addresses.ts";
import {
  addMptcpEndpoint,
  askFamily,
  decodeMptcpEndpoints,
  deleteMptcpEndpoint,
  dumpMptcpEndpoints,
  familyIn,
  netlinkGeneric,
} from "../netlink/generic.ts";
import {
  allHaveAnother,
  decodeSubflows,
  dumpTcpSockets,
  isOn,
  netlinkSocketDiagnosis,
  type Subflow,
} from "../netlink/subflows.ts";
import { describe, type Refusal } from "./kernel-steering.ts";
import { NetlinkSocket } from "./netlink-socket.ts";

/** Ids of our endpoints, unlikely to be anybody else's; the kernel goes on from them when it gives out ids of its own. */
const endpointIds = [241, 242] as const;
const repairsMax = 10;
const [errorBusy, errorExists, errorInvalid] = [16, 17, 22] as const;

export class MptcpEndpoints {
  readonly #socket: NetlinkSocket;
  readonly #sockets: NetlinkSocket;
  readonly #family: number;
  readonly #host: Host;
  /** Ids of the endpoints that are ours and there. */
  readonly #ids: [number | undefined, number | undefined] = [undefined, undefined];
  #wanted: [boolean | undefined, boolean | undefined] = [undefined, undefined];
  /** Connections that had a subflow on the link when its endpoint was withdrawn, and how often {@link repair} has looked since. */
  readonly #owed: readonly [Set<number>, Set<number>] = [new Set(), new Set()];
  readonly #looks: [number, number] = [0, 0];

  /** Throws when the kernel has no MPTCP. */
  constructor(libc: Libc, host: Host) {
    this.#host = host;
    this.#socket = new NetlinkSocket(libc, netlinkGeneric);
    this.#sockets = new NetlinkSocket(libc, netlinkSocketDiagnosis);
    const family = familyIn(this.#socket.dump(askFamily("mptcp_pm")).messages);
    if (family === undefined) throw new Error("this kernel has no MPTCP (mptcp_pm)");
    this.#family = family;
  }

  /** Brings the endpoints to the links that are good; both stay when none is. */
  set(good: readonly [boolean, boolean], interfaceIndices: readonly [number, number]): Refusal[] {
    const none = !good[0] && !good[1];
    const refused: Refusal[] = [];
    // What is gone goes first: subflows of the other link are made only then.
    const links: readonly LinkIndex[] = good[0] ? [1, 0] : [0, 1];
    for (const link of links) {
      const wanted = (none || good[link]) && interfaceIndices[link] > 0;
      if (wanted === this.#wanted[link]) continue;
      this.#wanted[link] = wanted;
      const error = wanted ? this.#add(link, interfaceIndices[link]) : this.#withdraw(link, interfaceIndices[link]);
      if (error !== undefined) refused.push({ operation: `MPTCP endpoint ${this.#host.links[link].address}`, error });
    }
    return refused;
  }

  #add(link: LinkIndex, interfaceIndex: number): string | undefined {
    const { address } = this.#host.links[link];
    const id = endpointIds[link];
    const add = (endpoint: { id?: number }) =>
      this.#socket.request([addMptcpEndpoint(this.#family, { ...endpoint, address, interfaceIndex })])[0]!;
    let answer = add({ id });
    // The kernel has made one by itself for a subflow that the peer opened meanwhile. It lets itself be taken over, with its id.
    if (answer.error === errorBusy) answer = add({});
    if (answer.error !== 0 && answer.error !== errorExists) return describe(answer);
    const there = this.#there(address);
    // One with another id, that is not of our making, is somebody else's and stays.
    this.#ids[link] = answer.error === 0 || there === id ? there : undefined;
    return undefined;
  }

  #withdraw(link: LinkIndex, interfaceIndex: number): string | undefined {
    const id = this.#ids[link];
    const { address } = this.#host.links[link];
    const subflows = this.#subflows();
    // A connection without any subflow would never get one again.
    if (id === undefined || subflows === undefined || !allHaveAnother(subflows, address, interfaceIndex))
      return undefined;
    for (const { token } of subflows.filter((each) => isOn(each, address, interfaceIndex))) this.#owed[link].add(token);
    this.#looks[link] = 0;
    this.#ids[link] = undefined;
    const answer = this.#socket.request([deleteMptcpEndpoint(this.#family, id)])[0]!;
    return answer.error === 0 || answer.error === errorInvalid ? undefined : describe(answer);
  }

  /**
   * To be called once a second: the kernel sometimes makes no subflow when an endpoint returns, above all on a busy machine, and
   * does not try again. Connections that had one are given it by adding the endpoint anew, a few times.
   */
  repair(interfaceIndices: readonly [number, number]): void {
    for (const link of [0, 1] as const) {
      const [owed, interfaceIndex, { address }] = [this.#owed[link], interfaceIndices[link], this.#host.links[link]];
      if (owed.size === 0 || this.#wanted[link] !== true || this.#ids[link] === undefined) continue;
      this.#looks[link] += 1;
      // A subflow that is just being made is left in peace.
      if (this.#looks[link] === 1) continue;
      const subflows = this.#subflows();
      if (subflows === undefined) continue;
      const served = new Set(subflows.filter((each) => isOn(each, address, interfaceIndex)).map(({ token }) => token));
      const alive = new Set(subflows.map(({ token }) => token));
      for (const token of owed) if (served.has(token) || !alive.has(token)) owed.delete(token);
      if (this.#looks[link] > repairsMax) owed.clear();
      if (owed.size === 0 || !allHaveAnother(subflows, address, interfaceIndex)) continue;
      this.#socket.request([deleteMptcpEndpoint(this.#family, this.#ids[link])]);
      this.#add(link, interfaceIndex);
    }
  }

  #subflows(): Subflow[] | undefined {
    const subflows: Subflow[] = [];
    for (const family of Object.values(familyNumber)) {
      const { messages, error } = this.#sockets.dump(dumpTcpSockets(family));
      if (error !== 0) return undefined;
      subflows.push(...decodeSubflows(messages));
    }
    return subflows;
  }

  #there(address: string): number | undefined {
    const { messages } = this.#socket.dump(dumpMptcpEndpoints(this.#family));
    return decodeMptcpEndpoints(messages).find((each) => each.address === address && !each.isImplicit)?.id;
  }
}
