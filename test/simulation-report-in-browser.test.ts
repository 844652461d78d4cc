/** The report of a simulated run in a real browser. */

import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulationHtml } from "../src/report/simulation-html.ts";
import { simulated } from "../src/report/testing/simulated.ts";
import type { SwitchingMode } from "../src/switching/index.ts";
import { requirement } from "./setup/requirements.ts";
import { launchChromium, openReport, overlappingTexts } from "./support/report-page.ts";

const example = (path: string) => readFileSync(new URL(`../examples/${path}.yaml`, import.meta.url), "utf8");
const all: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];

/** Cluster, scenario, modes. */
const reports: Readonly<Record<string, () => readonly [string, string, readonly SwitchingMode[]]>> = {
  "one mode": () => [example("thousand-gpu"), example("scenarios/access-link"), ["active-standby"]],
  "all modes": () => [example("busy-links"), example("scenarios/worn-links"), all],
  "two NICs of a rail": () => [example("heterogeneous"), example("scenarios/two-nics"), all.slice(0, 2)],
  "a lost job": () => [
    example("tree"),
    "{name: lost, duration: 3h, events: [{at: 100s, event: fail, part: srv-0003/nic-1/port-1/cable, for: 1h}]}",
    ["active-standby"],
  ],
  "nothing happens": () => [example("small"), "{name: nothing, duration: 10min}", ["load-balancing"]],
  "long names": () => [
    example("busy-links").replace("name: busy-links", `name: ${"long-".repeat(15)}`),
    "{name: many, duration: 30min, random: {rates: 1000, flaps: true}}",
    all.slice(1, 2),
  ],
};

describe.skipIf(!requirement("chromium"))("report of a simulated run in Chromium", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "twinspine-simulated-"));
    for (const [name, wish] of Object.entries(reports))
      writeFileSync(join(folder, `${name}.html`), simulationHtml(simulated(...wish())));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(Object.keys(reports))("%s", (name) => {
    test.each([
      [390, "dark"],
      [1280, "light"],
      [2560, "dark"],
    ] as const)(
      "%i wide, %s: fits, and no text of a plot overlaps another or is clipped",
      async (width, colorScheme) => {
        const page = await openReport(browser, join(folder, `${name}.html`), width, colorScheme);
        expect(await page.evaluate(overlappingTexts(2))).toEqual([]);
        expect(
          await page.evaluate(
            "[...document.querySelectorAll('figure svg')].filter((each) => each.querySelectorAll('path[d],rect,line').length < 2).length",
          ),
        ).toBe(0);
        await page.close();
      },
    );

    test("prints to paper", async () => {
      const page = await openReport(browser, join(folder, `${name}.html`), 1280, "light");
      const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      await page.close();
    });
  });
});
