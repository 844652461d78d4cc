/** Thirty days of training on 16,384 GPUs with failures and flaps at the published rates, every takeover decided by the switching core. */

import { parseCluster } from "../../../src/cluster/parse.ts";
import { buildFabric } from "../../../src/fabric/index.ts";
import { randomScenario, timelineOf } from "../../../src/simulate/scenario/timeline.ts";
import { prepareSimulation } from "../../../src/simulate/training/index.ts";
import { measure } from "../measure.ts";

const cluster = parseCluster(
  `name: bench
servers: { count: 2048 }
attachment: two-planes
plane: { leaf: { downlinks: 128 } }
training: { rerouteOverScaleUp: true, algorithm: tree }
`,
  "bench.yaml",
);
const { fabric, rejections } = buildFabric(cluster);
if (fabric === undefined) throw new Error(rejections.map((each) => each.message).join("; "));

for (const [days, limitMs] of [
  [3, 6_000],
  [30, 60_000],
] as const)
  measure({
    name: "training on 16,384 GPUs with failures at published rates",
    size: `${days} days`,
    warmUps: 0,
    runs: 1,
    limitMs,
    run: () => {
      const timeline = timelineOf(fabric, cluster, randomScenario(days, 1));
      const simulation = prepareSimulation(cluster, fabric, timeline, {
        mode: cluster.switching.mode,
        policy: { kind: "spray" },
        seed: 1,
      });
      for (const _ of simulation.run());
      const { totals, takeovers, events } = simulation.result();
      const pairs = takeovers.reduce((sum, each) => sum + each.pairs, 0);
      return `${events.length} failures and flaps, ${pairs} takeovers, ${totals.stepsDone} steps kept, ${totals.aborts} aborts`;
    },
  });
