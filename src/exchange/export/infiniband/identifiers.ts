/**
 * Identifiers of an InfiniBand subnet before anybody has bought it: GUIDs of the locally administered kind (second bit of the
 * first octet set, as in EUI-64), and LIDs in the order in which a subnet manager could give them.
 *
 *   0x0200 5a00 0000 0000 + switch index x 256              switch
 *   0x0200 ca00 0000 0000 + NIC x 256                       NIC (system image)
 *   ... + port x 16                                         adapter of one port of the NIC; its port has one more
 */

const switchBase = 0x0200_5a00_0000_0000n;
const adapterBase = 0x0200_ca00_0000_0000n;

/** Of a switch, by its switch index. */
export function switchGuid(index: number): bigint {
  return switchBase + BigInt(index) * 256n;
}

/** Of a NIC as a board, by its part index. */
export function boardGuid(nicPart: number): bigint {
  return adapterBase + BigInt(nicPart) * 256n;
}

/** Of the adapter that one port of a NIC shows itself as. `port` counts from 1. */
export function adapterGuid(nicPart: number, port: number): bigint {
  return boardGuid(nicPart) + BigInt(port) * 16n;
}

/** Of the port of an adapter (adapters have one port each). */
export function portGuid(adapter: bigint): bigint {
  return adapter + 1n;
}

/** 16 hexadecimal digits, without 0x. */
export function guidText(guid: bigint): string {
  return guid.toString(16).padStart(16, "0");
}

/** Largest unicast LID (InfiniBand architecture specification, volume 1, 4.1.3): 0xBFFF. */
export const lidMax = 49_151;
