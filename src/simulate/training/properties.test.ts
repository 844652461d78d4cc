import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { layJob } from "./job.ts";
import { prepared, runScenario } from "./testing/run-scenario.ts";

const clusterOf = (text: string) =>
  buildFromYaml(`
name: any
servers: {count: 16, gpus: 4, nics: 4}
attachment: two-planes
plane: {leaf: {downlinks: 8}}
training: {gradientBytes: 40GB, computePerStep: 1s, overlap: 0%, parallelism: {tensor: 4}, checkpointInterval: 100s, checkpointWrite: 5s, rerouteOverScaleUp: true}
${text}
`);
const standby = clusterOf("switching: {mode: active-standby}");
const balancing = clusterOf("switching: {mode: load-balancing}");
const durationS = 400;
const gpus = 16 * 4;
const checkpoints = durationS / 100;

/** Failures in one plane: nobody is cut off. Times are not round, lengths go from a flap to the rest of the run. */
const failure = (plane: "a" | "b", shared = true) =>
  fc.record({
    at: fc.integer({ min: 1, max: 380_000 }),
    lasts: fc.integer({ min: 1, max: 300_000 }),
    part: fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 4 }))
        .map(
          ([server, nic]) => `srv-${String(server).padStart(4, "0")}/nic-${nic}/port-${plane === "a" ? 1 : 2}/module`,
        ),
      fc.constantFrom(`leaf-${plane}-01`, ...(shared ? [`spine-${plane}-01`] : [])),
    ),
  });
type Failure = { readonly at: number; readonly lasts: number; readonly part: string };
const scenarioOf = (failures: readonly Failure[]) =>
  `{duration: ${durationS}s, events: [${failures
    .map(({ at, lasts, part }) => `{at: ${at}ms, event: fail, part: ${part}, for: ${lasts}ms}`)
    .join(", ")}]}`;

describe("bytes are conserved", () => {
  test("whatever the network gives, every step moves all gradients once, and steps are as many as the pace allows", () => {
    const { cluster, fabric } = balancing;
    const job = layJob(cluster, fabric);
    fc.assert(
      fc.property(fc.array(failure("a"), { minLength: 1, maxLength: 6 }), (failures) => {
        const { healthy, timeline, totals } = runScenario(balancing, scenarioOf(failures));
        const bytesIn = (serverGBps: number, exchangeS: number) => serverGBps * 1e9 * exchangeS;
        const latencyS = healthy.exchangeS - job.exchangeBytes / (healthy.serverGBps * 1e9);
        expect(latencyS).toBeGreaterThan(0);
        let paced = 0;
        for (const { state, startS, endS, stepTimeS, serverGBps } of timeline) {
          if (state !== "training") continue;
          const moved = bytesIn(serverGBps, stepTimeS! - cluster.training.computePerStep - latencyS);
          expect(moved / job.exchangeBytes).toBeCloseTo(1, 9);
          paced += (endS - startS) / stepTimeS!;
        }
        // Checkpoints are in the rows, and a step at a change of pace belongs to both.
        const writing = (totals.split.checkpoints * 3600) / job.gpus / healthy.stepTimeS;
        expect(totals.stepsDone).toBeLessThanOrEqual(paced + timeline.length);
        expect(totals.stepsDone).toBeGreaterThanOrEqual(paced - writing - timeline.length - 1);
      }),
      { numRuns: 25 },
    );
  });
});

describe("a failure never speeds anything up", () => {
  // Pauses, milliseconds each, may differ: a link that is damped after a flap is not gone back to, and its next failure costs no
  // takeover. A whole step may not. Nor may slow running, but for what hangs on where steps end: one under way at the end of
  // the run is not counted, and a checkpoint waits for the end of a step, so each may be written a step earlier or later and
  // with it fall into a slow stretch or out of it.
  test.each([
    ["active-standby", standby, false],
    ["load-balancing", balancing, true],
  ] as const)("%s: one more failure, no step more", (_, built, shared) => {
    fc.assert(
      fc.property(fc.array(failure("a", shared), { maxLength: 4 }), failure("a", shared), (failures, more) => {
        const { totals: before, timeline } = runScenario(built, scenarioOf(failures));
        const { totals: after, timeline: rows } = runScenario(built, scenarioOf([...failures, more]));
        const running = ({ split }: typeof before) => split.slowRunning + split.restart + split.rework;
        const longestStepS = Math.max(...[...timeline, ...rows].map(({ stepTimeS }) => stepTimeS ?? 0));
        const slownessOfOneStep = ((longestStepS - before.referenceStepS) * gpus) / 3600;
        expect(after.stepsDone).toBeLessThanOrEqual(before.stepsDone + 1);
        expect(running(after)).toBeGreaterThanOrEqual(running(before) - (1 + checkpoints) * slownessOfOneStep - 1e-3);
        expect(after.aborts).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test("explained: active-standby stays on a plane that has lost a spine, until a leaf of it fails too", () => {
    const at200 = ({ startS, endS }: { readonly startS: number; readonly endS: number }) => startS <= 200 && 200 < endS;
    const spine = { at: 10_000, lasts: 380_000, part: "spine-a-01" };
    const leaves = { at: 20_000, lasts: 380_000, part: "leaf-a-*" };
    const slow = runScenario(standby, scenarioOf([spine])).timeline.find(at200)!;
    const both = runScenario(standby, scenarioOf([spine, leaves])).timeline.find(at200)!;
    expect(both.stepTimeS!).toBeLessThan(slow.stepTimeS!);
  });

  test("explained: a process that dies during a stall spares the job the rest of the timeout", () => {
    const single = buildFromYaml(`
name: single
servers: {count: 16, gpus: 4, nics: 4, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}
plane: {leaf: {downlinks: 16}}
`);
    const cut = { at: 20_000, lasts: 1000_000, part: "srv-0003/nic-2" };
    const dies = { at: 40_000, lasts: 1000_000, part: "srv-0005/gpu-1" };
    const long = (failures: readonly Failure[]) => scenarioOf(failures).replace(`${durationS}s`, "1000s");
    const later = runScenario(single, long([cut])).totals;
    const sooner = runScenario(single, long([cut, dies])).totals;
    expect(sooner.stepsDone).toBeGreaterThan(later.stepsDone);
    expect(sooner.split.standstill).toBeLessThan(later.split.standstill);
  });
});

describe("determinism", () => {
  test("a run does not depend on what else runs: two interleaved ones give the same bytes as each by itself", () => {
    fc.assert(
      fc.property(
        fc.array(failure("a"), { minLength: 1, maxLength: 4 }),
        fc.array(failure("b"), { minLength: 1, maxLength: 4 }),
        (first, second) => {
          const scenarios = [
            [standby, scenarioOf(first)],
            [balancing, scenarioOf([...first, ...second])],
          ] as const;
          const alone = scenarios.map(([built, text]) => JSON.stringify(runScenario(built, text)));
          const together = scenarios.map(([built, text]) => prepared(built, text));
          const runs = together.map((simulation) => simulation.run());
          for (let going = true; going; ) going = runs.map((run) => run.next().done !== true).some((more) => more);
          expect(together.map((simulation) => JSON.stringify(simulation.result()))).toEqual(alone);
        },
      ),
      { numRuns: 10 },
    );
  });
});
