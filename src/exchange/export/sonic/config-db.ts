/** config_db.json of one switch: what differs from the defaults of its platform. */

import { addressText } from "../../network/addresses.ts";
import type { NetworkInterface, NetworkNode } from "../../network/network-plan.ts";
import type { SonicPort } from "../../network/sonic-ports.ts";

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
/** Tables of the configuration database; every value is text. */
export type ConfigDb = Readonly<Record<string, Table>>;

/** Largest frame of a port as SONiC sets it up, in bytes. */
const mtuBytes = 9100;

/** Roles that SONiC knows, by switch tier. */
const types = ["ToRRouter", "LeafRouter", "SpineRouter"];

/**
 * Tables for `config load`. FRR has a configuration file of its own (docker_routing_config_mode split-unified), because the
 * tables of SONiC cannot say all of it. `withPorts`: speeds, lanes and breakouts too (a virtual switch has its own).
 */
export function configDb(
  node: NetworkNode,
  portOf: (each: NetworkInterface) => Pick<SonicPort, "name"> & Partial<SonicPort>,
  withPorts: boolean,
): ConfigDb {
  const ports = node.interfaces.map((each) => ({ each, port: portOf(each) }));
  const table = (row: (each: NetworkInterface, port: Partial<SonicPort>) => Record<string, string>): Table =>
    Object.fromEntries(ports.map(({ each, port }) => [port.name, row(each, port)]));
  return {
    DEVICE_METADATA: {
      localhost: {
        hostname: node.name,
        type: types[node.tier] ?? "ToRRouter",
        bgp_asn: String(node.autonomousSystem),
        bgp_router_id: addressText(node.routerId),
        docker_routing_config_mode: "split-unified",
      },
    },
    ...(withPorts ? { PORT: table(portRow) } : {}),
    LOOPBACK_INTERFACE: { Loopback0: {}, [`Loopback0|${addressText(node.routerId)}/32`]: {} },
    INTERFACE: table(() => ({ ipv6_use_link_local_only: "enable" })),
    DEVICE_NEIGHBOR: Object.fromEntries(
      ports.map(({ each, port }) => [
        port.name,
        { name: each.peer.name, port: each.peer.interface, local_port: port.name },
      ]),
    ),
  };
}

function portRow(each: NetworkInterface, port: Partial<SonicPort>): Record<string, string> {
  return {
    alias: port.alias ?? "",
    lanes: (port.lanes ?? []).join(","),
    index: String(port.index ?? 0),
    ...(port.subport === undefined || port.subport === 0 ? {} : { subport: String(port.subport) }),
    speed: String(Math.round(each.speedGbps * 1_000)),
    mtu: String(mtuBytes),
    // Reed-Solomon error correction, which optics of 100G and more ask for.
    ...(each.speedGbps >= 100 ? { fec: "rs" } : {}),
    admin_status: "up",
    description: `${each.peer.name}:${each.peer.interface}`,
  };
}
