import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCluster } from "../../../src/cluster/parse.ts";
import { buildFabric } from "../../../src/fabric/index.ts";
import { bunchesOf } from "./bunches.ts";
import { colouringOf } from "./colouring.ts";
import { paintSvg } from "./paint-svg.ts";
import { lightPalette } from "./palette.ts";
import { layRows, type Rows } from "./rows.ts";
import { drawScene } from "./scene.ts";

function rowsOf(name: string): Rows {
  const text = readFileSync(new URL(`../../../examples/${name}.yaml`, import.meta.url), "utf8");
  return layRows(buildFabric(parseCluster(text, `${name}.yaml`)).fabric!);
}

function sceneOf(rows: Rows, from: number, to: number, widthPx: number) {
  const { links } = rows.fabric;
  return drawScene(
    rows,
    { from, to, widthPx },
    {
      palette: lightPalette,
      colouring: colouringOf("plane", rows, lightPalette, { verdicts: undefined, utilisation: undefined }),
      broken: {
        linkState: new Uint8Array(links.count),
        deadOfBundle: new Int32Array(rows.bundles.count),
        parts: new Set(),
      },
      focus: undefined,
      link: -1,
      heightPx: 700,
    },
  );
}

describe.each(["thousand-gpu", "hpn-pod", "tree", "heterogeneous", "false-dual"])("%s", (name) => {
  const rows = rowsOf(name);

  test("every switch and every server stands in exactly one place", () => {
    const switches = rows.rows.filter(({ kind }) => kind === "switches").flatMap(({ items }) => [...items]);
    expect(switches.sort((left, right) => left - right)).toEqual(
      Array.from({ length: rows.fabric.switches.count }, (_, index) => index),
    );
    expect(rows.rows[rows.serverRow]!.items.length).toBe(rows.fabric.serverCount);
    for (const row of rows.rows) {
      const covered = row.sections.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, at) => from + at));
      expect(covered).toEqual(Array.from({ length: row.items.length }, (_, at) => at));
    }
  });

  test("seen as a whole, every link is in one line", () => {
    const { bundles } = sceneOf(rows, 0, 1, 1000);
    expect(bundles.reduce((sum, { links }) => sum + links, 0)).toBe(rows.fabric.links.count);
    const gbps = rows.fabric.links.speedGbps.reduce((sum, each) => sum + each, 0);
    expect(bundles.reduce((sum, each) => sum + each.gbps, 0)).toBeCloseTo(gbps, 3);
  });

  test("at any zoom boxes do not overlap, and there are few of them", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 12, noNaN: true }),
        fc.integer({ min: 300, max: 3000 }),
        (at, depth, widthPx) => {
          const size = 2 ** -depth;
          const from = at * (1 - size);
          for (const row of rows.rows) {
            const bunches = bunchesOf(row, { from, to: from + size, widthPx });
            expect(bunches.length).toBeLessThan(widthPx / 8 + 6);
            for (const [index, bunch] of bunches.entries()) {
              expect(bunch.to).toBeGreaterThan(bunch.from);
              const before = bunches[index - 1];
              if (before === undefined) continue;
              expect(bunch.from).toBeGreaterThanOrEqual(before.to);
              expect(bunch.x).toBeGreaterThanOrEqual(before.x + before.width - 1e-6);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("names with markup stay text in the SVG", () => {
  const text = readFileSync(new URL("../../../examples/small.yaml", import.meta.url), "utf8");
  const hostile = text.replace(/^name: .*$/m, 'name: "<script>alert(1)</script>"');
  const rows = layRows(buildFabric(parseCluster(hostile, "hostile.yaml")).fabric!);
  const { shapes } = sceneOf(rows, 0, 1, 800);
  const svg = paintSvg(shapes, 932, 700, rows.fabric.name);
  expect(svg).not.toContain("<script");
  expect(svg).toContain("&lt;script&gt;");
});
