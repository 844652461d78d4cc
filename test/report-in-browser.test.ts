/** report.html in a real browser: nothing is loaded, nothing complains, nothing sticks out. */

import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCluster } from "../src/cluster/parse.ts";
import { assessCluster } from "../src/report/assess-cluster.ts";
import { reportHtml } from "../src/report/report-html.ts";
import { topologySvg } from "../src/report/topology-svg.ts";
import { chromiumPath, requirement } from "./setup/requirements.ts";

const examples = ["thousand-gpu", "false-dual", "tree", "heterogeneous", "hpn-pod"];
const chromiumFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

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
    browser = await chromium.launch({ executablePath: chromiumPath()!, args: chromiumFlags });
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
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      const address = pathToFileURL(join(folder, `${name}.html`)).href;
      await page.goto(address);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([address]);
      const overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      expect(overflow).toBe(0);
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
        colorScheme === "dark" ? "rgb(17, 22, 28)" : "rgb(255, 255, 255)",
      );
      await page.close();
    });

    test("no text of the topology picture overlaps another or is clipped", async () => {
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      await page.setContent(`<body style="margin:0">${readFileSync(join(folder, `${name}.svg`), "utf8")}</body>`);
      expect(await page.evaluate(overlappingTexts)).toEqual([]);
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

/** Runs in the page: pairs of texts whose boxes overlap by more than a pixel, and texts outside the picture. */
const overlappingTexts = `(() => {
  const picture = document.querySelector("svg").getBoundingClientRect();
  const texts = [...document.querySelectorAll("svg text")].map((node) => ({
    words: [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(""),
    box: node.getBoundingClientRect(),
  }));
  const problems = [];
  for (const [index, { words, box }] of texts.entries()) {
    if (box.left < picture.left || box.right > picture.right || box.top < picture.top || box.bottom > picture.bottom) problems.push("clipped: " + words);
    for (const other of texts.slice(index + 1)) {
      const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (wide > 1 && high > 4) problems.push(words + " | " + other.words);
    }
  }
  return problems;
})()`;
