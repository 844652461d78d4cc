import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import type { Fabric } from "../../fabric/index.ts";
import { partName } from "../../fabric/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { fabricJson } from "../export/fabric-json.ts";
import { isFabricFile, readFabricJson } from "./fabric-json.ts";

const example = (name: string) => readFileSync(resolve(import.meta.dirname, `../../../examples/${name}.yaml`), "utf8");
const withRisks =
  "{name: x, servers: {count: 8}, plane: {leaf: {stacked: true}}, sharedRisks: [{name: feed 1, kind: feed, members: ['srv-*', leaf-a-01]}]}";
const examples = {
  small: example("small"),
  "both links in one module": example("false-dual"),
  heterogeneous: example("heterogeneous"),
  tree: example("tree"),
  "three tiers": "{name: x, servers: {count: 64, nics: 1}, plane: {leaf: {downlinks: 8}, core: {groupsPerPod: 4}}}",
  splitter: "{name: x, servers: {count: 16}, plane: {links: {access: {cable: MFA7U10}}}}",
  "shared risks": withRisks,
};

const written = (fabric: Fabric) => [...fabricJson(fabric)].join("");
const read = (text: string) => readFabricJson(text, "test.json", builtInCatalog);

describe("a fabric file", () => {
  for (const [name, yaml] of Object.entries(examples))
    test(`gives the very fabric back: ${name}`, () => {
      const { fabric } = buildFromYaml(yaml);
      const again = read(written(fabric));
      expect(again).toEqual(fabric);
      expect(written(again) === written(fabric)).toBe(true);
    });

  test("keeps names and assumptions", () => {
    const { fabric } = buildFromYaml("{name: x, servers: {count: 2}, plane: {}}");
    const port = fabric.links.upperPort[0]!;
    const named: Fabric = {
      ...fabric,
      names: {
        servers: ["dgx01", "dgx02"],
        switches: Array.from({ length: fabric.switches.count }, (_, index) => `sw${index}`),
        ports: new Map([[port, "swp1"]]),
      },
      origin: { from: "ibnetdiscover", assumptions: ["8 GPUs a server."] },
    };
    const again = read(written(named));
    expect(again).toEqual(named);
    expect(partName(again, port)).toBe("sw0/swp1");
    expect(partName(again, again.links.lowerPort[0]!)).toBe("dgx01/nic-1/port-1");
  });

  test("is told from a cluster file by its first key", () => {
    expect(isFabricFile(written(buildFromYaml("{name: x, servers: {count: 2}, plane: {}}").fabric).slice(0, 100))).toBe(
      true,
    );
    expect(isFabricFile("name: x")).toBe(false);
    expect(isFabricFile('{"name": "x"}')).toBe(false);
  });

  test("of hostile content is refused with a code, or is a sound fabric", () => {
    const text = written(buildFromYaml(withRisks).fabric);
    const numbers = [...text.matchAll(/-?\d+/g)].map((match) => [match.index, match[0].length] as const);
    const value = fc.constantFrom(
      "-1",
      "0",
      "1",
      "7",
      "65535",
      "65536",
      "4294967296",
      "1e308",
      "null",
      '"x"',
      "{}",
      "0.5",
    );
    fc.assert(
      fc.property(fc.nat(numbers.length - 1), value, (at, other) => {
        const [start, length] = numbers[at]!;
        const mutated = text.slice(0, start) + other + text.slice(start + length);
        try {
          const fabric = read(mutated);
          for (let part = 0; part < fabric.parts.count; part++) partName(fabric, part);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("that was cut off names the line", () => {
    const text = written(buildFromYaml(withRisks).fabric);
    expect(() => read(text.slice(0, text.length / 2))).toThrow(/import\/syntax: test.json: line \d+/);
    for (const hostile of ['{"format":"twinspine-fabric","__proto__":{"a":1}}', "[".repeat(100_000), '"x"', "null"])
      expect(() => read(hostile)).toThrow(UserError);
  });
});
