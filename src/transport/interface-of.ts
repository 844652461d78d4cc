/** Which interface a link is on. */

import { networkInterfaces } from "node:os";

/** The interface that has this address; undefined for loopback, where no cable can be pulled. */
export function interfaceOf(localAddress: string | undefined): string | undefined {
  for (const [name, addresses] of Object.entries(networkInterfaces()))
    if (addresses?.some(({ address, internal }) => address === localAddress && !internal)) return name;
  return undefined;
}
