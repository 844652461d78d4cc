/** Kernel MPTCP between the two hosts, as people tune it. */

import { setTimeout as sleep } from "node:timers/promises";
import type { TwoHosts } from "../../test/transport/namespaces.ts";

/**
 * The connection is made over link 0; the listener announces its address on link 1, and the client joins from its own address
 * there, which the routing table gives it. `backup`: the second link only when the first has failed. Untuned: the kernel's
 * own 4 losses until a subflow is stale. (An endpoint of the client's would also be joined with the listener's address on link
 * 0, and that subflow leaves over link 0: as a backup it dies with it.)
 */
export function setMultipath(hosts: TwoHosts, way: "backup" | "shared", tuned = true): void {
  for (const host of [0, 1] as const) {
    hosts.run(host, ["ip", "mptcp", "limits", "set", "subflow", "2", "add_addr_accepted", "2"]);
    hosts.run(host, ["sysctl", "-qw", `net.mptcp.stale_loss_cnt=${tuned ? 1 : 4}`]);
  }
  const flags = way === "backup" ? ["signal", "backup"] : ["signal"];
  hosts.run(1, ["ip", "mptcp", "endpoint", "add", hosts.address(1, 1), "dev", hosts.interfaceName(1, 1), ...flags]);
}

/** Waits until the connection to this port has its subflow on each link; throws when one does not come. */
export async function bothSubflows(hosts: TwoHosts, port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < subflowMsMax; waitedMs += 50) {
    const lines = hosts.run(0, ["ss", "-tnH", "state", "established", `( dport = :${port} )`]).split("\n");
    if (([0, 1] as const).every((link) => lines.some((line) => line.includes(hosts.address(0, link))))) return;
    await sleep(50);
  }
  throw new Error(`no subflow on both links within ${subflowMsMax} ms`);
}

const subflowMsMax = 5_000;

export function clearMultipath(hosts: TwoHosts): void {
  for (const host of [0, 1] as const) hosts.run(host, ["ip", "mptcp", "endpoint", "flush"]);
}
