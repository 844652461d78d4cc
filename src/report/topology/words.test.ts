import { expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { describeFabric } from "./words.ts";

test("a fabric of which one half is known is no false dual-link", () => {
  const { fabric } = buildFromYaml("{name: x, servers: {count: 4, nics: 1}, plane: {}}");
  expect(describeFabric(fabric)).toContain("two leaves of one plane · homogeneous");
  const half = { ...fabric, accessLink: fabric.accessLink.map((link, slot) => (slot % 2 === 0 ? link : -1)) };
  expect(describeFabric(half)).toMatch(/rail of 1 × \d+G per server · one link per NIC$/);
});
