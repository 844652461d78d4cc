/** The host file of `twinspine agent` for a server of a lab. Pure. */

import type { SwitchingSettings } from "../cluster/types.ts";
import type { LabAddress, LabNode, LabPlan } from "./plan.ts";

/** The two links that an agent steers: those of the server's first rail. */
export function agentLinks({ kind, addresses }: LabNode): readonly [LabAddress, LabAddress] | undefined {
  if (kind !== "host") return undefined;
  const on = (scope: number) =>
    addresses.find((each) => each.rail === 0 && each.scope === scope && each.interface !== undefined);
  const [first, second] = [on(1), on(2)];
  return first === undefined || second === undefined ? undefined : [first, second];
}

const peersMax = 256;
/** Below FRR's 20, so that the agent's routes win. */
const metric = 5;

/**
 * The agent watches every other dual-linked server over the addresses of the single links, and steers what goes to the
 * addresses over both. `gateways`: the leaves' link-local addresses. An agent cannot duplicate: it balances then.
 */
export function hostFile(
  plan: LabPlan,
  node: LabNode,
  gateways: readonly [string, string],
  folder: string,
  { mode, primary, revertive, heartbeat, holdDown }: SwitchingSettings,
): string {
  const links = agentLinks(node) ?? [];
  const rateOf = ({ interface: name }: LabAddress) =>
    plan.links.find(({ lower }) => lower.node === node.node && lower.interface === name)?.rateMbps;
  const both = ({ addresses }: LabNode) => addresses.find(({ rail, scope }) => rail === 0 && scope === 0)?.address;
  const peers = plan.nodes.filter((each) => each !== node && agentLinks(each) !== undefined).slice(0, peersMax);
  const microseconds = (seconds: number) => `${Math.round(seconds * 1e6)}us`;
  return `${JSON.stringify(
    {
      name: node.name,
      keyFile: "agent.key",
      stateFolder: folder,
      mode: mode === "duplication" ? "load-balancing" : mode,
      primary,
      revertive,
      heartbeat: { interval: microseconds(heartbeat.interval), misses: Math.max(2, heartbeat.misses) },
      holdDown: microseconds(holdDown),
      steering: { metric },
      optics: { poll: "0s" },
      links: links.map((each, index) => ({
        interface: each.interface,
        address: each.address,
        gateway: gateways[index],
        capacity: `${Math.max(1, Math.round(rateOf(each) ?? 1))}Mbps`,
      })),
      peers: peers.map((peer) => ({
        name: peer.name,
        addresses: agentLinks(peer)?.map(({ address }) => address),
        prefixes: [both(peer)],
        source: both(node),
        rtoMin: "5ms",
      })),
    },
    null,
    1,
  )}\n`;
}
