/**
 * Names of network interfaces. One rule for exported configurations and for the lab, so that a file written for one runs
 * in the other. Every name has at most 15 characters, as Linux demands.
 */

import { nicLabel } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";

/** Longest name of an interface in Linux (IFNAMSIZ less its final zero). */
export const interfaceNameLengthMax = 15;

/**
 * A switch port: `swp12`, or `swp12s0`, `swp12s1` where the cage is broken out into several links (the first lane group
 * is s0). `cage` and `lane` count from 1, as in part names.
 */
export function switchInterfaceName(cage: number, lane: number, linksPerCage: number): string {
  return linksPerCage === 1 ? `swp${cage}` : `swp${cage}s${lane - 1}`;
}

/**
 * A port of a server: `nic3p1` for `nic-3/port-1`, `nic3ap1` for `nic-3a/port-1`. `nic` and `port` are ordinals from 1, as in
 * the columns of the fabric.
 */
export function hostInterfaceName(fabric: Pick<Fabric, "nicsPerEndpoint">, nic: number, port: number): string {
  return `${nicLabel(fabric, nic).replace("-", "")}p${port}`;
}

/** A name that a host may have: letters, digits, `-` and `.`; everything else becomes `-`. Empty becomes `node`. */
export function hostName(text: string): string {
  const plain = text
    .replaceAll(/[^A-Za-z0-9.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 63);
  return plain === "" ? "node" : plain;
}

/** Whether Linux, and configurations written for it, take this text as the name of a port. */
export function isInterfaceName(text: string): boolean {
  return text.length <= interfaceNameLengthMax && /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text);
}
