import { describe, expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { makeFabric } from "../../fabric/testing/make-fabric.ts";
import { networkPayloadShare, scaleUpPayloadShare } from "../collectives/bandwidths.ts";
import { parseFlows } from "./parse-flows.ts";
import { runFlows } from "./run-flows.ts";

const small = "name: t\nservers: { count: 16 }\nplane: { leaf: { downlinks: 16 } }\n";
const ecmp = { policy: { kind: "ecmp", flowsPerConnection: 1 }, railAware: false, seed: 1 } as const;

function run(matrix: string, cluster = small, settings: Parameters<typeof runFlows>[3] = ecmp) {
  const built = buildFromYaml(cluster);
  return runFlows(built.fabric, built.cluster, parseFlows(matrix, "m.csv", built.fabric), settings);
}
const gigabytesPerSecond = (result: ReturnType<typeof run>, flow: number) => {
  const { row, durationS } = result.flows[flow]!;
  return row.bytes / durationS! / 1e9;
};

describe("flows", () => {
  test("a flow alone has both links of its NIC; one inside a server the scale-up network; a server all its rails", () => {
    const result = run("0,8,100GB\nsrv-0003/gpu-1,srv-0003/gpu-2,100GB\nsrv-0005,srv-0006,100GB\n");
    expect(gigabytesPerSecond(result, 0)).toBeCloseTo(50 * networkPayloadShare, 3);
    expect(gigabytesPerSecond(result, 1)).toBeCloseTo(450 * scaleUpPayloadShare, 3);
    expect(gigabytesPerSecond(result, 2)).toBeCloseTo(400 * networkPayloadShare, 1);
    for (const { durationS, aloneS } of result.flows) expect(durationS).toBeCloseTo(aloneS, 12);
  });

  test("three flows to one GPU share its links, whatever the routing", () => {
    for (const kind of ["spray", "adaptive"] as const) {
      const result = run("8,0,1GB\n16,0,1GB\n24,0,1GB\n", small, { ...ecmp, policy: { kind } });
      for (const flow of [0, 1, 2])
        expect(gigabytesPerSecond(result, flow)).toBeCloseTo((50 * networkPayloadShare) / 3, 2);
      expect(result.busiest[0]!.to).toBe("srv-0001/nic-1/port-1");
      expect(result.busiest[0]!.utilization).toBeGreaterThan(0.99);
    }
  });

  test("a more urgent class goes first; a class with a floor keeps it", () => {
    const matrix = "8,0,1GB,0,activation\n16,0,1GB,0,bulk\n";
    const strict = run(matrix, small, { ...ecmp, policy: { kind: "spray" } });
    expect(strict.flows[1]!.durationS! / strict.flows[0]!.durationS!).toBeCloseTo(2, 3);
    const floor = run(matrix, `${small}switching: { classes: { bulk: { floor: 20% } } }\n`, {
      ...ecmp,
      policy: { kind: "spray" },
    });
    expect(gigabytesPerSecond(floor, 0)).toBeCloseTo(0.8 * 50 * networkPayloadShare, 2);
  });

  test("with rail-aware ends a flow leaves over the rail of its destination", () => {
    const away = run("0,13,1GB\n");
    const aware = run("0,13,1GB\n", small, { ...ecmp, railAware: true });
    expect(away.busiest.some((link) => link.from.startsWith("srv-0001/nic-1"))).toBe(true);
    expect(aware.busiest.some((link) => link.from.startsWith("srv-0001/nic-6"))).toBe(true);
    expect(aware.busiest.some((link) => link.from === "srv-0001/gpu-1" && link.to === "scale-up")).toBe(true);
    expect(aware.busiest.some((link) => link.from === "scale-up" && link.to === "srv-0001/gpu-6")).toBe(true);
  });

  test("every flow ends, none faster than alone, and the same run gives the same times", () => {
    const random = randomStream(3);
    const lines = Array.from({ length: 60 }, () => {
      const from = random.below(128);
      return `${from},${(from + random.between(1, 127)) % 128},${random.between(1, 100)}MB,${random.below(2000)}`;
    });
    const result = run(`${lines.join("\n")}\n`);
    expect(result.flows.every((each) => each.durationS !== undefined)).toBe(true);
    for (const { durationS, aloneS } of result.flows) expect(durationS).toBeGreaterThanOrEqual(aloneS * (1 - 1e-9));
    expect(run(`${lines.join("\n")}\n`)).toEqual(result);
  });

  test("very long runs count in nanoseconds", () => {
    const result = run("0,8,1PB,1e9\n");
    expect(result.endS).toBeCloseTo(1000 + 1e15 / (50e9 * networkPayloadShare), 3);
  });

  test("a flow without a path never ends, and does not hold up the others", () => {
    const { cluster } = buildFromYaml(small);
    const fabric = makeFabric({
      servers: 3,
      gpus: 1,
      rails: 1,
      linksPerEndpoint: 1,
      switches: [{ tier: 0 }, { tier: 0 }],
      access: [0, 0, 1],
      uplinks: [],
    });
    const result = runFlows(fabric, cluster, parseFlows("0,2,1MB\n0,1,1GB\n", "m.csv", fabric), ecmp);
    expect(result.flows.map((each) => each.durationS === undefined)).toEqual([true, false]);
    expect(result.flows[0]!.aloneS).toBe(Number.POSITIVE_INFINITY);
    expect(gigabytesPerSecond(result, 1)).toBeCloseTo(25 * networkPayloadShare, 0);
  });
});
