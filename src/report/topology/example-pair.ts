/** The pair of links that stands for all in words and pictures. */

import type { Fabric } from "../../fabric/index.ts";

/**
 * The links of the first endpoint that has all of them, by side. Where none has (imported fabrics lack links), for each side the first link that
 * there is.
 */
export function examplePair({ accessLink, linksPerEndpoint }: Fabric): readonly number[] {
  for (let first = 0; first < accessLink.length; first += linksPerEndpoint) {
    const own = accessLink.subarray(first, first + linksPerEndpoint);
    if (!own.includes(-1)) return [...own];
  }
  const any = accessLink.find((link) => link >= 0) ?? 0;
  return Array.from({ length: linksPerEndpoint }, (_, side) => {
    for (let slot = side; slot < accessLink.length; slot += linksPerEndpoint)
      if (accessLink[slot]! >= 0) return accessLink[slot]!;
    return any;
  });
}
