import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defined } from "../../base/assert.ts";
import { billOfMaterials } from "../../fabric/bill-of-materials.ts";
import { kindCode, partName } from "../../fabric/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { csvLine } from "../csv.ts";
import { billCsv } from "./bill.ts";
import { cablingCsv } from "./cabling.ts";
import { fabricJson } from "./fabric-json.ts";

/** A reader of RFC 4180, written for the test alone. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^,\n]*)(,|\n|$)/g;
  for (const [whole, content, end] of text.matchAll(cell)) {
    if (whole === "" && end === "") break;
    const value = content!.startsWith('"') ? content!.slice(1, -1).replaceAll('""', '"') : content!;
    defined(rows.at(-1), "row").push(value);
    if (end === "\n") rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

const splitter = buildFromYaml("{name: x, servers: {count: 16}, plane: {links: {access: {cable: MFA7U10}}}}");

describe("csv", () => {
  test("round trips any text, and defuses formulas", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 6 }), (cells) => {
        const read = readCsv(`${csvLine(["start", ...cells])}\n`)[0]!.slice(1);
        expect(read).toEqual(cells.map((each) => (/^[=+\-@\t\r]/.test(each) ? `'${each}` : each)));
      }),
    );
    expect(csvLine(["=1+1", 2, "a,b"])).toBe(`'=1+1,2,"a,b"`);
  });
});

describe("cabling plan", () => {
  test("has one row a cable, and every port of every cable once", () => {
    const { fabric } = splitter;
    const [header, ...rows] = readCsv([...cablingCsv(fabric)].join(""));
    const cables = fabric.parts.kind.reduce((sum, code) => sum + (code === kindCode.cable ? 1 : 0), 0);
    expect(rows).toHaveLength(cables);
    const column = (row: string[], name: string) => row[defined(header, "header").indexOf(name)]!;
    const labels = rows.flatMap((row) =>
      [column(row, "a_label"), column(row, "b_label")].flatMap((each) => each.split(" + ")),
    );
    expect(new Set(labels).size).toBe(labels.length);
    const splitterLinks = fabric.links.tier.filter((tier) => tier === 0).length;
    expect(labels).toHaveLength(fabric.links.count * 2 - splitterLinks / 2);
  });

  test("shows both branches of a splitter and its trunk cage", () => {
    const row = [...cablingCsv(splitter.fabric)][1]?.trimEnd();
    expect(row).toBe(
      "C001,a,access,400,MFA7U10,20,srv-0001 + srv-0002,nic-1/port-1 + nic-1/port-1,1 + 1,MFA7U10 + MFA7U10,srv-0001:nic-1/port-1.1 + srv-0002:nic-1/port-1.1,leaf-a-01,cage-1,1-2,MFA7U10,leaf-a-01:cage-1.1-2",
    );
  });
});

test("the fabric as JSON holds the columns as they are", () => {
  const { fabric } = splitter;
  const read = JSON.parse([...fabricJson(fabric)].join(""));
  expect(read.format).toBe("twinspine-fabric");
  expect(read.parts.kind).toEqual([...fabric.parts.kind]);
  expect(read.links.cable).toEqual([...fabric.links.cable]);
  expect(read.links.speedGbps).toEqual([...fabric.links.speedGbps]);
  expect(read.accessLink).toEqual([...fabric.accessLink]);
  expect(read.switchNames[0]).toBe(partName(fabric, fabric.switches.part[0]!));
});

test("the bill as CSV adds up to the bill's total", () => {
  const bill = billOfMaterials(splitter.fabric, splitter.cluster);
  const [header, ...rows] = readCsv(billCsv(bill));
  const total = rows.reduce((sum, row) => sum + Number(row[defined(header, "header").indexOf("price_usd")]), 0);
  expect(total).toBeCloseTo(bill.totals.priceUsd, 6);
  expect(rows).toHaveLength(bill.rows.length);
});
