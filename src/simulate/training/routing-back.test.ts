import { expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { runScenario } from "./testing/run-scenario.ts";

/** Two pairs of leaves: what goes from one pair to the other needs routing between them. */
const built = buildFromYaml(`
name: two pairs of leaves
servers: {count: 8, gpus: 8, nics: 1, nic: [ConnectX-7 1x400G OSFP, ConnectX-7 1x400G OSFP]}
attachment: two-leaves
plane: {railOptimized: false, leaf: {model: SN5600, downlinks: 4, uplinks: 4}, spine: {model: SN5600, count: 4}, links: {leafSpine: {speed: 400Gbps}}}
switching: {routing: {convergence: 200ms}}
`);
const policies = [{ kind: "spray" }, { kind: "adaptive" }, { kind: "ecmp", flowsPerConnection: 1 }] as const;
const modes = ["load-balancing", "active-standby", "duplication"] as const;
const cases = policies.flatMap((policy) => modes.map((mode) => [policy, mode] as const));

test.each(cases)(
  "%j, %s: a pair moved to a leaf that routing has yet to take back waits for routing alone",
  (policy, mode) => {
    const scenario = `{duration: 120s, events: [
    {at: 10s, event: fail, part: leaf-a-01, for: 20s},
    {at: 30s, event: fail, part: leaf-a-02, for: 30s}]}`;
    const { timeline } = runScenario(built, scenario, { policy, mode });
    const long = timeline.filter(({ state, startS, endS }) => state === "stalled" && endS - startS > 0.05);
    expect(long).toMatchObject([{ startS: 30, endS: 30.2 }]);
  },
);

test.each(cases)("%j, %s: a leaf that comes back while the other carries stops nothing", (policy, mode) => {
  const scenario = `{duration: 300s, events: [
    {at: 10s, event: fail, part: leaf-a-01, for: 100s},
    {at: 30s, event: fail, part: leaf-a-02, for: 30s}]}`;
  const { timeline } = runScenario(built, scenario, { policy, mode });
  const long = timeline.filter(({ state, startS, endS }) => state === "stalled" && endS - startS > 0.05);
  expect(long).toMatchObject([{ startS: 30, endS: 60.2 }]);
});
