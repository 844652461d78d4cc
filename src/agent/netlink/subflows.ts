/** The subflows of MPTCP connections, by the kernel's socket diagnosis (linux/inet_diag.h, linux/mptcp.h). */

import { addressText } from "./addresses.ts";
import { numberIn, parseAttributes } from "./attributes.ts";
import { encodeMessage, type Message, messageFlags } from "./message.ts";

/** Protocol number of the netlink sockets that tell of sockets. */
export const netlinkSocketDiagnosis = 4;
const byFamily = 20;
const protocolTcp = 6;
const stateEstablished = 1;
/** INET_DIAG_INFO: Linux tells of upper protocols only to those who ask for something beside the addresses. */
const withInformation = 1 << 1;
const requestBytes = 56;
const answerBytes = 72;
/** Of the addresses and the interface in an answer. */
const [localAt, interfaceAt] = [8, 40] as const;
const attributeUpperProtocol = 19;
const upperProtocolMptcp = 3;
const mptcpAttributes = { localToken: 2, flags: 8 } as const;
/** The peer speaks MPTCP on it; a connection that fell back to TCP has none of these. */
const [capablePeer, joinedPeer, joined] = [1 << 0, 1 << 2, 1 << 3] as const;

/** One established subflow. */
export interface Subflow {
  /** Names its connection on this host. */
  readonly token: number;
  readonly localAddress: string;
  /** That it is bound to; 0 for none. */
  readonly interfaceIndex: number;
}

/** Asks for all established TCP sockets of a family (AF_INET or AF_INET6). */
export function dumpTcpSockets(family: number): Buffer {
  const { request, dump } = messageFlags;
  const body = Buffer.alloc(requestBytes);
  body[0] = family;
  body[1] = protocolTcp;
  body[2] = withInformation;
  body.writeUInt32LE(1 << stateEstablished, 4);
  return encodeMessage(byFamily, request | dump, 0, [body]);
}

/** The subflows in the answers to {@link dumpTcpSockets}; other sockets, and connections that fell back to TCP, are left out. */
export function decodeSubflows(messages: readonly Message[]): Subflow[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== byFamily || body.length < answerBytes) return [];
    const upper = parseAttributes(body.subarray(answerBytes)).get(attributeUpperProtocol);
    const mptcp = upper && parseAttributes(upper).get(upperProtocolMptcp);
    if (mptcp === undefined) return [];
    const attributes = parseAttributes(mptcp);
    const token = numberIn(attributes, mptcpAttributes.localToken);
    const flags = numberIn(attributes, mptcpAttributes.flags) ?? 0;
    if (token === undefined || (flags & (capablePeer | joinedPeer | joined)) === 0) return [];
    return [{ token, localAddress: localAddress(body), interfaceIndex: body.readUInt32LE(interfaceAt) }];
  });
}

/** A socket of IPv6 that serves IPv4 has its address in IPv6's clothes (::ffff:a.b.c.d). */
function localAddress(body: Buffer): string {
  const bytes = body.subarray(localAt, localAt + 16);
  if (body[0] === 2) return addressText(bytes.subarray(0, 4));
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff;
  return addressText(isMapped ? bytes.subarray(12) : bytes);
}

/** Whether a subflow leaves from this address or by this interface (0: gone). */
export function isOn(subflow: Subflow, address: string, interfaceIndex: number): boolean {
  return subflow.localAddress === address || (interfaceIndex > 0 && subflow.interfaceIndex === interfaceIndex);
}

/** Whether every connection that has a subflow there has another elsewhere. */
export function allHaveAnother(subflows: readonly Subflow[], address: string, interfaceIndex: number): boolean {
  const elsewhere = new Set(subflows.filter((each) => !isOn(each, address, interfaceIndex)).map(({ token }) => token));
  return subflows.every((each) => !isOn(each, address, interfaceIndex) || elsewhere.has(each.token));
}
