/** Addresses and prefixes as bytes and as text. */

import { isIPv6 } from "node:net";
import { encodeSocketAddress } from "../../transport/kernel/socket-address.ts";

export type Family = "IPv4" | "IPv6";

/** AF_INET and AF_INET6. */
export const familyNumber: Readonly<Record<Family, number>> = { IPv4: 2, IPv6: 10 };

export const addressFamily = (address: string): Family => (isIPv6(address.split("/")[0]!) ? "IPv6" : "IPv4");

/** The four or sixteen bytes of a literal address. */
export function addressBytes(address: string): Buffer {
  const socketAddress = encodeSocketAddress(address, 0);
  return isIPv6(address) ? socketAddress.subarray(8, 24) : socketAddress.subarray(4, 8);
}

/** Text of four or sixteen bytes; IPv6 as RFC 5952 writes it. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join(".");
  const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && words[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (best.start < 0) return hex(words);
  return `${hex(words.slice(0, best.start))}::${hex(words.slice(best.start + best.length))}`;
}

export interface Prefix {
  readonly family: Family;
  readonly bytes: Buffer;
  readonly length: number;
}

/** `10.0.0.0/8`, `2001:db8::/32`, a bare address as a host route, `default` as 0.0.0.0/0. Host bits are cleared. */
export function parsePrefix(text: string): Prefix {
  const [address = "", lengthText] = (text === "default" ? "0.0.0.0/0" : text).split("/");
  const family = addressFamily(address);
  const bytes = Buffer.from(addressBytes(address));
  const length = lengthText === undefined ? bytes.length * 8 : Number(lengthText);
  for (let bit = length; bit < bytes.length * 8; bit++) bytes[bit >> 3]! &= ~(0x80 >> (bit & 7));
  return { family, bytes, length };
}

/** The prefix as every part of the agent names it. */
export function prefixText({ bytes, length }: Pick<Prefix, "bytes" | "length">): string {
  return `${addressText(bytes)}/${length}`;
}
