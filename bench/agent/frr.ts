/** FRR on both hosts: BGP on each link, both ways used, watched by BFD. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric, HostIndex } from "../../test/agent/fabric.ts";
import { startFrrHost } from "../../test/agent/frr.ts";

const startMsMax = 60_000;
/** As much as the agent's own, so that a busy machine is as unfair to both. */
const bfdRealTimePriority = 50;

export interface RunningFrr {
  readonly folders: readonly [string, string];
  stop(): void;
}

/** Starts it and waits until both ways are used and watched. */
export async function startFrr(fabric: Fabric, folder: string, intervalMs: number): Promise<RunningFrr> {
  const folders = [join(folder, "frr-0"), join(folder, "frr-1")] as const;
  const stops = ([0, 1] as const).map((host) =>
    startFrrHost(
      fabric,
      host,
      folders[host],
      { zebra: zebraConfiguration, bfdd: bfdConfiguration(intervalMs), bgpd: bgpConfiguration(fabric, host) },
      bfdRealTimePriority,
    ),
  );
  const stop = () => {
    for (const each of stops) each();
  };
  for (const endMs = performance.now() + startMsMax; performance.now() < endMs; await sleep(200))
    if (isReady(fabric, folders)) return { folders, stop };
  stop();
  throw new Error(`FRR did not come up:\n${fabric.run(0, ["ip", "route"])}`);
}

/** Whether the hosts reach each other over both links, and BFD watches both. */
export function isReady(fabric: Fabric, folders: readonly [string, string]): boolean {
  return ([0, 1] as const).every((host) => {
    const other: HostIndex = host === 0 ? 1 : 0;
    const route = fabric.run(host, ["ip", "route", "show", fabric.ownAddress(other)]);
    if (!([0, 1] as const).every((link) => route.includes(fabric.address(other, link)))) return false;
    const ask = ["vtysh", "--vty_socket", folders[host], "-d", "bfdd", "-c", "show bfd peers json"];
    const answer = spawnSync("ip", ["netns", "exec", fabric.names[host], ...ask], { encoding: "utf8", timeout: 5_000 });
    const peers = answer.status === 0 ? (JSON.parse(answer.stdout) as { status: string }[]) : [];
    return peers.length === 2 && peers.every(({ status }) => status === "up");
  });
}

/**
 * Routes without nexthop objects: when a link has lost carrier the kernel takes it out of a group, and zebra 8.4 does not
 * put it back.
 */
const zebraConfiguration = "no zebra nexthop kernel enable\n";

const bfdConfiguration = (intervalMs: number) => `bfd
 profile quick
  receive-interval ${intervalMs}
  transmit-interval ${intervalMs}
  detect-multiplier 3
 exit
exit
`;

function bgpConfiguration(fabric: Fabric, host: HostIndex): string {
  const other: HostIndex = host === 0 ? 1 : 0;
  const neighbours = ([0, 1] as const).map((link) => fabric.address(other, link));
  const each = (line: (neighbour: string) => string) => neighbours.map((neighbour) => ` ${line(neighbour)}`).join("\n");
  return `router bgp ${65_001 + host}
 bgp router-id ${fabric.ownAddress(host)}
 no bgp ebgp-requires-policy
 no bgp network import-check
 timers bgp 3 9
${each((neighbour) => `neighbor ${neighbour} remote-as ${65_001 + other}`)}
${each((neighbour) => `neighbor ${neighbour} bfd`)}
${each((neighbour) => `neighbor ${neighbour} bfd profile quick`)}
${each((neighbour) => `neighbor ${neighbour} timers connect 1`)}
${each((neighbour) => `neighbor ${neighbour} advertisement-interval 0`)}
 address-family ipv4 unicast
  network ${fabric.ownAddress(host)}/32
  maximum-paths 2
 exit-address-family
exit
`;
}
