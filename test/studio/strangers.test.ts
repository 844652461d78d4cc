/** People who try everything: all at once, twice, too far, too long, of another cluster, with nothing in it. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { formatDuration, formatShare } from "../../src/report/format.ts";
import type { TrainingResult } from "../../src/simulate/result.ts";
import { requirement } from "../setup/requirements.ts";
import {
  commandJson,
  failPart,
  find,
  openView,
  pictureOf,
  program,
  type Studio,
  startStudio,
  studioInChromium,
  visit,
} from "./support.ts";

const two = (value: number) => String(value).padStart(2, "0");

/** Runs in the page: how much wider something is than the window or the view. */
const overflowPx = `Math.max(
  document.documentElement.scrollWidth - innerWidth,
  document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth,
)`;

describe.skipIf(!requirement("chromium"))("the studio in strange hands", () => {
  const made = studioInChromium(["thousand-gpu.yaml", "small.yaml", "tree.yaml"]);
  let studio: Studio;
  beforeAll(() => {
    studio = made.studio;
  });

  function writeScenario(name: string, parts: readonly string[]): string {
    const events = parts.map((part, index) => `  - { at: ${60 * (index + 1)}s, event: fail, part: ${part} }\n`);
    const path = join(studio.folder, name);
    writeFileSync(path, `duration: ${60 * (parts.length + 1)}s\nevents:\n${events.join("")}`);
    return path;
  }

  async function expectAsCommand(page: Page, scenario: string): Promise<void> {
    const cluster = join(studio.folder, "thousand-gpu.yaml");
    const simulated = commandJson<TrainingResult>("simulate", cluster, "--scenario", scenario);
    const last = simulated.timeline.at(-1)!;
    const time = (seconds: number | null) => (seconds === null ? "stands still" : formatDuration(seconds));
    const kept = formatShare(last.serverGBps / simulated.healthy.serverGBps);
    await expect.poll(() => page.getByTestId("kept").textContent()).toBe(kept);
    expect(await page.getByTestId("allreduce").textContent()).toBe(time(last.exchangeS));
    expect(await page.getByTestId("step").textContent()).toBe(time(last.stepTimeS));
  }

  test("fifty failures, and every spine: the numbers of the command line, and back to healthy", async () => {
    const modules = Array.from({ length: 50 }, (_, index) => `srv-00${two(index + 10)}/nic-${(index % 8) + 1}/port-1`);
    const fifty = writeScenario("fifty.yaml", modules);
    const spines = writeScenario(
      "spines.yaml",
      Array.from({ length: 8 }, (_, index) => `spine-a-0${index + 1}`),
    );
    const { page, complaints } = await visit(made.browser, studio);
    const healthy = await page.getByTestId("allreduce").textContent();
    for (const [name, path, count] of [
      ["fifty.yaml", fifty, 50],
      ["spines.yaml", spines, 8],
    ] as const) {
      await page.getByLabel("Open a scenario file").selectOption(name);
      await expect.poll(() => page.getByTestId("actions").locator(".chip").count()).toBe(count);
      await expectAsCommand(page, path);
    }
    await openView(page, "Replay");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("slider", { name: "Moment" }).press("End");
    const then = page.getByTestId("then");
    await expect.poll(() => then.textContent()).toBe("8 parts at fault, 512 links with a fault.");
    await openView(page, "Fabric");
    await page.getByRole("button", { name: "Heal all" }).click();
    await expect.poll(() => page.getByTestId("allreduce").textContent()).toBe(healthy);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("healed twice, failed twice, undone beyond the beginning and redone beyond the end", async () => {
    const { page, complaints } = await visit(made.browser, studio);
    const count = () => page.getByTestId("actions").getByRole("listitem").count();
    const step = () => page.getByTestId("step").textContent();
    const healthy = await step();
    await find(page, "leaf-a-01");
    await page.getByRole("application").focus();
    for (const key of ["f", "f", "h", "h"]) await page.keyboard.press(key);
    await expect.poll(step).toBe(healthy);
    const done = await count();
    expect(done).toBeGreaterThan(1);
    for (let times = 0; times < done + 3; times++) await page.keyboard.press("Control+z");
    await expect.poll(count).toBe(0);
    for (let times = 0; times < done + 3; times++) await page.keyboard.press("Control+y");
    await expect.poll(count).toBe(done);
    await expect.poll(step).toBe(healthy);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("zoomed in and out as far as it goes, the drawing is the whole again", async () => {
    const { page, complaints } = await visit(made.browser, studio);
    await page.getByRole("application").focus();
    await page.keyboard.press("0");
    const whole = await pictureOf(page);
    for (let times = 0; times < 40; times++) await page.keyboard.press("+");
    await expect.poll(() => pictureOf(page)).not.toBe(whole);
    for (let times = 0; times < 60; times++) await page.keyboard.press("-");
    await expect.poll(() => pictureOf(page)).toBe(whole);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("scenarios with nothing in them, or of another cluster, are told and change nothing", async () => {
    writeFileSync(join(studio.folder, "empty.yaml"), "");
    writeFileSync(join(studio.folder, "no-events.yaml"), "name: nothing\nduration: 60s\nevents: []\n");
    const other = "duration: 120s\nevents: [{ at: 60s, event: fail, part: leaf-b-77 }]\n";
    writeFileSync(join(studio.folder, "other.yaml"), other);
    const { page, complaints } = await visit(made.browser, studio);
    const told = page.getByRole("region", { name: "What was done" }).getByRole("status");
    await failPart(page, "leaf-a-01");
    for (const [name, words] of [
      ["other.yaml", "leaf-b-77"],
      ["empty.yaml", "empty"],
      ["tree.yaml", "servers"],
    ] as const) {
      await page.getByLabel("Open a scenario file").selectOption(name);
      await expect.poll(() => told.textContent()).toContain(words);
      expect(await page.getByTestId("actions").getByRole("listitem").count()).toBe(1);
    }
    await openView(page, "Replay");
    for (const [name, words] of [
      ["other.yaml", "leaf-b-77"],
      ["empty.yaml", "empty"],
    ] as const) {
      await page.getByTestId("scenario").selectOption(name);
      await page.getByRole("button", { name: "Run", exact: true }).click();
      await expect.poll(() => page.getByRole("alert").textContent()).toContain(words);
    }
    await page.getByTestId("scenario").selectOption("no-events.yaml");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => page.getByTestId("then").textContent()).toBe("Every link works.");
    await openView(page, "Fabric");
    await page.getByLabel("Open a scenario file").selectOption("no-events.yaml");
    await expect.poll(() => page.getByTestId("actions").getByRole("listitem").count()).toBe(0);
    await expect.poll(() => page.getByTestId("kept").textContent()).toBe("100%");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("an empty cluster file is told and can be written in Change", async () => {
    writeFileSync(join(studio.folder, "blank.yaml"), "");
    const { page, complaints } = await visit(made.browser, studio);
    await page.getByLabel("Cluster file").selectOption("blank.yaml");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("blank.yaml");
    await openView(page, "Change");
    await page.getByTestId("editor").click();
    await page.keyboard.type("name: blank\nservers: { count: 8 }\nplane: {}");
    await expect.poll(() => page.getByTestId("design").count()).toBe(1);
    await page.getByRole("button", { name: "Show this design" }).click();
    await expect.poll(() => page.getByRole("application").getAttribute("aria-label")).toContain("blank: 8 servers");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a scenario is not saved over the open file, nor over another unasked", async () => {
    const path = join(studio.folder, "small.yaml");
    const before = readFileSync(path, "utf8");
    const { page, complaints } = await visit(made.browser, studio);
    const panel = page.getByRole("region", { name: "What was done" });
    const save = async (name: string) => {
      await page.getByLabel("Name of the scenario file").fill(name);
      await page.getByRole("button", { name: "Save as scenario" }).click();
    };
    await failPart(page, "leaf-a-01");
    await save("thousand-gpu.yaml");
    await expect.poll(() => panel.textContent()).toContain("take another name");
    await save("small.yaml");
    await expect.poll(() => panel.textContent()).toContain("There is a file small.yaml already");
    expect(readFileSync(path, "utf8")).toBe(before);
    await page.getByRole("button", { name: "Write over it" }).click();
    await expect.poll(() => panel.textContent()).toContain("Saved as small.yaml");
    expect(readFileSync(path, "utf8")).toContain("leaf-a-01");
    // One's own is written again without a word.
    await page.getByRole("button", { name: "Heal", exact: true }).click();
    await page.getByRole("button", { name: "Save as scenario" }).click();
    await expect.poll(() => readFileSync(path, "utf8")).toContain("event: heal");
    writeFileSync(path, before);
    expect(complaints.filter((each) => !each.includes("412"))).toEqual([]);
    await page.close();
  });

  test.each([1280, 390])("very long names stay within a window %i px wide", async (width) => {
    const long = "cluster-".repeat(10);
    const text = readFileSync(join(studio.folder, "thousand-gpu.yaml"), "utf8");
    const name = `${"a-file-of-a-very-long-name-".repeat(5)}.yaml`;
    writeFileSync(join(studio.folder, name), text.replace("name: thousand-gpu", `name: ${long}`));
    const { page, complaints } = await visit(made.browser, studio, { viewport: { width, height: 800 } });
    await page.getByLabel("Cluster file").selectOption(name);
    const drawing = page.getByRole("application");
    await expect.poll(() => drawing.getAttribute("aria-label")).toContain(long.slice(0, 50));
    await failPart(page, "srv-0001/nic-1/port-1/module");
    await page.getByTestId("takeovers").waitFor();
    for (const view of ["Fabric", "Replay", "Compare", "Change", "Price", "Take away"]) {
      await openView(page, view);
      if (view === "Replay") {
        await page.getByRole("button", { name: "Run", exact: true }).click();
        await page.getByTestId("now").waitFor();
      }
      if (view === "Compare")
        await expect.poll(() => page.getByTestId("comparison").textContent()).toMatch(/Cost a year\$.*\$/);
      if (view === "Change") await page.getByTestId("design").waitFor();
      if (view === "Price") await page.getByTestId("cost").waitFor();
      expect(await page.evaluate(overflowPx), view).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("listening on every address, it prints one that can be opened", async () => {
    const own = await startStudio(["small.yaml"], {
      prepare: () => ({ open: "small.yaml", more: ["--host", "0.0.0.0"] }),
    });
    try {
      const { hostname, origin, hash } = new URL(own.url);
      expect(hostname).not.toBe("0.0.0.0");
      expect((await fetch(`${origin}/api/session`)).status).toBe(401);
      const headers = { authorization: `Bearer ${hash.replace("#token=", "")}` };
      expect((await fetch(`${origin}/api/session`, { headers })).status).toBe(200);
    } finally {
      await own.close();
    }
  });

  test("a port that is taken is told; Ctrl-C ends the studio while a page is open and a simulation runs", async () => {
    const { port } = new URL(studio.url);
    const words = [program, "studio", join(studio.folder, "small.yaml"), "--port", port];
    const taken = spawnSync(process.execPath, words, { encoding: "utf8", timeout: 60_000 });
    expect(taken.status).toBe(2);
    expect(taken.stdout).toBe("");
    expect(taken.stderr).toContain(`port ${port}`);
    expect(taken.stderr).toContain("--port");

    const own = await startStudio(["thousand-gpu.yaml"]);
    try {
      const { page } = await visit(made.browser, own);
      await openView(page, "Replay");
      await page.getByLabel("Days").fill("100");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      const part = () => page.getByRole("progressbar").evaluate((bar) => (bar as unknown as { value: number }).value);
      await expect.poll(part).toBeGreaterThan(0);
      expect(await own.stop()).toBe(0);
      await page.close();
    } finally {
      await own.close();
    }
  });
});
