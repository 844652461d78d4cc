/**
 * One 64 MiB ring AllReduce over all GPUs of a dual-link fabric, for each placement of its servers, from the fabric to the time:
 * network, schedule, routing, fair rates. ASTRA-sim 2 (analytical backend, congestion-aware) was measured on this class of machine
 * at 9.7 CPU seconds for 1,024 GPUs and 737 s for 4,096.
 */

import { parseCluster } from "../../../src/cluster/parse.ts";
import { placements, surveyCollective } from "../../../src/simulate/collectives/index.ts";
import { dualLinkText, fabricOf } from "../fabrics.ts";
import { measure } from "../measure.ts";

const sizes: readonly { gpus: number; limitMs?: number; peerMs?: number }[] = [
  { gpus: 1024, limitMs: 9.7, peerMs: 9700 },
  { gpus: 4096, limitMs: 73.7, peerMs: 737_000 },
  { gpus: 16_384 },
  { gpus: 131_072, limitMs: 1000 },
];

for (const { gpus, limitMs, peerMs } of sizes)
  for (const placement of placements) {
    const text = dualLinkText(gpus);
    const cluster = parseCluster(text, "bench.yaml");
    const fabric = fabricOf(text);
    measure({
      name: "one 64 MiB ring AllReduce over all GPUs",
      size: `${gpus.toLocaleString("en-US")} GPUs, ${placement}`,
      warmUps: gpus > 20_000 ? 3 : 30,
      runs: gpus > 20_000 ? 5 : 15,
      ...(limitMs === undefined ? {} : { limitMs }),
      ...(peerMs === undefined ? {} : { peer: { name: "ASTRA-sim, analytical, congestion-aware (CPU)", ms: peerMs } }),
      run: () => {
        const { rows } = surveyCollective(fabric, cluster, {
          kind: "allreduce",
          algorithm: "ring",
          sizes: [64 * 2 ** 20],
          placement,
        });
        const { timeS, busbwGBps } = rows[0]!;
        return `${(timeS * 1e3).toFixed(3)} ms, ${busbwGBps.toFixed(2)} GB/s`;
      },
    });
  }
