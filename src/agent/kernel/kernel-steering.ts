/** Brings the kernel to the wanted state and keeps it there, by netlink. */

import { constants, type Libc } from "../../transport/kernel/libc.ts";
import { familyNumber } from "../netlink/addresses.ts";
import type { Message } from "../netlink/message.ts";
import { dumpLinks, dumpNexthops, dumpRoutes, dumpRules } from "../netlink/requests.ts";
import { decodeInterfaces, decodeState, type InterfaceFacts } from "../steering/decode.ts";
import { difference } from "../steering/difference.ts";
import { encodeOperation } from "../steering/encode.ts";
import { ipLine } from "../steering/ip-command.ts";
import { type KernelState, type Operation, ownProtocol } from "../steering/operations.ts";
import { type Answer, NetlinkSocket } from "./netlink-socket.ts";

export const emptyState: KernelState = { nexthops: new Map(), groups: new Map(), routes: new Map(), rules: new Map() };

/** An operation that the kernel did not take. */
export interface Refusal {
  readonly operation: string;
  readonly error: string;
}

export class KernelSteering {
  readonly socket: NetlinkSocket;
  /** What the kernel is believed to have. */
  #believed: KernelState = emptyState;

  constructor(libc: Libc) {
    this.socket = new NetlinkSocket(libc, constants.netlinkRoute);
  }

  /** All interfaces of the namespace. */
  interfaces(): InterfaceFacts[] {
    return decodeInterfaces(this.socket.dump(dumpLinks(false)).messages);
  }

  /** Everything of ours that the kernel has, and what of it could not be read. */
  read(): { readonly state: KernelState; readonly problems: readonly Refusal[] } {
    const names = new Map(this.interfaces().map(({ index, name }) => [index, name]));
    const messages: Message[] = [];
    const problems: Refusal[] = [];
    const read = (what: string, request: Buffer) => {
      const dump = this.socket.dump(request);
      // A kernel without IPv6 has nothing of ours there.
      if (dump.error !== 0 && !absent.has(dump.error))
        problems.push({ operation: `reading ${what}`, error: describe(dump) });
      for (const each of dump.messages) messages.push(each);
    };
    read("nexthops", dumpNexthops());
    for (const family of Object.values(familyNumber)) {
      read("routes", dumpRoutes(family, ownProtocol));
      read("rules", dumpRules(family));
    }
    return { state: decodeState(messages, (index) => names.get(index) ?? `#${index}`), problems };
  }

  /** From what the kernel is believed to have; quick. False when it refused: then {@link reconcile}. */
  steer(wanted: KernelState): boolean {
    const operations = difference(this.#believed, wanted);
    this.#believed = wanted;
    return this.#apply(operations).length === 0;
  }

  /** All that {@link steer} does but the call. */
  rehearse(from: KernelState, to: KernelState): void {
    for (const operation of difference(from, to)) encodeOperation(operation, 0);
  }

  /** The kernel drops nexthops of an interface that lost carrier, and what used no other, without a word. */
  interfaceLost(interfaceIndex: number): void {
    this.#believed = withoutInterface(this.#believed, interfaceIndex);
  }

  /** From what the kernel really has. Returns what was done and what it refused. */
  reconcile(wanted: KernelState): { readonly done: readonly Operation[]; readonly refused: readonly Refusal[] } {
    const { state, problems } = this.read();
    // What could not be read is not gone.
    if (problems.length > 0) return { done: [], refused: problems };
    const operations = difference(state, wanted);
    this.#believed = wanted;
    return { done: operations, refused: this.#apply(operations) };
  }

  #apply(operations: readonly Operation[]): Refusal[] {
    if (operations.length === 0) return [];
    const answers = this.socket.request(operations.map((each) => encodeOperation(each, 0)));
    return operations.flatMap((operation, index) => {
      const answer = answers[index]!;
      return answer.error === 0 || isAlreadySo(operation, answer)
        ? []
        : [{ operation: `ip ${ipLine(operation)}`, error: describe(answer) }];
    });
  }
}

const errorExists = 17;
/** "Not supported" and "address family not supported". */
const absent = new Set([95, 97]);
const errorNoEntry = 2;
const errorNoProcess = 3;

/** What is to be removed may be gone, because the kernel removed it with something else. */
function isAlreadySo({ kind }: Operation, { error }: Answer): boolean {
  if (kind === "rule") return error === errorExists;
  return kind.startsWith("remove") && (error === errorNoEntry || error === errorNoProcess);
}

const errorNames: Readonly<Record<number, string>> = {
  1: "not permitted (CAP_NET_ADMIN is needed)",
  2: "no such thing",
  13: "permission denied",
  16: "busy",
  17: "exists already",
  19: "no such interface",
  22: "invalid argument",
  95: "not supported",
  99: "address not available",
  100: "interface is down",
  101: "network unreachable",
};

export function describe({ error, text }: Answer): string {
  const name = errorNames[error] ?? `error ${error}`;
  return text === undefined ? name : `${name}: ${text}`;
}

/** The state after the kernel has dropped what hung on an interface without carrier. */
export function withoutInterface(state: KernelState, interfaceIndex: number): KernelState {
  const nexthops = new Map([...state.nexthops].filter(([, { hop }]) => hop?.interfaceIndex !== interfaceIndex));
  const gone = new Set([...state.nexthops.keys()].filter((id) => !nexthops.has(id)));
  const groups = new Map(
    [...state.groups].flatMap(([id, group]) => {
      const members = group.members.filter((member) => !gone.has(member.id));
      if (members.length === 0) gone.add(id);
      return members.length === 0 ? [] : [[id, { ...group, members }] as const];
    }),
  );
  const routes = new Map([...state.routes].filter(([, { to }]) => !("id" in to) || !gone.has(to.id)));
  return { ...state, nexthops, groups, routes };
}
