/** Days of training on the 98,304 GPUs of examples/hundred-thousand.yaml, in three tiers, with failures and flaps at the published rates. */

import { readFileSync } from "node:fs";
import { parseCluster } from "../../../src/cluster/parse.ts";
import { buildFabric } from "../../../src/fabric/index.ts";
import { randomScenario, timelineOf } from "../../../src/simulate/scenario/timeline.ts";
import { prepareSimulation } from "../../../src/simulate/training/index.ts";
import { measure } from "../measure.ts";

const file = "examples/hundred-thousand.yaml";
const cluster = parseCluster(readFileSync(file, "utf8"), file);
const { fabric, rejections } = buildFabric(cluster);
if (fabric === undefined) throw new Error(rejections.map((each) => each.message).join("; "));

for (const days of [0.1, 1])
  measure({
    name: "training on 98,304 GPUs in three tiers with failures at published rates",
    size: `${days} days`,
    warmUps: 0,
    runs: 1,
    limitMiB: 4096,
    run: () => {
      const timeline = timelineOf(fabric, cluster, randomScenario(days, 1));
      const simulation = prepareSimulation(cluster, fabric, timeline, {
        mode: cluster.switching.mode,
        policy: { kind: "spray" },
        seed: 1,
      });
      for (const _ of simulation.run());
      const { totals, takeovers, events } = simulation.result();
      return `${events.length} failures and flaps, ${takeovers.length} takeovers, ${totals.aborts} aborts`;
    },
  });
