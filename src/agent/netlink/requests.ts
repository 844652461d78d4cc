/** Requests for what the kernel has. */

import { attributeU32 } from "./attributes.ts";
import { encodeMessage, messageFlags } from "./message.ts";
import { types } from "./rtnetlink.ts";

const { request, dump } = messageFlags;
const linkExtendedMask = 29;
/** Leaves out the interface's counters (RTEXT_FILTER_SKIP_STATS). */
const skipCounters = 1 << 3;

/** All interfaces, with their counters or without. */
export function dumpLinks(withCounters: boolean): Buffer {
  const header = Buffer.alloc(16);
  const filter = withCounters ? [] : [attributeU32(linkExtendedMask, skipCounters)];
  return encodeMessage(types.getLink, request | dump, 0, [header, ...filter]);
}

export function dumpAddresses(): Buffer {
  return encodeMessage(types.getAddress, request | dump, 0, [Buffer.alloc(8)]);
}

export function dumpNexthops(): Buffer {
  return encodeMessage(types.getNexthop, request | dump, 0, [Buffer.alloc(8)]);
}

/** Routes of one family; of one protocol where the kernel filters (0: of all). */
export function dumpRoutes(family: number, protocol: number): Buffer {
  const header = Buffer.alloc(12);
  header[0] = family;
  header[5] = protocol;
  return encodeMessage(types.getRoute, request | dump, 0, [header]);
}

export function dumpRules(family: number): Buffer {
  const header = Buffer.alloc(12);
  header[0] = family;
  return encodeMessage(types.getRule, request | dump, 0, [header]);
}
