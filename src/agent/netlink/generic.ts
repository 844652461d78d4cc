/** Generic netlink: families by name, and the two the agent speaks, mptcp_pm and ethtool (linux/genetlink.h). */

import { addressBytes, addressFamily, familyNumber } from "./addresses.ts";
import {
  attribute,
  attributeText,
  attributeU8,
  attributeU16,
  attributeU32,
  nestedFlagged,
  numberIn,
  parseAttributes,
} from "./attributes.ts";
import { encodeMessage, type Message, messageFlags } from "./message.ts";

/** Protocol number of generic netlink sockets. */
export const netlinkGeneric = 16;
const controlFamily = 16;
const getFamily = 3;
const familyName = 2;
const familyId = 1;
export const genericHeaderBytes = 4;

/** A message of a generic family. */
export function encodeGeneric(
  family: number,
  command: number,
  version: number,
  flags: number,
  attributes: readonly Buffer[],
): Buffer {
  return encodeMessage(family, flags, 0, [Buffer.of(command, version, 0, 0), ...attributes]);
}

/** Asks for the number of a family. */
export function askFamily(name: string): Buffer {
  const { request, acknowledge } = messageFlags;
  return encodeGeneric(controlFamily, getFamily, 1, request | acknowledge, [attributeText(familyName, name)]);
}

/** The number in the answers to {@link askFamily}. */
export function familyIn(messages: readonly Message[]): number | undefined {
  for (const { type, body } of messages)
    if (type === controlFamily) return numberIn(parseAttributes(body.subarray(genericHeaderBytes)), familyId);
  return undefined;
}

export interface MptcpEndpoint {
  /** 1 to 255, unique in the namespace. */
  readonly id: number;
  readonly address: string;
  readonly interfaceIndex: number;
}

const mptcp = { version: 1, addAddress: 1, deleteAddress: 2, flagSignal: 1, flagSubflow: 2 } as const;
const mptcpAddress = 1;
const mptcpAddressParts = { family: 1, id: 2, address4: 3, address6: 4, flags: 6, interfaceIndex: 7 } as const;

/** Adds an endpoint that is announced to peers and from which subflows are opened. */
export function addMptcpEndpoint(family: number, endpoint: MptcpEndpoint): Buffer {
  const { request, acknowledge } = messageFlags;
  const parts = mptcpAddressParts;
  const six = addressFamily(endpoint.address) === "IPv6";
  return encodeGeneric(family, mptcp.addAddress, mptcp.version, request | acknowledge, [
    nestedFlagged(mptcpAddress, [
      attributeU16(parts.family, familyNumber[six ? "IPv6" : "IPv4"]),
      attributeU8(parts.id, endpoint.id),
      attribute(six ? parts.address6 : parts.address4, addressBytes(endpoint.address)),
      attributeU32(parts.flags, mptcp.flagSignal | mptcp.flagSubflow),
      attributeU32(parts.interfaceIndex, endpoint.interfaceIndex),
    ]),
  ]);
}

/** Withdraws an endpoint: its subflows end, and the kernel sends what they owed on the others. */
export function deleteMptcpEndpoint(family: number, id: number): Buffer {
  const { request, acknowledge } = messageFlags;
  return encodeGeneric(family, mptcp.deleteAddress, mptcp.version, request | acknowledge, [
    nestedFlagged(mptcpAddress, [attributeU8(mptcpAddressParts.id, id)]),
  ]);
}
