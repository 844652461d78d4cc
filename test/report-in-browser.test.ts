/** report.html in a real browser: nothing is loaded, nothing complains, nothing sticks out. */

import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCluster } from "../src/cluster/parse.ts";
import { assessCluster } from "../src/report/assess-cluster.ts";
import { reportHtml } from "../src/report/report-html.ts";
import { topologySvg } from "../src/report/topology-svg.ts";
import { requirement } from "./setup/requirements.ts";
import { launchChromium, openReport, overlappingTexts } from "./support/report-page.ts";

const examples = ["thousand-gpu", "false-dual", "tree", "heterogeneous", "hpn-pod"];
describe.skipIf(!requirement("chromium"))("report.html in Chromium", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "twinspine-report-"));
    for (const name of examples) {
      const text = readFileSync(new URL(`../examples/${name}.yaml`, import.meta.url), "utf8");
      const cluster = parseCluster(text, `${name}.yaml`);
      const assessment = assessCluster(cluster, { version: "0.0.0", baseline: "single", pairs: false });
      if (assessment.kind === "rejected") throw new Error(`${name} was rejected`);
      writeFileSync(join(folder, `${name}.html`), reportHtml(assessment));
      writeFileSync(join(folder, `${name}.svg`), topologySvg(assessment.fabric));
    }
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(examples)("%s", (name) => {
    test.each([
      [390, "light"],
      [1280, "dark"],
      [2560, "light"],
    ] as const)("%i wide, %s", async (width, colorScheme) => {
      const page = await openReport(browser, join(folder, `${name}.html`), width, colorScheme);
      await page.close();
    });

    test("no text of the topology picture overlaps another or is clipped", async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await page.setContent(`<body style="margin:0">${readFileSync(join(folder, `${name}.svg`), "utf8")}</body>`);
      expect(await page.evaluate(overlappingTexts(0))).toEqual([]);
      await page.close();
    });

    test("prints to paper", async () => {
      const page = await browser.newPage();
      await page.goto(pathToFileURL(join(folder, `${name}.html`)).href);
      const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      await page.close();
    });
  });
});
