/** What the agent would put into the kernel while both links are good. */

import { randomStream } from "../../base/random.ts";
import { loadLibc } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { emptyState, KernelSteering } from "../kernel/kernel-steering.ts";
import { Peer } from "../peer.ts";
import { difference } from "../steering/difference.ts";
import { ipLine } from "../steering/ip-command.ts";
import { type LinkFacts, wantedState } from "../steering/wanted.ts";

/** Lines of iproute2, from what the kernel has now. Before anything is heard both links carry. */
export function plannedLines(host: Host): string[] {
  const libc = loadLibc();
  const steering = libc === undefined ? undefined : new KernelSteering(libc);
  const interfaces = steering?.interfaces() ?? [];
  const facts = ([0, 1] as const).map((link): LinkFacts => {
    const found = interfaces.find(({ name }) => name === host.links[link].interfaceName);
    return { interfaceIndex: found?.index ?? link + 1, enabled: true, carrier: true };
  });
  const peers = host.peers.map((peer) => {
    const setup = { host, peer, heartbeats: undefined, random: randomStream(1), send: () => {}, bfdChanged: () => {} };
    return new Peer(setup, 0).steering([1, 1], [true, true]);
  });
  const wanted = wantedState(host, [facts[0]!, facts[1]!], peers);
  const lines = difference(steering?.read().state ?? emptyState, wanted).map(ipLine);
  steering?.socket.close();
  return lines;
}
