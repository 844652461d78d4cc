/** 64 concurrent ring AllReduces of 16 hosts each over 1,024 hosts, every connection a flow of its own, hashed paths. */

import { randomStream } from "../../../src/base/random.ts";
import { LiveNetwork, networkOf, oneConnection } from "../../../src/simulate/network/index.ts";
import { hostFabric } from "../fabrics.ts";
import { measure } from "../measure.ts";

const hosts = 1024;
const network = networkOf(hostFabric(hosts), 0);
const bytes = 64 * 1024 * 1024;
const size = 16;
const order = randomStream(1).shuffle(Array.from({ length: hosts }, (_, host) => host));

measure({
  name: "64 rings of 16 over 1,024 hosts, random places, hashed paths, 30 steps each",
  size: "30,720 flows of 4 MiB",
  limitMs: 1000,
  peer: { name: "htsim (183 CPU seconds)", ms: 183_000 },
  run: () => {
    const live = new LiveNetwork(network, {
      policy: { kind: "ecmp", flowsPerConnection: 1 },
      rules: { mode: "active-standby", primary: 0 },
      localRepairS: 1e-3,
      convergenceS: 0.2,
      seed: 3,
    });
    // A rank sends its next piece when it has received one: flow of step s starts when that of step s - 1 before it ends.
    const steps = 2 * (size - 1);
    const waiting = new Map<number, [ring: number, place: number, step: number]>();
    const start = (ring: number, place: number, step: number) => {
      const from = order[ring * size + place]!;
      const to = order[ring * size + ((place + 1) % size)]!;
      waiting.set(live.start({ bytes: bytes / size, groups: [oneConnection(from, to)] }), [ring, place, step]);
    };
    for (let ring = 0; ring < hosts / size; ring++) for (let place = 0; place < size; place++) start(ring, place, 0);
    // A rank has both received a piece and sent its own before the next step.
    const done = new Uint8Array(hosts * (steps + 1));
    let last = 0;
    live.run((id, ticks) => {
      const [ring, place, step] = waiting.get(id)!;
      waiting.delete(id);
      last = ticks;
      if (step + 1 === steps) return;
      for (const rank of [place, (place + 1) % size])
        if (++done[(ring * size + rank) * (steps + 1) + step]! === 2) start(ring, rank, step + 1);
    });
    return `last ring after ${(last / 1e9).toFixed(3)} ms, ${live.engine.eventCount} events`;
  },
});
