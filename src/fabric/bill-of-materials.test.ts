import { expect, test } from "vitest";
import { billOfMaterials } from "./bill-of-materials.ts";
import { buildFromYaml } from "./testing/build-from-yaml.ts";

/** Four servers of one NIC under two leaves and two spines; eight access links over four splitters of two. */
const splitters = `
name: splitters
servers: { count: 4, nics: 1 }
plane:
  leaf: { downlinks: 4, uplinks: 2 }
  spine: { count: 2, model: refurbished }
  links:
    access: { cable: MFA7U10, length: 12m }
    leafSpine: { speed: 800Gbps, length: 50m }
parts:
  - { basedOn: SN5600, model: refurbished, price: $20k }
economics:
  prices: { ConnectX-7 2x200G: $1500 }
`;

function billOf(yaml: string) {
  const { fabric, cluster } = buildFromYaml(yaml);
  return billOfMaterials(fabric, cluster);
}

test("every piece is counted once: a splitter cable with its plugs is one piece of the length that is sold", () => {
  const rows = billOf(splitters).rows.map(({ kind, model, stage, lengthM, count }) => [
    kind,
    model,
    stage,
    lengthM,
    count,
  ]);
  expect(rows).toEqual([
    ["switch", "SN5600", "leaf-switch", undefined, 2],
    ["switch", "refurbished", "spine-switch", undefined, 2],
    ["nic", "ConnectX-7 2x200G", "nic", undefined, 4],
    ["module", "MMS4X00-NM16", "leaf-spine-link", undefined, 8],
    ["captive-cable", "MFA7U10", "access-link", 15, 4],
    ["fibre", "OS2-MPO16", "leaf-spine-link", 50, 4],
  ]);
});

test("price and power of a splitter are those of all its ends, by the sold length", () => {
  const splitter = billOf(splitters).rows.find(({ model }) => model === "MFA7U10");
  expect(splitter?.unitPowerW).toBe(9 + 2 * 4.5);
  expect(splitter?.unitPriceUsd).toBe(1250 + 15 * 12);
});

test("totals are the sums over the pieces", () => {
  const { rows, totals } = billOf(splitters);
  const each = { leaf: 940, spine: 940, nic: 24, module: 17, splitter: 18 };
  expect(totals.powerW).toBe(2 * each.leaf + 2 * each.spine + 4 * each.nic + 8 * each.module + 4 * each.splitter);
  expect(totals.priceUsd).toBe(rows.reduce((sum, row) => sum + row.count * (row.unitPriceUsd ?? 0), 0));
  expect(totals.unpriced).toEqual([]);
});

test("a price says whether it is the catalog's or the cluster file's", () => {
  const grades = Object.fromEntries(
    billOf(splitters).rows.map((row) => [row.model, [row.unitPriceUsd, row.priceGrade]]),
  );
  expect(grades["SN5600"]).toEqual([50_000, "assumption"]);
  expect(grades["refurbished"]).toEqual([20_000, "cluster file"]);
  expect(grades["ConnectX-7 2x200G"]).toEqual([1500, "cluster file"]);
});
