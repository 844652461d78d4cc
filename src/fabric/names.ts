/** Names of parts, computed from their place in the fabric: `srv-0042/nic-3/port-1`, `leaf-a-07/cage-12/module`. */

import { defined } from "../base/assert.ts";
import { type Fabric, kindCode, partKinds } from "./types.ts";

function padded(number: number, count: number, digitsMin: number): string {
  return String(number).padStart(Math.max(digitsMin, String(count).length), "0");
}

/** Name of a server, numbered from 0 inside, from 1 in the name; its own where the fabric was read in. */
export function serverName(fabric: Pick<Fabric, "serverCount" | "names">, server: number): string {
  const given = fabric.names?.servers[server];
  if (given !== undefined) return given;
  return `srv-${padded(server + 1, fabric.serverCount, 4)}`;
}

/** Name of a switch by its switch index: tier, plane and number (`leaf-a-07`), or its own. */
export function switchName(fabric: Fabric, index: number): string {
  const given = fabric.names?.switches[index];
  if (given !== undefined) return given;
  const plane = defined(fabric.planes[fabric.switches.plane[index]!], "plane");
  const tier = fabric.switches.tier[index]!;
  const number = fabric.switches.ordinal[index]! + 1;
  return `${plane.tierNames[tier]}-${plane.name}-${padded(number, plane.switchCounts[tier]!, 2)}`;
}

/** Name of an endpoint's NIC: `nic-3`, or `nic-3a` and `nic-3b` where each link has a NIC of its own. */
export function nicLabel(fabric: Pick<Fabric, "nicsPerEndpoint">, ordinal: number): string {
  if (fabric.nicsPerEndpoint === 1) return `nic-${ordinal}`;
  return `nic-${Math.ceil(ordinal / 2)}${ordinal % 2 === 1 ? "a" : "b"}`;
}

/** Name of any part by its index. */
export function partName(fabric: Fabric, part: number): string {
  const { parts } = fabric;
  const kind = defined(partKinds[parts.kind[part]!], "part kind");
  const ordinal = parts.ordinal[part]!;
  switch (kind) {
    case "server":
      return serverName(fabric, part);
    case "switch":
      return switchName(fabric, ordinal - 1);
    case "feed":
    case "rack":
    case "control-plane":
      return defined(fabric.sharedRisks[ordinal - 1], "shared risk").name;
    default:
      return `${partName(fabric, parts.owner[part]!)}/${innerLabel(fabric, part)}`;
  }
}

/** The last step of the name of a part that sits in another: `module`, `port-2`. */
export function innerLabel(fabric: Fabric, part: number): string {
  const given = fabric.names?.ports.get(part);
  if (given !== undefined) return given;
  const { parts } = fabric;
  const ordinal = parts.ordinal[part]!;
  switch (partKinds[parts.kind[part]!]) {
    case "nic":
      return nicLabel(fabric, ordinal);
    case "nic-port":
      return `port-${ordinal}`;
    case "cage":
      return `cage-${ordinal}`;
    case "cable":
      return parts.kind[parts.owner[part]!] === kindCode["nic-port"] ? "cable" : `cable-${ordinal}`;
    default:
      return "module";
  }
}

/** All devices (servers and switches) by name, for patterns and lookups. */
export function deviceNames(fabric: Fabric): Map<string, number> {
  const names = new Map<string, number>();
  for (let server = 0; server < fabric.serverCount; server++) names.set(serverName(fabric, server), server);
  for (let index = 0; index < fabric.switches.count; index++)
    names.set(switchName(fabric, index), fabric.switches.part[index]!);
  return names;
}
