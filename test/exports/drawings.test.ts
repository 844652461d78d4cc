import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { describe, expect, test } from "vitest";
import { chromiumPath, requirement } from "../setup/requirements.ts";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

describe.skipIf(!requirement("graphviz"))("dot draws what export writes", () => {
  test.each([
    ["small", 16, 32],
    ["heterogeneous", undefined, undefined],
    ["thousand-gpu", undefined, undefined],
    ["hpn-pod", undefined, undefined],
  ])("examples/%s.yaml", (example, nodes, edges) => {
    const folder = temporaryFolder();
    expect(twinspine(["export", `examples/${example}.yaml`, "--to", "graphviz", "-o", folder]).code).toBe(0);
    const drawn = spawnSync("dot", ["-Tjson", join(folder, "fabric.dot")], {
      encoding: "utf8",
      timeout: 60_000,
      maxBuffer: 1e9,
    });
    expect([drawn.status, drawn.stderr]).toEqual([0, ""]);
    const graph = JSON.parse(drawn.stdout) as {
      objects: { name: string; pos?: string; nodes?: number[] }[];
      edges: { style?: string; label?: string }[];
    };
    const boxes = graph.objects.filter(({ pos, nodes: members }) => pos !== undefined && members === undefined);
    const heights = new Set(boxes.map(({ pos }) => Math.round(Number(pos!.split(",")[1]))));
    expect(heights.size).toBe(3);
    const seen = graph.edges.filter(({ style }) => style !== "invis");
    if (nodes !== undefined) expect([boxes.length, seen.length]).toEqual([nodes, edges]);
  });
});

describe.skipIf(!requirement("chromium"))("labels in Chromium", () => {
  test("a sheet of labels is one page of A4, and nothing is cut off", async () => {
    const folder = temporaryFolder();
    expect(twinspine(["export", "examples/thousand-gpu.yaml", "--to", "labels", "-o", folder]).code).toBe(0);
    const browser = await chromium.launch({ executablePath: chromiumPath()!, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage({ offline: true });
      await page.goto(pathToFileURL(join(folder, "labels.html")).href);
      const cut = await page.evaluate(
        "[...document.querySelectorAll('.label')].filter((each) => each.scrollHeight > each.clientHeight + 1).length",
      );
      expect(cut).toBe(0);
      const sheets = readFileSync(join(folder, "labels.html"), "utf8").match(/class="sheet"/g)!.length;
      const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString("latin1");
      expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(sheets);
    } finally {
      await browser.close();
    }
  });
});
