import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { type AllocationRow, studyAllocation } from "./allocation-study.ts";
import { layJob } from "./job.ts";
import { type AllocationPolicy, studiedClasses } from "./link-sharing.ts";

const { cluster, fabric } = buildFromYaml(`
name: shared
servers: {count: 32, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
training:
  parallelism: {tensor: 8, pipeline: 2}
  background: {checkpointBytes: 30GB, checkpointDrain: 3s, dataLoading: 16Gbps}
`);
const rows = studyAllocation(cluster, fabric, layJob(cluster, fabric), 1);
const row = (state: string, policy: AllocationPolicy): AllocationRow =>
  rows.find((each) => each.state === state && each.policy === policy)!;
const total = ([first, second]: readonly [number, number]) => first + second;

describe("classes of one NIC on its two links of 25 GB/s", () => {
  test("nobody gets more of a link than it has", () => {
    for (const { linkGBps } of rows)
      for (const link of [0, 1] as const)
        expect(studiedClasses.reduce((sum, name) => sum + linkGBps[name][link], 0)).toBeLessThanOrEqual(25 + 1e-9);
  });

  test("after a failure gradients get all but what is more urgent, and bulk is paced", () => {
    const after = row("link 1 failed", "allocation");
    expect(total(after.linkGBps.gradient)).toBeCloseTo(25 - total(after.linkGBps.activation), 9);
    expect(total(after.linkGBps.bulk)).toBe(0);
    for (const policy of ["fixed split", "equal striping"] as const) {
      const other = row("link 1 failed", policy);
      expect(total(other.linkGBps.bulk)).toBeGreaterThan(1);
      expect(other.exchangeS!).toBeGreaterThan(after.exchangeS!);
    }
  });

  test("in every state gradients are exchanged no slower than by the others", () => {
    for (const { state, exchangeS } of rows)
      expect(row(state, "allocation").exchangeS!).toBeLessThanOrEqual(exchangeS! * (1 + 1e-9));
  });

  test("striping is held up by the slower link", () => {
    const striped = row("link 1 at half its rate", "equal striping");
    expect(studiedClasses.reduce((sum, name) => sum + total(striped.linkGBps[name]), 0)).toBeCloseTo(25, 9);
    const ours = row("link 1 at half its rate", "allocation");
    expect(studiedClasses.reduce((sum, name) => sum + total(ours.linkGBps[name]), 0)).toBeCloseTo(37.5, 9);
  });
});
