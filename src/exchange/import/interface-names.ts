/** What the names of network interfaces tell: which are ports of one NIC, which of one cage. */

/**
 * The NIC of a server's interface: systemd's names count slot, function and port (`ens1f0np0` and `ens1f1np1` are two ports
 * of one NIC), and `nic-3-port-1` and `nic3p1` say it. Undefined for names such as `eth1`.
 */
export function nicOfInterface(name: string): string | undefined {
  if (!/^(nic|en|ib)/.test(name)) return undefined;
  const said = /^(nic-[1-9]\d{0,3}[ab]?)[-_./]port-\d+$/.exec(name) ?? /^(nic[1-9]\d{0,3}[ab]?)p\d{1,2}$/.exec(name);
  if (said !== null) return said[1]!;
  const slot = /^((?:en|ib)[sp][0-9a-z]{1,20}?)(?:f\d{1,2})?(?:[dn]p?\d{1,2})?$/.exec(name);
  return slot?.[1];
}

/** The cage of a switch's interface that is one port of a breakout: `swp1s0`, `cage-3.2`. Undefined for whole ports. */
export function cageOfInterface(name: string): string | undefined {
  return (/^(swp\d+)s\d+$/.exec(name) ?? /^(cage-\d+)\.\d+$/.exec(name))?.[1];
}

/** The lane group that such a name says, from 1; also of a port that a cable table numbers in its cage (`Ethernet2/1.2`). */
export function laneOfInterface(name: string, cage: string | undefined): number | undefined {
  const split = /^swp\d+s([0-7])$/.exec(name);
  if (split !== null) return Number(split[1]) + 1;
  const counted = cage === undefined ? /^cage-\d+\.([1-8])$/.exec(name) : /\.([1-8])$/.exec(name);
  return counted === null ? undefined : Number(counted[1]);
}

/** What a NIC's name says of its rail (from 1) and, where each link of the rail has a NIC of its own, its letter: `nic3`, `nic-3a`. */
export function railOfNic(nic: string): { readonly rail: number; readonly letter: "a" | "b" | undefined } | undefined {
  const found = /^nic-?([1-9]\d{0,3})([ab])?$/.exec(nic);
  if (found === null) return undefined;
  return { rail: Number(found[1]), letter: found[2] as "a" | "b" | undefined };
}
