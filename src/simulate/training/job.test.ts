import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { layJob } from "./job.ts";
import { runScenario } from "./testing/run-scenario.ts";

const text = (training: string, more = "") => `
name: job
servers: {count: 16, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 16}}
training: ${training}
${more}
`;

describe("a job laid over the servers", () => {
  test("stages are the servers on which Megatron-LM's ranks of that stage lie, rank by rank", () => {
    const { cluster, fabric } = buildFromYaml(text("{}"));
    const powers = fc.constantFrom(1, 2, 4, 8, 16);
    fc.assert(
      fc.property(powers, powers, fc.integer({ min: 1, max: 12 }), (tensor, pipeline, data) => {
        fc.pre(tensor * pipeline * data <= 128);
        const training = { ...cluster.training, parallelism: { tensor, pipeline, data } };
        const job = layJob({ ...cluster, training }, fabric);
        const serversOf = Array.from({ length: pipeline }, () => new Set<number>());
        for (let rank = 0; rank < tensor * data * pipeline; rank++)
          serversOf[Math.floor(rank / (tensor * data))]!.add(Math.floor(rank / 8));
        const laid = job.stages.map(({ first, count }) => Array.from({ length: count }, (_, index) => first + index));
        expect(laid).toEqual(serversOf.map((servers) => [...servers].sort((left, right) => left - right)));
        expect(job.serverCount).toBe(new Set(serversOf.flatMap((servers) => [...servers])).size);
      }),
    );
  });

  test("more GPUs than there are is a mistake with its numbers", () => {
    const { cluster, fabric } = buildFromYaml(text("{}"));
    const training = { ...cluster.training, parallelism: { tensor: 8, pipeline: 32, data: "auto" as const } };
    expect(() => layJob({ ...cluster, training }, fabric)).toThrow(/needs 256 GPUs .* the cluster has 128/);
  });
});

describe("pipeline stages", () => {
  const staged = buildFromYaml(
    text("{parallelism: {tensor: 8, pipeline: 4}, activationBytes: 8GB, overlap: 0%, computePerStep: 1s}"),
  );

  test("a healthy step is compute, the stages' rings, and activations through every link of the chain, in closed form", () => {
    const { healthy } = runScenario(staged, "{duration: 60s, events: []}");
    // 400G NICs of two 200G links, 48.5/50 of which is payload (nccl-tests); tensor 8 fills a server, so 4 replicas in each stage.
    const nicBytes = (400e9 / 8) * (48.5 / 50);
    const gradientS = (((2 * 3) / 4) * (staged.cluster.training.gradientBytes / 32)) / nicBytes;
    expect(healthy.serverGBps).toBeCloseTo((8 * nicBytes) / 1e9, 6);
    expect(healthy.exchangeS).toBeGreaterThan(gradientS);
    // Latency of 32 buckets.
    expect(healthy.exchangeS).toBeLessThan(gradientS + 32 * 0.2e-3);
    // Each server passes 8 GB on and gets as much gradient of it back, over all its NICs.
    const activationS = (2 * 8e9) / (8 * nicBytes);
    expect(healthy.stepTimeS).toBeCloseTo(1 + healthy.exchangeS + activationS, 6);
  });

  test("a link of one stage slows that stage's rings, and the job with them; nothing is lost", () => {
    for (const server of ["0001", "0006", "0016"]) {
      const scenario = `{duration: 300s, events: [{at: 60s, event: fail, part: srv-${server}/nic-2/port-1/module}]}`;
      const { events, timeline, totals } = runScenario(staged, scenario);
      expect(events).toMatchObject([{ verdict: "degraded", aborts: 0 }]);
      expect(events[0]!.bandwidthKept).toBeCloseTo(1 - 1 / 16, 9);
      expect(timeline.at(-1)!.stepTimeS!).toBeGreaterThan(timeline[0]!.stepTimeS!);
      expect(totals).toMatchObject({ aborts: 0, stepsLost: 0 });
    }
  });

  test("a lost server leaves its stage's rings, the other stages keep theirs", () => {
    const scenario = "{duration: 3000s, events: [{at: 60s, event: fail, part: srv-0006}]}";
    const { events, timeline, totals } = runScenario(staged, scenario);
    expect(events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
    expect(timeline.at(-1)!.state).toBe("training");
    expect(totals.split.serversOut).toBeGreaterThan(0);
  });
});

describe("a job on a part of the servers", () => {
  const part = buildFromYaml(text("{}", "economics: {jobGpus: 32}"));
  const healthy = runScenario(part, "{duration: 600s, events: []}");

  test("has its GPUs, from the first server on", () => {
    expect(healthy.gpus).toBe(32);
  });

  test("does not feel what happens to the others", () => {
    for (const name of ["srv-0005/nic-2/port-1/module", "srv-0005/nic-2", "srv-0016", "srv-0009/gpu-3"]) {
      const { events, takeovers, totals } = runScenario(
        part,
        `{duration: 600s, events: [{at: 60s, event: fail, part: ${name}}]}`,
      );
      expect(events).toMatchObject([{ verdict: "transparent", bandwidthKept: 1, stalledS: 0, aborts: 0 }]);
      expect(takeovers).toEqual([]);
      expect(totals).toEqual(healthy.totals);
    }
  });

  test("feels its own, and what it shares with the others", () => {
    const one = runScenario(
      part,
      "{duration: 600s, events: [{at: 60s, event: fail, part: srv-0004/nic-2/port-1/module}]}",
    );
    expect(one.events).toMatchObject([{ verdict: "degraded", aborts: 0 }]);
    const leaf = runScenario(part, "{duration: 600s, events: [{at: 60s, event: fail, part: leaf-a-01}]}");
    expect(leaf.takeovers.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(4);
  });
});
