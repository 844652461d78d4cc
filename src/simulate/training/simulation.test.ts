import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import type { TrainingResult } from "../result.ts";
import { parseScenario } from "../scenario/parse.ts";
import { randomScenario, timelineOf } from "../scenario/timeline.ts";
import { prepareSimulation } from "./prepare.ts";

function run(clusterText: string, scenarioText: string, mode?: SwitchingMode): TrainingResult {
  const { cluster, fabric } = buildFromYaml(clusterText);
  const located = scenarioText === "" ? randomScenario(3, 7) : parseScenario(scenarioText, "scenario.yaml");
  const timeline = timelineOf(fabric, cluster, located);
  const simulation = prepareSimulation(cluster, fabric, timeline, {
    mode: mode ?? cluster.switching.mode,
    policy: { kind: "spray" },
    seed: 1,
  });
  for (const _ of simulation.run());
  return simulation.result();
}

/** 256 GPUs on 32 hosts, as in Alibaba HPN's measurement (SIGCOMM 2024): 8 NICs of two links each. */
const dual = `
name: dual
servers: {count: 32, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
training: {rerouteOverScaleUp: true}
`;
const single = `
name: single
servers: {count: 32, gpus: 8, nics: 8, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}
plane: {leaf: {downlinks: 32}}
`;
const fails = (lasts: string, part = "srv-0003/nic-2/port-1/module") =>
  `{duration: 1500s, events: [{at: 100s, event: fail, part: ${part}, for: ${lasts}}]}`;

