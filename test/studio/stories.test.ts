/** The studio's stories from end to end, in Chromium: what a person does, and that the numbers are those of the command line. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { formatDuration, formatShare } from "../../src/report/format.ts";
import type { TrainingResult } from "../../src/simulate/result.ts";
import { requirement } from "../setup/requirements.ts";
import { find, openView, pictureOf, program, type Studio, studioInChromium, type Visit, visit } from "./support.ts";

describe.skipIf(!requirement("chromium"))("the studio in Chromium", () => {
  const made = studioInChromium(["thousand-gpu.yaml", "tree.yaml", "scenarios/access-link.yaml"]);
  let studio: Studio;
  let seen: Visit;

  beforeAll(async () => {
    studio = made.studio;
    seen = await visit(made.browser, studio);
  });

  test("opens, walks by keys, zooms, and shows one link part by part with part numbers", async () => {
    const { page } = seen;
    const drawing = page.getByRole("application");
    await drawing.focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.getByTestId("part").textContent()).toContain("spine-a-01");
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.getByTestId("part").textContent()).toContain("spine-a-02");
    await page.keyboard.press("+");
    await page.keyboard.press("0");
    await find(page, "srv-0009");
    const part = page.getByTestId("part");
    await expect.poll(() => part.textContent()).toContain("Links: 16");
    await part.getByRole("button", { name: "srv-0009/nic-1 – leaf-a-01" }).click();
    const chain = await page.getByTestId("chain").getByRole("listitem").allTextContents();
    expect(chain).toHaveLength(8);
    const models = ["", "ConnectX-7 2x200G", "", "MFA7U10", "MFA7U10", "MFA7U10", "", "SN5600"];
    for (const [index, model] of models.entries()) expect(chain[index]).toContain(model);
  });

  test("a click on the drawing selects what lies there", async () => {
    const { page } = seen;
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByTestId("canvas").click({ position: { x: 180, y: 48 } });
    await expect.poll(() => page.getByTestId("part").textContent()).toContain("spine-a-01");
    await expect.poll(() => page.getByTestId("alone").textContent()).toContain("degraded");
    await expect.poll(() => page.getByTestId("fate").textContent()).toContain("Takes 64 links with it");
  });

  test("a failed spine and a second failure give the numbers that simulate --json gives for the saved scenario; undo takes them back", async () => {
    const { page } = seen;
    const value = (id: string) => page.getByTestId(id).textContent();
    const healthy = await value("allreduce");
    await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
    await expect.poll(() => value("verdict")).toBe("degraded");
    await find(page, "srv-0001/nic-1/port-1/module");
    await page.getByTestId("part").getByRole("button", { name: "Cut up" }).click();
    await expect.poll(() => page.getByTestId("takeovers").textContent()).toContain("detect");
    await find(page, "leaf-a-05");
    await page.getByLabel("Degrade to a share of the bandwidth").selectOption("0.5");
    await expect.poll(() => page.getByTestId("actions").getByRole("listitem").count()).toBe(3);
    await expect.poll(() => page.getByTestId("actions").locator(".chip").count()).toBe(3);
    await page.getByLabel("Name of the scenario file").fill("three.yaml");
    await page.getByRole("button", { name: "Save as scenario" }).click();
    await expect.poll(() => page.getByText("Saved as three.yaml.").count()).toBe(1);

    const cluster = join(studio.folder, "thousand-gpu.yaml");
    const scenario = join(studio.folder, "three.yaml");
    const simulateJson = (more: readonly string[]): TrainingResult => {
      const words = [program, "simulate", cluster, "--scenario", scenario, "--json", ...more];
      return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8", maxBuffer: 1 << 26 }));
    };
    const simulated = simulateJson([]);
    const last = simulated.timeline.at(-1)!;
    expect(simulated.events).toHaveLength(3);
    expect(await value("kept")).toBe(formatShare(last.serverGBps / simulated.healthy.serverGBps));
    expect(await value("allreduce")).toBe(formatDuration(last.exchangeS!));
    expect(await value("step")).toBe(formatDuration(last.stepTimeS!));
    expect(healthy).toBe(formatDuration(simulated.healthy.exchangeS));
    const items = await page.getByTestId("actions").getByRole("listitem").allTextContents();
    for (const [index, { part, verdict, bandwidthKept }] of simulated.events.entries()) {
      expect(items[index]).toContain(part);
      expect(items[index]).toContain(verdict);
      expect(items[index]).toContain(`keeps ${formatShare(bandwidthKept)}`);
    }
    const takeovers = await page.getByTestId("takeovers").textContent();
    for (const { detectUs, replayUs, totalUs } of simulated.takeovers)
      for (const us of [detectUs, replayUs, totalUs]) expect(takeovers).toContain(formatDuration(us / 1e6));

    // Another mode is another healthy fabric, and other consequences of the same failures.
    await page.getByLabel("Switching").selectOption("active-standby");
    const other = simulateJson(["--mode", "active-standby"]);
    await expect.poll(() => value("feels")).toContain(`healthy ${formatDuration(other.healthy.exchangeS)}`);
    expect(await value("step")).toBe(formatDuration(other.timeline.at(-1)!.stepTimeS!));
    await page.getByLabel("Switching").selectOption("load-balancing");
    await expect.poll(() => value("step")).toBe(formatDuration(last.stepTimeS!));

    // So is another routing, with another seed of its hashes.
    const hashed = simulateJson(["--routing", "ecmp", "--flows-per-connection", "4", "--seed", "3"]);
    await page.getByLabel("Routing").selectOption("ecmp 4");
    await page.getByLabel("seed").fill("3");
    await page.getByLabel("seed").press("Enter");
    await expect.poll(() => value("feels")).toContain(`healthy ${formatDuration(hashed.healthy.exchangeS)}`);
    await expect.poll(() => value("step")).toBe(formatDuration(hashed.timeline.at(-1)!.stepTimeS!));
    await page.getByLabel("seed").fill("1");
    await page.getByLabel("seed").press("Enter");
    await page.getByLabel("Routing").selectOption("spray");
    await expect.poll(() => value("step")).toBe(formatDuration(last.stepTimeS!));

    await page.getByRole("application").focus();
    for (let times = 0; times < 3; times++) await page.keyboard.press("Control+z");
    await expect.poll(() => value("allreduce")).toBe(healthy);
    await page.getByLabel("Open a scenario file").selectOption("three.yaml");
    await expect.poll(() => page.getByTestId("actions").locator(".chip").count()).toBe(3);
    await expect.poll(() => value("step")).toBe(formatDuration(last.stepTimeS!));
    await page.getByRole("button", { name: "Heal all" }).click();
    await expect.poll(() => value("allreduce")).toBe(healthy);

    // Any share of the bandwidth may be left.
    await find(page, "spine-a-02");
    await page.getByLabel("Percent of the bandwidth that is left").fill("37.5");
    await page.getByLabel("Percent of the bandwidth that is left").press("Enter");
    await expect.poll(() => value("actions")).toContain("37.5% left degraded");
    await page.getByRole("button", { name: "Heal all" }).click();
    await expect.poll(() => value("allreduce")).toBe(healthy);
  });

  test("colours by rail, verdict and utilisation, each with its legend", async () => {
    const { page } = seen;
    const legend = page.getByRole("list", { name: "Legend" });
    await page.getByTestId("colour-by").selectOption("rail");
    await expect.poll(() => legend.textContent()).toContain("rail 8");
    await page.getByTestId("colour-by").selectOption("verdict");
    await expect.poll(() => legend.textContent()).toContain("fatal if it fails alone");
    await page.getByTestId("colour-by").selectOption("utilisation");
    await expect.poll(() => legend.textContent()).toContain("busy while gradients flow");
    await page.getByTestId("colour-by").selectOption("plane");
  });

  test("a scenario is replayed: run on the server, next takeover, play and pause", async () => {
    const { page } = seen;
    await openView(page, "Replay");
    await page.getByTestId("scenario").selectOption("scenarios/access-link.yaml");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const then = () => page.getByTestId("then").textContent();
    await expect.poll(then).toBe("Every link works.");
    const picture = () => pictureOf(page);
    const whole = await picture();
    await page.getByTestId("next-takeover").click();
    await expect.poll(() => page.getByTestId("moment").textContent()).toContain("60 s of");
    // The drawing shows the fault, and nothing of it before and after.
    await expect.poll(then).toBe("1 part at fault, 1 link with a fault.");
    await expect.poll(picture).not.toBe(whole);
    const moment = page.getByRole("slider", { name: "Moment" });
    await moment.fill("200");
    await expect.poll(then).toBe("Every link works.");
    await moment.fill("90");
    await expect.poll(then).toBe("1 part at fault, 1 link with a fault.");
    await moment.fill("0");
    await expect.poll(picture).toBe(whole);
    await page.getByTestId("next-takeover").click();
    await expect.poll(() => page.getByTestId("events").textContent()).toContain("srv-0001/nic-1/port-1/module");
    await expect.poll(() => page.getByTestId("takeovers").textContent()).toContain("replay");
    await page.getByTestId("play").click();
    await expect.poll(() => page.getByTestId("moment").textContent()).not.toContain("60 s of");
    await page.getByTestId("play").click();
    await expect.poll(() => page.getByTestId("play").textContent()).toBe("Play");
    expect(await page.locator(".plot canvas").count()).toBe(2);
  });

  test("two modes and two files are compared", async () => {
    const { page } = seen;
    await openView(page, "Compare");
    const table = page.getByTestId("comparison");
    await expect.poll(() => table.textContent(), { timeout: 30_000 }).toContain("Cost a year");
    await expect.poll(() => table.locator("tbody tr").last().textContent(), { timeout: 30_000 }).toMatch(/\$.*\$/);
    expect(await table.textContent()).toContain("active-standby");
    await page.getByLabel("Right: cluster file").selectOption("tree.yaml");
    await page.getByLabel("Right: switching mode").selectOption("");
    await page.getByRole("button", { name: "Compare", exact: true }).last().click();
    await expect.poll(() => table.textContent(), { timeout: 30_000 }).toContain("single link");
  });

  test("a typo in the editor is told at its place, loses nothing, and is mended", async () => {
    const { page } = seen;
    await openView(page, "Change");
    const before = readFileSync(join(studio.folder, "thousand-gpu.yaml"), "utf8");
    const design = page.getByTestId("design");
    await expect.poll(() => design.textContent(), { timeout: 20_000 }).toContain("40");
    await page.getByText("count: 128").click();
    await page.keyboard.press("End");
    for (let times = 0; times < 3; times++) await page.keyboard.press("Backspace");
    await page.keyboard.type("many");
    const wrong = page.getByRole("alert");
    await expect.poll(() => wrong.textContent(), { timeout: 20_000 }).toContain("line 7");
    await expect.poll(() => page.locator(".cm-lintRange-error").count()).toBeGreaterThan(0);
    await openView(page, "Fabric");
    expect(await page.getByTestId("kept").textContent()).toBe("100%");
    await openView(page, "Change");
    await page.getByText("count: many").click();
    await page.keyboard.press("End");
    for (let times = 0; times < 4; times++) await page.keyboard.press("Backspace");
    await page.keyboard.type("256");
    await expect.poll(() => design.textContent(), { timeout: 20_000 }).toContain("80");
    expect(readFileSync(join(studio.folder, "thousand-gpu.yaml"), "utf8")).toBe(before);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => page.getByText("thousand-gpu.yaml is saved.").count()).toBe(1);
    expect(readFileSync(join(studio.folder, "thousand-gpu.yaml"), "utf8")).toBe(before.replace("128", "256"));
    await page.getByRole("button", { name: "Show this design" }).click();
    const drawing = page.getByRole("application");
    await expect.poll(() => drawing.getAttribute("aria-label"), { timeout: 20_000 }).toContain("256 servers");
  });

  test("the editor proposes keys from the schema", async () => {
    const { page } = seen;
    await openView(page, "Change");
    await page.getByText("scaleUp: 450GB/s").click();
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.type("lin");
    await expect.poll(() => page.locator(".cm-tooltip-autocomplete").textContent()).toContain("linksPerNic");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "As saved" }).click();
  });

  test("sliders move money and pay-back", async () => {
    const { page } = seen;
    await openView(page, "Price");
    const cost = page.getByTestId("cost");
    await cost.waitFor({ timeout: 30_000 });
    const before = [await cost.textContent(), await page.getByTestId("pay-back").textContent()];
    await page.getByTestId("gpu-hour").focus();
    for (let times = 0; times < 10; times++) await page.keyboard.press("PageUp");
    await expect.poll(() => cost.textContent()).not.toBe(before[0]);
    await expect.poll(() => page.getByTestId("pay-back").textContent()).not.toBe(before[1]);
  });

  test.each(["bill-of-materials.csv", "report.html", "frr.zip", "SVG", "PNG"])("%s is taken away", async (name) => {
    const { page } = seen;
    await openView(page, "Take away");
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    const content = readFileSync((await download.path())!);
    const begins: Record<string, string> = {
      "report.html": "<!doctype html",
      "frr.zip": "PK",
      SVG: "<svg",
      PNG: "\u0089PNG",
    };
    expect(content.toString("latin1", 0, 14).startsWith(begins[name] ?? "")).toBe(true);
    expect(content.length).toBeGreaterThan(500);
  });

  test("nothing complained, and nothing was asked of anybody else", () => {
    expect(seen.complaints).toEqual([]);
    const strangers = seen.requests.filter((each) => !each.startsWith(studio.url) && !each.startsWith("blob:"));
    expect(strangers).toEqual([]);
  });
});
