/** config_db.json of one switch: what differs from the defaults of its platform. */

import { addressText } from "../../network/addresses.ts";
import type { NetworkInterface, NetworkNode } from "../../network/network-plan.ts";
import type { SonicCage, SonicPort } from "../../network/sonic-ports.ts";

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
/** Tables of the configuration database; every value is text. */
export type ConfigDb = Readonly<Record<string, Table>>;

/** Largest frame of a port as SONiC sets it up, in bytes. */
const mtuBytes = 9100;

/** Roles that SONiC knows, by switch tier. */
const types = ["ToRRouter", "LeafRouter", "SpineRouter"];

/**
 * Tables for `config load`. FRR has a configuration file of its own (docker_routing_config_mode split-unified), because the
 * tables of SONiC cannot say all of it. SONiC starts bfdd where frr_mgmt_framework_config is true, and nowhere else
 * (sonic-buildimage, dockers/docker-fpm-frr/frr/supervisord/supervisord.conf.j2). `nameOf`: names of the ports;
 * `cages`: breakouts and ports, undefined where the switch has its own (a virtual one).
 */
export function configDb(
  node: NetworkNode,
  nameOf: (each: NetworkInterface) => string,
  cages?: readonly SonicCage[],
): ConfigDb {
  const table = (row: (each: NetworkInterface, name: string) => Record<string, string>): Table =>
    Object.fromEntries(node.interfaces.map((each) => [nameOf(each), row(each, nameOf(each))]));
  return {
    DEVICE_METADATA: {
      localhost: {
        hostname: node.name,
        type: types[node.tier] ?? "ToRRouter",
        bgp_asn: String(node.autonomousSystem),
        bgp_router_id: addressText(node.routerId),
        docker_routing_config_mode: "split-unified",
        frr_mgmt_framework_config: "true",
      },
    },
    ...(cages === undefined ? {} : portTables(cages)),
    LOOPBACK_INTERFACE: { Loopback0: {}, [`Loopback0|${addressText(node.routerId)}/32`]: {} },
    INTERFACE: table(() => ({ ipv6_use_link_local_only: "enable" })),
    DEVICE_NEIGHBOR: table(({ peer }, name) => ({ name: peer.name, port: peer.interface, local_port: name })),
  };
}

/** A cage's mode stands under its first port; every port that the mode makes has a row, those without a link are down. */
function portTables(cages: readonly SonicCage[]): ConfigDb {
  return {
    BREAKOUT_CFG: Object.fromEntries(cages.map(({ ports, mode }) => [ports[0]!.name, { brkout_mode: mode.name }])),
    PORT: Object.fromEntries(cages.flatMap(({ ports }) => ports.map((port) => [port.name, portRow(port)]))),
  };
}

function portRow({ alias, lanes, index, subport, speedGbps, interface: used }: SonicPort): Record<string, string> {
  return {
    alias,
    lanes: lanes.join(","),
    index: String(index),
    subport: String(subport),
    speed: String(Math.round(speedGbps * 1_000)),
    mtu: String(mtuBytes),
    // Reed-Solomon error correction, which optics of 100G and more ask for.
    ...(speedGbps >= 100 ? { fec: "rs" } : {}),
    admin_status: used === undefined ? "down" : "up",
    ...(used === undefined ? {} : { description: `${used.peer.name}:${used.peer.interface}` }),
  };
}
