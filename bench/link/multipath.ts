/** Kernel MPTCP between the two hosts, as people tune it. */

import type { TwoHosts } from "../../test/transport/namespaces.ts";

/** Both links as endpoints of one connection; `backup`: the second only when the first has failed. Untuned: the
 * kernel's own 4 losses until a subflow is stale. */
export function setMultipath(hosts: TwoHosts, way: "backup" | "shared", tuned = true): void {
  for (const host of [0, 1] as const) {
    hosts.run(host, ["ip", "mptcp", "limits", "set", "subflow", "2", "add_addr_accepted", "2"]);
    hosts.run(host, ["sysctl", "-qw", `net.mptcp.stale_loss_cnt=${tuned ? 1 : 4}`]);
  }
  // Fullmesh: the address that the peer announces is dialled from this endpoint, with its flags.
  const flags = way === "backup" ? ["subflow", "fullmesh", "backup"] : ["subflow", "fullmesh"];
  hosts.run(0, ["ip", "mptcp", "endpoint", "add", hosts.address(0, 1), "dev", hosts.interfaceName(0, 1), ...flags]);
  hosts.run(1, ["ip", "mptcp", "endpoint", "add", hosts.address(1, 1), "dev", hosts.interfaceName(1, 1), "signal"]);
}

export function clearMultipath(hosts: TwoHosts): void {
  for (const host of [0, 1] as const) hosts.run(host, ["ip", "mptcp", "endpoint", "flush"]);
}
