import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import { auditFabric } from "./audit.ts";

const fabrics: Record<string, string> = {
  "two planes of three tiers": `
name: planes
servers: { count: 16, gpus: 3, nics: 3, nic: ConnectX-7 2x200G, linksPerNic: 2 }
attachment: two-planes
plane:
  leaf: { model: SN5600, downlinks: 4, uplinks: 2, oversubscription: 4 }
  spine: { model: SN5600, count: 2, uplinks: 4, oversubscription: 8 }
  core: { model: SN5600 }
`,
  "two leaves, an uneven last group": `
name: uneven
servers: { count: 11, gpus: 8, nics: 4, nic: ConnectX-7 2x200G, linksPerNic: 2 }
attachment: two-leaves
plane:
  leaf: { model: SN5600, downlinks: 4, uplinks: 4, oversubscription: 4 }
  spine: { model: SN5600 }
`,
  "a tree": `
name: tree
servers: { count: 12, gpus: 4, nics: 4, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1 }
plane:
  topology: tree
  access: { model: SN5600, downlinks: 8 }
  aggregation: { model: SN5600, downlinks: 2 }
  core: { model: SN5600 }
`,
};

describe("one of each class of equal failures stands for all", () => {
  for (const [name, text] of Object.entries(fabrics)) {
    test(name, () => {
      const { fabric, cluster } = buildFromYaml(text);
      const quick = auditFabric(fabric, cluster);
      const slow = auditFabric(fabric, cluster, { exhaustive: true });
      const facts = (rows: readonly { verdict: string; gpusCutOff: number; bandwidthKept: number; count: number }[]) =>
        rows.map(({ verdict, gpusCutOff, bandwidthKept, count }) =>
          [verdict, gpusCutOff, bandwidthKept.toFixed(7), count].join(" "),
        );
      expect(facts(quick.nMinusOne).sort()).toEqual(facts(slow.nMinusOne).sort());
      expect(facts(quick.nMinusTwo).sort()).toEqual(facts(slow.nMinusTwo).sort());
    });
  }
});

describe("a fabric in pieces", () => {
  test("is not called fine although nothing has failed", () => {
    const { fabric, cluster } = buildFromYaml(fabrics["a tree"]!);
    const { links } = fabric;
    const upperSwitch = links.upperSwitch.slice();
    const apart = { ...fabric, links: { ...links, upperSwitch } };
    const last = links.lowerSwitch.findLastIndex((lower) => lower >= 0);
    upperSwitch[last] = links.lowerSwitch.findLast((lower) => lower >= 0)!;
    expect(auditFabric(fabric, cluster).diagnostics).toEqual([]);
    expect(auditFabric(apart, cluster).diagnostics.map((each) => each.code)).toEqual(["audit/disconnected"]);
  });
});
