/** Generic netlink: families by name, and the two the agent speaks, mptcp_pm and ethtool (linux/genetlink.h). */

import { addressBytes, addressFamily, addressText, familyNumber } from "./addresses.ts";
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
  /** 1 to 255, unique in the namespace; the kernel's choice where it is left out. */
  readonly id?: number;
  readonly address: string;
  readonly interfaceIndex: number;
}

const mptcp = { version: 1, addAddress: 1, deleteAddress: 2, getAddress: 3, flagSubflow: 2, flagImplicit: 16 } as const;
const mptcpAddress = 1;
const mptcpAddressParts = { family: 1, id: 2, address4: 3, address6: 4, flags: 6, interfaceIndex: 7 } as const;

/** Adds an endpoint from which subflows are opened. It is announced to nobody. */
export function addMptcpEndpoint(family: number, { id, address, interfaceIndex }: MptcpEndpoint): Buffer {
  const { request, acknowledge } = messageFlags;
  const parts = mptcpAddressParts;
  const six = addressFamily(address) === "IPv6";
  return encodeGeneric(family, mptcp.addAddress, mptcp.version, request | acknowledge, [
    nestedFlagged(mptcpAddress, [
      ...(id === undefined ? [] : [attributeU8(parts.id, id)]),
      attributeU32(parts.flags, mptcp.flagSubflow),
      attributeU32(parts.interfaceIndex, interfaceIndex),
      attributeU16(parts.family, familyNumber[six ? "IPv6" : "IPv4"]),
      attribute(six ? parts.address6 : parts.address4, addressBytes(address)),
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

/** Asks for all endpoints. */
export function dumpMptcpEndpoints(family: number): Buffer {
  const { request, dump } = messageFlags;
  return encodeGeneric(family, mptcp.getAddress, mptcp.version, request | dump, []);
}

/** The endpoints in the answers: by address, with whether the kernel made one by itself (for a subflow that the peer opened). */
export function decodeMptcpEndpoints(messages: readonly Message[]) {
  return messages.flatMap(({ body }) => {
    const outer = parseAttributes(body.subarray(genericHeaderBytes)).get(mptcpAddress);
    const parts = outer && parseAttributes(outer);
    const address = parts?.get(mptcpAddressParts.address4) ?? parts?.get(mptcpAddressParts.address6);
    const id = parts && numberIn(parts, mptcpAddressParts.id);
    if (parts === undefined || address === undefined || id === undefined) return [];
    const isImplicit = ((numberIn(parts, mptcpAddressParts.flags) ?? 0) & mptcp.flagImplicit) !== 0;
    return [{ id, address: addressText(address), isImplicit }];
  });
}
