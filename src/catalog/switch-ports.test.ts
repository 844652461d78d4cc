import { describe, expect, test } from "vitest";
import { builtInCatalog, checkSwitchPorts, findPart } from "./index.ts";
import type { PortUsage } from "./types.ts";

const leaf = findPart(builtInCatalog, "SN5600", "switch");
const cage = leaf.cages[0]!;
const use = (role: string, links: number, speedGbps: number, linksPerCage: 1 | 2 | 4 | 8): PortUsage => ({
  role,
  cage,
  links,
  speedGbps,
  linksPerCage,
});

describe("checkSwitchPorts", () => {
  test("a full switch passes: 32 cages down, 32 up", () => {
    expect(checkSwitchPorts(leaf, [use("servers", 128, 200, 4), use("spines", 64, 400, 2)])).toEqual([]);
    expect(checkSwitchPorts(leaf, [use("servers", 256, 200, 4), use("spines", 0, 400, 2)])).toEqual([]);
  });

  test("a top-of-rack switch of the HPN pod: 136 x 200G down, 60 x 400G up", () => {
    expect(checkSwitchPorts(leaf, [use("servers", 136, 200, 4), use("spines", 60, 400, 2)])).toEqual([]);
  });

  test("one link too many takes one cage too many", () => {
    const [only, ...rest] = checkSwitchPorts(leaf, [use("servers", 129, 200, 4), use("spines", 64, 400, 2)]);
    expect(rest).toEqual([]);
    expect(only?.code).toBe("catalog/ports");
    expect(only?.message).toBe(
      "SN5600 has 64 OSFP cages, 65 are needed: 33 for servers (129 links, 4 a cage), 32 for spines (64 links, 2 a cage)",
    );
  });

  test("cages are left, logical ports are not", () => {
    const [only, ...rest] = checkSwitchPorts(leaf, [use("servers", 257, 100, 8)]);
    expect(rest).toEqual([]);
    expect(only?.code).toBe("catalog/logical-ports");
    expect(only?.message).toContain("256 logical ports at most, 264 are needed");
  });
});
