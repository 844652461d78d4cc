/**
 * AllReduce rings on every rail of a dual-link fabric, hashed paths with collisions; in the middle an uplink of a leaf fails
 * and is repaired. Everything from the built fabric on: routes, rates, failure, local repair, convergence, return.
 */

import { downwards, LiveNetwork, networkOf, ringConnections, upwards } from "../../../src/simulate/network/index.ts";
import { dualLinkFabric } from "../fabrics.ts";
import { measure } from "../measure.ts";

for (const gpus of [8192, 65_536]) {
  const fabric = dualLinkFabric(gpus);
  const network = networkOf(fabric, 0);
  const servers = gpus / 8;
  // Neighbours in the ring lie under different leaves, so that every hop crosses the fabric.
  const order = Array.from({ length: servers }, (_, at) => (at * 97) % servers);
  const uplink = fabric.links.tier.indexOf(1);
  measure({
    name: "ring AllReduce of 1 GiB on 8 rails, hashed paths, an uplink fails in the middle and comes back",
    size: `${gpus} GPUs`,
    limitMs: 2000,
    limitMiB: 2048,
    run: () => {
      const live = new LiveNetwork(network, {
        policy: { kind: "ecmp", flowsPerConnection: 1 },
        rules: { mode: "load-balancing", primary: 0 },
        localRepairS: 1e-3,
        convergenceS: 5e-3,
        seed: 3,
      });
      const groups = Array.from({ length: 8 }, (_, rail) => ringConnections(order.map((server) => server * 8 + rail)));
      const bytes = ((2 * (servers - 1)) / servers) * 2 ** 30;
      live.start({ bytes, groups });
      live.engine.at(1e9, () => live.setShare([upwards(uplink), downwards(uplink)], 0));
      live.engine.at(6e9, () => live.setShare([upwards(uplink), downwards(uplink)], 1));
      let last = 0;
      live.run((_, ticks) => {
        last = ticks;
      });
      return `${(last / 1e9).toFixed(3)} ms of simulated time`;
    },
  });
}
