import { describe, expect, test } from "vitest";
import { partName } from "./names.ts";
import { PartLookup } from "./part-lookup.ts";
import { buildFromYaml } from "./testing/build-from-yaml.ts";

const { fabric } = buildFromYaml(`
name: lookup
servers: {count: 16, gpus: 4, nics: 4}
plane: {leaf: {downlinks: 16}}
sharedRisks:
  - {name: feed west 1, kind: feed, members: [srv-0001]}
`);
const lookup = new PartLookup(fabric);

describe("parts by name", () => {
  test("every part is found by its own name, and only it", () => {
    for (let part = 0; part < fabric.parts.count; part += 7)
      expect(lookup.find(partName(fabric, part)), partName(fabric, part)).toEqual([part]);
  });

  test("shared things are found by their names, spaces and all", () => {
    expect(lookup.find("feed west 1")).toEqual([fabric.sharedRisks[0]!.part]);
  });

  test("patterns fit at every step", () => {
    const ports = lookup.find("srv-[0003-0004]/nic-*/port-2");
    expect(ports.map((part) => partName(fabric, part))).toEqual(
      ["srv-0003", "srv-0004"].flatMap((server) => [1, 2, 3, 4].map((nic) => `${server}/nic-${nic}/port-2`)),
    );
    expect(lookup.find("leaf-a-*").length).toBe(fabric.planes[0]!.switchCounts[0]);
    expect(lookup.find("leaf-a-01/cage-*/module").length).toBeGreaterThan(0);
  });

  test("what fits nothing is answered with what was meant", () => {
    expect(lookup.find("srv-0001/nic-9")).toEqual([]);
    expect(lookup.suggestion("srv-001/nic-1")).toBe("srv-0001/nic-1");
    expect(lookup.suggestion("srv-0001/nic1/port-3")).toMatch(/^srv-0001\/nic-1/);
    expect(lookup.suggestion("srv-0001/nic-1/prt-2/module")).toBe("srv-0001/nic-1/port-2/module");
    expect(lookup.suggestion("qqqqqqqqqq")).toBeUndefined();
  });
});
