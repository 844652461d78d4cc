/** Socket addresses as the kernel wants them: struct sockaddr_in, sockaddr_in6 and sockaddr_nl. */

import { isIPv6 } from "node:net";
import { constants } from "./libc.ts";

/** Address family of a literal address. */
export const familyOf = (address: string) => (isIPv6(address) ? constants.afInet6 : constants.afInet);

/** A literal IPv4 or IPv6 address (a zone such as %eth0 is not understood) and a port. */
export function encodeSocketAddress(address: string, port: number): Buffer {
  if (!isIPv6(address)) {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt16LE(constants.afInet, 0);
    bytes.writeUInt16BE(port, 2);
    for (const [index, part] of address.split(".").entries()) bytes[4 + index] = Number(part);
    return bytes;
  }
  const bytes = Buffer.alloc(28);
  bytes.writeUInt16LE(constants.afInet6, 0);
  bytes.writeUInt16BE(port, 2);
  for (const [index, word] of ipv6Words(address).entries()) bytes.writeUInt16BE(word, 8 + 2 * index);
  return bytes;
}

/** The eight words of an IPv6 address, an embedded IPv4 address included. */
function ipv6Words(address: string): number[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((word) => word.toString(16)).join(":"),
  );
  const [before = "", after] = plain.split("::");
  const words = (text: string) => (text === "" ? [] : text.split(":").map((word) => Number.parseInt(word, 16)));
  const first = words(before);
  const last = after === undefined ? [] : words(after);
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** The port of an encoded address. */
export const portOf = (bytes: Buffer) => bytes.readUInt16BE(2);

/** The address of a netlink socket that hears the given groups. */
export function encodeNetlinkAddress(groups: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16LE(constants.afNetlink, 0);
  bytes.writeUInt32LE(groups, 8);
  return bytes;
}
