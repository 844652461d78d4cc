import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, temporaryFolder, twinspine } from "./support/twinspine.ts";

interface Row {
  kind: string;
  stage: string;
  count: number;
  verdict: string;
}

interface Document {
  cluster: { name: string; servers: number; gpus: number };
  design: {
    switches: Record<"leaf" | "spine" | "core", number>;
    links: Record<"access" | "leafSpine" | "spineCore", number>;
    oversubscription: number;
  };
  audit: {
    singlePointsOfFailure: Row[];
    sharedRisks: Row[];
    nMinusOne: (Row & { gpusCutOff: number; bandwidthKept: number; bandwidthKeptPacked: number })[];
  };
  price: { interruptionsPerMonth: number; ettr: number; baseline: { name: string } | null; incident: unknown };
}

/** Every example with its exit code and the counts that its comment promises. */
const expected: Record<string, { code: number; gpus: number; switches: number[]; links: number[] }> = {
  "as-drawn": { code: 1, gpus: 512, switches: [4, 2, 0], links: [64, 8, 0] },
  "busy-links": { code: 0, gpus: 256, switches: [16, 2, 0], links: [512, 128, 0] },
  "false-dual": { code: 1, gpus: 256, switches: [8, 4, 0], links: [512, 128, 0] },
  heterogeneous: { code: 0, gpus: 256, switches: [12, 6, 0], links: [256, 224, 0] },
  homogeneous: { code: 0, gpus: 256, switches: [16, 8, 0], links: [256, 320, 0] },
  "hpn-pod": { code: 1, gpus: 15_360, switches: [240, 120, 0], links: [30_720, 14_400, 0] },
  "hundred-thousand": { code: 0, gpus: 98_304, switches: [1536, 1536, 1024], links: [196_608, 49_152, 49_152] },
  lab: { code: 0, gpus: 4, switches: [4, 2, 0], links: [8, 8, 0] },
  "port-failure-72min": { code: 1, gpus: 1024, switches: [16, 8, 0], links: [1024, 512, 0] },
  small: { code: 0, gpus: 64, switches: [4, 4, 0], links: [16, 16, 0] },
  "thousand-gpu": { code: 0, gpus: 1024, switches: [32, 8, 0], links: [2048, 512, 0] },
  tree: { code: 1, gpus: 512, switches: [8, 4, 1], links: [512, 8, 4] },
};

const assessed = new Map<string, { code: number | null; document: Document }>();

function assess(name: string): { code: number | null; document: Document } {
  const known = assessed.get(name);
  if (known !== undefined) return known;
  const run = twinspine(["assess", `examples/${name}.yaml`, "--json", "--no-files"]);
  expect(run.stderr).toBe("");
  const result = { code: run.code, document: JSON.parse(run.stdout) as Document };
  assessed.set(name, result);
  return result;
}

test("every example is listed here", () => {
  const files = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".yaml"));
  expect(files.map((name) => name.replace(".yaml", "")).sort()).toEqual(Object.keys(expected).sort());
});

describe.each(Object.entries(expected))("examples/%s.yaml", (name, wanted) => {
  test("has the counts and the exit code that it promises", () => {
    const { code, document } = assess(name);
    expect(code).toBe(wanted.code);
    expect(document.cluster.gpus).toBe(wanted.gpus);
    expect(Object.values(document.design.switches)).toEqual(wanted.switches);
    expect(Object.values(document.design.links)).toEqual(wanted.links);
  });
});

const stages = (document: Document, verdict?: string) => [
  ...new Set(
    document.audit.singlePointsOfFailure
      .filter((each) => verdict === undefined || each.verdict === verdict)
      .map((each) => each.stage),
  ),
];

test("as-drawn is only half a dual-link: NIC, port, module ends, cable, cage and leaf remain", () => {
  const { document } = assess("as-drawn");
  const left = document.audit.singlePointsOfFailure.map(
    (each) => `${each.kind} ${each.stage} ${each.count} ${each.verdict}`,
  );
  expect(left.sort()).toEqual([
    "cable access-link 64 fatal",
    "cage access-link 64 fatal",
    "module access-link 128 fatal",
    "nic nic 64 fatal",
    "nic-port access-link 64 fatal",
    "switch leaf-switch 4 fatal",
  ]);
});

test("the tree has its single points in seven stages", () => {
  const { document } = assess("tree");
  expect(stages(document, "fatal").sort()).toEqual([
    "access-link",
    "access-switch",
    "aggregation-link",
    "aggregation-switch",
    "core-link",
    "core-switch",
    "nic",
  ]);
});

test("thousand-gpu has no fatal single point, and what is left is the NIC", () => {
  const { document } = assess("thousand-gpu");
  expect(document.audit.singlePointsOfFailure).toMatchObject([
    { kind: "nic", stage: "nic", count: 1024, verdict: "rerouted" },
  ]);
});

test("false-dual shows the module, the cage and the leaf in which both links meet", () => {
  const { document } = assess("false-dual");
  const kinds = document.audit.sharedRisks.map((each) => each.kind);
  for (const kind of ["module", "cage", "switch", "nic"]) expect(kinds).toContain(kind);
  expect(stages(document, "fatal")).toContain("leaf-switch");
});

test("heterogeneous has no shared NIC and no single point left", () => {
  const { document } = assess("heterogeneous");
  expect(document.audit.singlePointsOfFailure).toEqual([]);
  expect(document.audit.sharedRisks).toEqual([]);
});

test("hpn-pod: one of sixteen links down costs 6.25% as published, and only the NIC is left", () => {
  const { document } = assess("hpn-pod");
  const port = document.audit.nMinusOne.find((each) => each.kind === "nic-port");
  expect(port?.bandwidthKeptPacked).toBeCloseTo(1 - 1 / 16, 9);
  expect(document.audit.singlePointsOfFailure.map((each) => each.kind)).toEqual(["nic"]);
});

test("the same file gives the same bytes, whatever the folder", () => {
  const [first, second] = [temporaryFolder(), temporaryFolder()];
  const runs = [first, second].map(
    (folder) => twinspine(["assess", "examples/small.yaml", "--json", "-o", folder]).stdout,
  );
  expect(runs[0]).toBe(runs[1]);
});

test("port-failure-72min prices the failure, and what two links would have lost", () => {
  const { document } = assess("port-failure-72min");
  expect(document.price.incident).toMatchObject({
    standstillS: 72 * 60,
    subject: { verdict: "fatal", linksPerNic: 1, penaltyUsd: 19_000 },
    counterpart: { verdict: "degraded", linksPerNic: 2, penaltyUsd: 0 },
  });
});
