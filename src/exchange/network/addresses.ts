/**
 * Addresses of an Ethernet fabric, computed from indices: every device and every rail has a /32 on its loopback, and
 * nothing else needs an address, since the links are unnumbered.
 *
 *   10.0.0.0/9     servers: a block for each rail, in it the rail's address (announced over both links) and one
 *                  address for each link of the rail (announced over that link alone)
 *   10.128.0.0/9   switches, in the order of the fabric
 */

import { assert } from "../../base/assert.ts";
import { userError } from "../../base/diagnostics.ts";
import type { Fabric } from "../../fabric/types.ts";

const serverBase = 10 * 2 ** 24;
const switchBase = serverBase + 2 ** 23;
/** Servers' addresses: 10.0.0.0/9. */
export const serverPrefix = { address: serverBase, length: 9 } as const;

/** An IPv4 prefix; the address as an unsigned number. */
export interface Prefix {
  readonly address: number;
  readonly length: number;
}

/** The rail's address (0), the address of its first link (1), of its second link (2). */
export type AddressScope = 0 | 1 | 2;

const scopesPerRail = 4;

/** Bits that tell servers apart: at least 8, so that small clusters read well. */
function serverBits(fabric: Fabric): number {
  return Math.max(8, Math.ceil(Math.log2(fabric.serverCount + 2)));
}

/** Throws `export/too-large` when servers and rails do not fit into 10.0.0.0/9. */
export function checkAddressSpace(fabric: Fabric): void {
  const needed = fabric.railsPerServer * scopesPerRail * 2 ** serverBits(fabric);
  if (needed <= 2 ** 23 && fabric.switches.count < 2 ** 23 - 1) return;
  throw userError(
    "export/too-large",
    `${fabric.serverCount} servers with ${fabric.railsPerServer} rails need ${needed} addresses, more than 10.0.0.0/9 holds`,
    "Export a smaller cluster, or one part of it.",
  );
}

/** All addresses of one rail and scope. `rail` counts from 0. */
export function railPrefix(fabric: Fabric, rail: number, scope: AddressScope): Prefix {
  const bits = serverBits(fabric);
  return { address: serverBase + (rail * scopesPerRail + scope) * 2 ** bits, length: 32 - bits };
}

/** Loopback of a server's rail: 10.0.0.1 for the first rail of srv-0001. `server` and `rail` count from 0. */
export function railAddress(fabric: Fabric, server: number, rail: number, scope: AddressScope): number {
  assert(server < fabric.serverCount && rail < fabric.railsPerServer, "server and rail are in the fabric");
  return railPrefix(fabric, rail, scope).address + server + 1;
}

/** Loopback and router id of a switch, by its switch index: 10.128.0.1 for the first. */
export function switchAddress(index: number): number {
  return switchBase + index + 1;
}

/** `10.0.0.1`. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `10.0.0.0/24`. */
export function prefixText({ address, length }: Prefix): string {
  return `${addressText(address)}/${length}`;
}