describe("published behaviour (Alibaba HPN, SIGCOMM 2024)", () => {
  test("one of the sixteen links of a host down: 6.25% less bandwidth, nothing lost", () => {
    const { events, takeovers, totals } = run(dual, fails("1h"));
    expect(events).toMatchObject([{ verdict: "degraded", aborts: 0 }]);
    expect(events[0]!.bandwidthKept).toBeCloseTo(1 - 0.0625, 9);
    expect(takeovers).toMatchObject([{ trigger: "carrierLost", verdict: "degraded", pairs: 1 }]);
    expect(totals).toMatchObject({ stepsLost: 0, aborts: 0 });
  });

  test("a single link down stops the job at once; repaired within a minute it resumes", () => {
    const { events, takeovers, totals, timeline } = run(single, fails("60s"));
    expect(takeovers).toEqual([]);
    expect(events).toMatchObject([{ verdict: "stalled", bandwidthKept: 0, stalledS: 60, aborts: 0 }]);
    expect(totals).toMatchObject({ stepsLost: 0, aborts: 0 });
    expect(timeline.map(({ startS, endS, state }) => [startS, endS, state])).toEqual([
      [0, 100, "training"],
      [100, 160, "stalled"],
      [160, 1500, "training"],
    ]);
  });

  test("after two minutes it is lost", () => {
    const { events, totals } = run(single, fails("150s"));
    expect(events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
    expect(totals.aborts).toBe(1);
    expect(totals.stepsLost).toBe(Math.floor(100 / run(single, fails("60s")).healthy.stepTimeS));
  });

  test("a server left out stays out until the next restart, and is counted for as long, while the others train", () => {
    const repairedBefore = run(single, fails("150s"));
    expect(repairedBefore.totals.split.serversOut).toBe(0);
    const quick = `${single}training: {restart: 10s}`;
    const { totals, timeline } = run(quick, fails("150s"));
    const back = timeline.find(({ state, startS }) => state === "training" && startS > 100)!;
    expect(back.startS).toBeGreaterThan(100 + 120 + 10);
    expect(back.startS).toBeLessThan(100 + 120 + 10 + 6);
    expect(timeline.at(-1)!.linkGBps).toEqual([0]);
    expect(totals.split.serversOut).toBeCloseTo((8 * (1500 - back.startS)) / 3600, 6);
  });

  test("rejoin: checkpoint: the job restarts for it after the first checkpoint that finds it repaired, and loses no step", () => {
    const text = `${single}training: {restart: 10s, rejoin: checkpoint, checkpointInterval: 300s, checkpointWrite: 20s}`;
    const scenario = fails("600s").replace("1500s", "2000s");
    const { totals, timeline, events } = run(text, scenario);
    const restarts = timeline.filter(({ state }) => state === "restart");
    expect(restarts.map(({ startS, endS }) => Math.round(endS - startS))).toEqual([10, 10]);
    expect(restarts[1]!.startS).toBeGreaterThan(700);
    expect(restarts[1]!.startS).toBeLessThan(700 + 300 + 20 + 6);
    const [before, after] = [timeline[0]!, timeline.at(-1)!];
    expect(after.linkGBps).toEqual(before.linkGBps);
    expect(totals).toMatchObject({ aborts: 1 });
    expect(totals.stepsLost).toBe(
      run(text.replace("rejoin: checkpoint", "rejoin: restart"), scenario).totals.stepsLost,
    );
    expect(events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
    const first = timeline.find(({ state, startS }) => state === "training" && startS > 100)!;
    const checkpointsS = 20 * Math.round((totals.split.checkpoints * 3600) / 20 / 256);
    expect(totals.split.serversOut * 3600).toBeLessThan(8 * (restarts[1]!.startS - first.startS));
    expect(totals.split.serversOut * 3600).toBeGreaterThan(8 * (restarts[1]!.startS - first.startS - checkpointsS));
  });

  test("a flap of seconds halts a single link for its length and is not noticed by a dual one", () => {
    const flap = "{duration: 300s, events: [{at: 100s, event: flap, part: srv-0003/nic-2/port-1, times: 1, down: 9s}]}";
    expect(run(single, flap).events[0]!.stalledS).toBe(9);
    expect(run(dual, flap).events[0]!.stalledS).toBeLessThan(0.01);
    expect(run(dual, flap, "duplication").events[0]!.stalledS).toBe(0);
  });
});

describe("the verdict is what happened", () => {
  const nic = (lasts: string) => fails(lasts, "srv-0003/nic-2");
  const noReroute = dual.replace("true", "false");

  test("cut off for less than the timeout: stalled, also where a pair had no link left to take over", () => {
    const { events, takeovers, totals } = run(noReroute, nic("60s"));
    expect(events).toMatchObject([{ verdict: "stalled", stalledS: 60, bandwidthKept: 0, aborts: 0 }]);
    expect(new Set(takeovers.map(({ verdict }) => verdict))).toEqual(new Set(["stalled"]));
    expect(totals).toMatchObject({ aborts: 0, stepsLost: 0 });
  });

  test("for longer: fatal", () => {
    const { events, takeovers } = run(noReroute, nic("150s"));
    expect(events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
    expect(new Set(takeovers.map(({ verdict }) => verdict))).toEqual(new Set(["fatal"]));
  });

  test("back before the library has found another NIC: stalled; later: rerouted", () => {
    expect(run(dual, nic("5s")).events).toMatchObject([{ verdict: "stalled", stalledS: 5 }]);
    expect(run(dual, nic("60s")).events).toMatchObject([{ verdict: "rerouted", stalledS: 10 }]);
  });

  test("cut off while nothing is exchanged: nothing has happened", () => {
    const writing = `${noReroute.replace("training: {", "training: {checkpointInterval: 90s, checkpointWrite: 100s, ")}`;
    expect(run(writing, nic("20s")).events).toMatchObject([{ verdict: "transparent", stalledS: 0, bandwidthKept: 1 }]);
  });

  test("a server that is left out at another's restart has been lost", () => {
    const two = `{duration: 2000s, events: [
      {at: 100s, event: fail, part: srv-0003/gpu-1},
      {at: 200s, event: fail, part: srv-0005/nic-2}]}`;
    const { events } = run(noReroute, two);
    expect(events).toMatchObject([
      { verdict: "fatal", aborts: 1 },
      { verdict: "fatal", aborts: 0 },
    ]);
  });
});

describe("faults in detail", () => {
  test("what the four times of a takeover add up to is how long collectives stood still, but for the heartbeat before", () => {
    for (const silent of [false, true]) {
      const scenario = `{duration: 200s, events: [{at: 100s, event: fail, part: srv-0003/nic-2/port-1/module, silent: ${silent}}]}`;
      const { events, takeovers } = run(dual, scenario);
      const { detectUs, decideUs, switchUs, replayUs, totalUs } = takeovers[0]!;
      expect(totalUs).toBe(detectUs + decideUs + switchUs + replayUs);
      expect(totalUs / 1e6 - events[0]!.stalledS).toBeGreaterThanOrEqual(0);
      expect(totalUs / 1e6 - events[0]!.stalledS).toBeLessThan(0.0011);
    }
  });

  test("one direction is noticed by the peer alone, and taken over", () => {
    const up = "{events: [{at: 10s, event: fail, part: srv-0003/nic-2/port-1/module, direction: up}]}";
    expect(run(dual, up).takeovers).toMatchObject([{ trigger: "peerDeaf", verdict: "degraded" }]);
    const down = "{events: [{at: 10s, event: fail, part: srv-0003/nic-2/port-1/module, direction: down}]}";
    expect(run(dual, down).takeovers).toMatchObject([{ trigger: "silenceConfirmed", verdict: "degraded" }]);
  });

  test("pairs that take over while others still stand have the verdict of their event", () => {
    const cage = "{duration: 60s, events: [{at: 10s, event: fail, part: leaf-a-01, silent: true}]}";
    const { events, takeovers } = run(`${dual}switching: {mode: active-standby}\n`, cage);
    expect(takeovers.length).toBeGreaterThan(1);
    expect(new Set(takeovers.map(({ verdict }) => verdict))).toEqual(new Set([events[0]!.verdict]));
    expect(events[0]!.verdict).toBe("transparent");
  });

  test("a leaf takes all its pairs along; a drained one loses nothing", () => {
    const failed = run(dual, "{events: [{at: 10s, event: fail, part: leaf-a-01}]}");
    expect(failed.takeovers).toMatchObject([{ trigger: "carrierLost", pairs: 32 }]);
    const drained = run(dual, "{events: [{at: 10s, event: reboot, part: leaf-a-01, for: 60s}]}");
    expect(drained.takeovers).toMatchObject([{ trigger: "connectionLost", pairs: 32, totalUs: 0 }]);
    expect(drained.events[0]).toMatchObject({ stalledS: 0, aborts: 0 });
  });

  test("with its NIC a GPU is cut off: rerouted where the library can, else fatal", () => {
    const nic = "{duration: 1000s, events: [{at: 10s, event: fail, part: srv-0003/nic-2}]}";
    expect(run(dual, nic).events).toMatchObject([{ verdict: "rerouted", aborts: 0 }]);
    const { events, totals } = run(dual.replace("true", "false"), nic);
    expect(events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
    expect(totals.split.serversOut).toBeGreaterThan(0);
  });

  test("a GPU or a server ends the job at once", () => {
    for (const part of ["srv-0003/gpu-2", "srv-0003"])
      expect(run(dual, fails("1h", part)).events).toMatchObject([{ verdict: "fatal", aborts: 1 }]);
  });

  test("less bandwidth slows, errors in numbers make the core leave the link", () => {
    const slow = run(dual, "{events: [{at: 10s, event: degrade, part: srv-0003/nic-2/port-1, rate: 50%}]}");
    expect(slow.takeovers).toEqual([]);
    expect(slow.events[0]!.verdict).toBe("degraded");
    const errors = run(dual, "{events: [{at: 10s, event: degrade, part: srv-0003/nic-2/port-1, errorRate: 0.0001}]}");
    expect(errors.takeovers[0]).toMatchObject({ trigger: "errorsExceeded" });
  });

  test("heal ends what is wrong with a part", () => {
    const { timeline } = run(
      dual,
      "{duration: 100s, events: [{at: 10s, event: fail, part: srv-0003/nic-2/port-1}, {at: 20s, event: heal, part: srv-0003/nic-2/port-1}]}",
    );
    const healthy = timeline[0]!.stepTimeS;
    expect(timeline.at(-1)!.stepTimeS).toBe(healthy);
  });

  test("all modes are transparent or degraded, and duplication never stands still for one link", () => {
    for (const mode of ["active-standby", "load-balancing", "duplication"] as const) {
      const { events } = run(dual, fails("1h"), mode);
      expect(events[0]!.verdict).toBe(mode === "load-balancing" ? "degraded" : "transparent");
      if (mode === "duplication") expect(events[0]!.stalledS).toBe(0);
    }
  });
});

describe("random failures", () => {
  test("one seed gives the same bytes; the GPU-hours add up", () => {
    const first = run(dual, "");
    expect(JSON.stringify(run(dual, ""))).toBe(JSON.stringify(first));
    const { split, gpuHoursLost } = first.totals;
    expect(Object.values(split).reduce((sum, each) => sum + each, 0)).toBeCloseTo(gpuHoursLost, 9);
    const end = first.timeline.at(-1)!.endS;
    expect(end).toBe(first.totals.simulatedS);
  });

  test("more failures never make more steps", () => {
    const steps = [0, 1, 30, 300].map(
      (rates) => run(dual, `{duration: 2d, seed: 3, random: {rates: ${rates}, flaps: false}}`).totals.stepsDone,
    );
    for (let at = 1; at < steps.length; at++) expect(steps[at]!).toBeLessThanOrEqual(steps[at - 1]!);
    expect(steps.at(-1)!).toBeLessThan(steps[0]!);
  });
});
