/** FRR on both hosts: BGP on each link, both ways used, watched by BFD. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric, HostIndex } from "../../test/agent/fabric.ts";
import { startFrrHost } from "../../test/agent/frr.ts";

const startMsMax = 30_000;

/** Starts it and waits until host 0 uses both links; the returned function ends it. */
export async function startFrr(fabric: Fabric, folder: string, intervalMs: number): Promise<() => void> {
  const stops = ([0, 1] as const).map((host) =>
    startFrrHost(
      fabric,
      host,
      join(folder, `frr-${host}`),
      ["zebra", "bfdd", "bgpd"],
      configuration(fabric, host, intervalMs),
    ),
  );
  const stop = () => {
    for (const each of stops) each();
  };
  for (let waited = 0; waited < startMsMax; waited += 200) {
    if (bothWays(fabric)) return stop;
    await sleep(200);
  }
  stop();
  throw new Error(`FRR did not come up:\n${fabric.run(0, ["ip", "route"])}`);
}

/** Whether host 0 reaches host 1 over both links. */
export function bothWays(fabric: Fabric): boolean {
  const route = fabric.run(0, ["ip", "route", "show", fabric.ownAddress(1)]);
  return route.includes(fabric.address(1, 0)) && route.includes(fabric.address(1, 1));
}

function configuration(fabric: Fabric, host: HostIndex, intervalMs: number): string {
  const other: HostIndex = host === 0 ? 1 : 0;
  const [ours, theirs] = [65_001 + host, 65_001 + other];
  const neighbours = ([0, 1] as const).map((link) => fabric.address(other, link));
  return `
bfd
${neighbours.map((each) => ` peer ${each}\n  receive-interval ${intervalMs}\n  transmit-interval ${intervalMs}\n  detect-multiplier 3\n exit`).join("\n")}
exit
router bgp ${ours}
 bgp router-id ${fabric.ownAddress(host)}
 no bgp ebgp-requires-policy
 no bgp network import-check
 timers bgp 3 9
${neighbours.map((each) => ` neighbor ${each} remote-as ${theirs}\n neighbor ${each} bfd\n neighbor ${each} timers connect 1\n neighbor ${each} advertisement-interval 0`).join("\n")}
 address-family ipv4 unicast
  network ${fabric.ownAddress(host)}/32
  maximum-paths 2
 exit-address-family
exit
`;
}
