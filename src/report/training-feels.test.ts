import { describe, expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { assessCluster } from "./assess-cluster.ts";
import type { Assessment } from "./assessment.ts";
import { feltGpusMax, trainingFeels } from "./training-feels.ts";

function assessed(text: string): Assessment {
  const assessment = assessCluster(parseCluster(text, "test.yaml"), { version: "0.0.0", pairs: false });
  if (assessment.kind === "rejected") throw new Error("rejected");
  return assessment;
}

describe("what training feels", () => {
  test("dual links: three different stages, as the audit says, and no job is lost to a link or a leaf", () => {
    const { training, audit } = assessed("name: dual\nservers: {count: 16}\nplane: {}");
    const { failures, omitted } = training!;
    expect(omitted).toBeNull();
    expect(new Set(failures.map(({ stage }) => stage)).size).toBe(3);
    for (const felt of failures) {
      const row = audit!.nMinusOne.find(({ example }) => example === felt.part)!;
      expect([felt.kind, felt.stage, felt.verdict]).toEqual([row.kind, row.stage, row.verdict]);
      if (felt.verdict === "fatal") continue;
      expect(felt.jobsLost).toBe(0);
      expect(felt.bandwidthKept).toBeCloseTo(row.bandwidthKept, 2);
      expect(felt.stepTimeAfterS).toBeGreaterThanOrEqual(felt.stepTimeBeforeS);
    }
    const takeovers = failures.flatMap(({ takeover }) => takeover ?? []);
    expect(takeovers.length).toBeGreaterThan(0);
    for (const { detectUs, decideUs, switchUs, replayUs, totalUs } of takeovers)
      expect(detectUs + decideUs + switchUs + replayUs).toBe(totalUs);
  });

  test("single links: the job is lost, stands still at least for its restart, and the loss has its price", () => {
    const { training, cluster } = assessed(
      "name: one\nservers: {count: 16, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}\nplane: {}",
    );
    const [worst] = training!.failures;
    expect(worst).toMatchObject({ verdict: "fatal", takeover: null, bandwidthKept: 0 });
    expect(worst!.jobsLost).toBeGreaterThan(0);
    expect(worst!.stoodStillS).toBeGreaterThanOrEqual(cluster.training.restart);
    expect(worst!.costUsd).toBeGreaterThanOrEqual(worst!.gpuHoursLost * cluster.economics.gpuHour);
  });

  test("one server has no network to lose, and is assessed all the same", () => {
    const { training } = assessed("name: lonely\nservers: {count: 1}\nplane: {}");
    for (const each of training?.failures ?? []) expect(each.stepTimeBeforeS).toBeGreaterThan(0);
  });

  test("a job that does not fit is said, not thrown", () => {
    const { cluster, fabric, audit, price } = assessed("name: big\nservers: {count: 4}\nplane: {}");
    const parallelism = { data: 1, tensor: 8, pipeline: 64 };
    const big = { ...cluster, training: { ...cluster.training, parallelism } };
    expect(trainingFeels(big, fabric, audit!, price!)).toMatchObject({
      failures: [],
      gpus: 0,
      omitted: expect.stringContaining("the job needs 512 GPUs"),
    });
  });

  test("the largest size simulated is a documented one", () => {
    expect(feltGpusMax).toBe(131_072);
  });
});
