import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import { auditFabric } from "./audit.ts";

function auditOf(name: string) {
  const path = resolve(import.meta.dirname, "../../examples", `${name}.yaml`);
  const { fabric, cluster } = buildFromYaml(readFileSync(path, "utf8"));
  return auditFabric(fabric, cluster, { pairs: false });
}

describe("single points of failure of the examples", () => {
  test("one cable for each server is half a dual-link: everything from NIC to leaf is fatal, nothing above", () => {
    const points = auditOf("as-drawn").singlePointsOfFailure;
    expect(points.map(({ kind, stage, verdict }) => `${kind} ${stage} ${verdict}`)).toEqual([
      "nic nic fatal",
      "nic-port access-link fatal",
      "module access-link fatal",
      "cable access-link fatal",
      "cage access-link fatal",
      "switch leaf-switch fatal",
    ]);
  });

  test("a tree has them in seven stages", () => {
    const points = auditOf("tree").singlePointsOfFailure;
    expect([...new Set(points.map((point) => point.stage))]).toEqual([
      "nic",
      "access-link",
      "access-switch",
      "aggregation-link",
      "aggregation-switch",
      "core-link",
      "core-switch",
    ]);
    expect(points.every((point) => point.verdict === "fatal")).toBe(true);
  });

  test("a dual-link fabric has no fatal one, and only its NICs are left", () => {
    const result = auditOf("thousand-gpu");
    expect(result.singlePointsOfFailure).toEqual([
      { kind: "nic", stage: "nic", count: 1024, example: "srv-0001/nic-1", verdict: "rerouted", gpusCutOff: 1 },
    ]);
  });

  test("one of sixteen links down costs 1/16, as measured on HPN", () => {
    const rows = auditOf("thousand-gpu").nMinusOne.filter((row) => row.stage === "access-link");
    for (const row of rows) expect(row.bandwidthKept).toBeCloseTo(1 - 1 / 16, 9);
  });
});

describe("shared risks of the examples", () => {
  test("both links in one twin-port module and one leaf are found, with the paths that prove it", () => {
    const { sharedRisks } = auditOf("false-dual");
    expect(sharedRisks.map(({ kind, stage, verdict }) => `${kind} ${stage} ${verdict}`)).toEqual([
      "nic nic fatal",
      "module access-link fatal",
      "cable access-link fatal",
      "cage access-link fatal",
      "switch leaf-switch fatal",
    ]);
    for (const risk of sharedRisks) for (const path of risk.paths) expect(path.at(-1)).toBe(risk.example);
  });
});

describe("shared things", () => {
  const verdictsOf = (text: string) => {
    const { fabric, cluster } = buildFromYaml(text);
    const { sharedRisks, nMinusOne } = auditFabric(fabric, cluster, { pairs: false });
    const shared = sharedRisks.filter((risk) => risk.stage === "shared");
    const worst = nMinusOne.filter((row) => row.stage === "shared").map((row) => `${row.kind} ${row.verdict}`);
    return { found: shared.map((risk) => `${risk.kind} ${risk.verdict}`), worst };
  };

  test("a stacked pair of leaves is as bad as the loss of both", () => {
    const { found, worst } = verdictsOf("{name: x, servers: {count: 8}, plane: {leaf: {stacked: true}}}");
    expect(found).toEqual(["control-plane fatal"]);
    expect(worst).toEqual(["control-plane fatal"]);
  });

  test("a feed of both leaves is fatal, a feed of a spine beside it is not counted against it", () => {
    const risks =
      "[{name: bad, kind: feed, members: [leaf-a-01, leaf-a-02]}, {name: good, kind: feed, members: [spine-a-01]}]";
    const { found, worst } = verdictsOf(`{name: x, servers: {count: 8}, plane: {}, sharedRisks: ${risks}}`);
    expect(found).toEqual(["feed fatal"]);
    expect(worst.sort()).toEqual(["feed fatal", "feed transparent"]);
  });
});
