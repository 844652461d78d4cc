/** Fabrics that exist, read by `twinspine import`, in the studio. */

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { formatDuration } from "../../src/report/format.ts";
import type { TrainingResult } from "../../src/simulate/result.ts";
import { requirement } from "../setup/requirements.ts";
import { find, openView, program, type Studio, studioInChromium, type Visit, visit } from "./support.ts";

const run = (...words: string[]) =>
  execFileSync(process.execPath, [program, ...words], { encoding: "utf8", maxBuffer: 1 << 26 });

describe.skipIf(!requirement("chromium"))("an imported fabric in the studio", () => {
  const made = studioInChromium(["small.yaml", "thousand-gpu.yaml"], {
    prepare: (folder) => {
      run("export", join(folder, "small.yaml"), "--to", "containerlab", "-o", join(folder, ".lab"));
      const lab = join(folder, ".lab", "frr.clab.yml");
      run("import", lab, "--from", "containerlab", "-o", join(folder, "fabric.json"));
      writeFileSync(join(folder, "package.json"), '{ "name": "no fabric" }');
      return { open: "fabric.json", more: ["--settings", join(folder, "thousand-gpu.yaml")] };
    },
  });
  let studio: Studio;
  let seen: Visit;

  beforeAll(async () => {
    studio = made.studio;
    seen = await visit(made.browser, studio);
  });

  test("opens with the settings named, beside cluster files; other JSON is not listed", async () => {
    const { page } = seen;
    const names = await page.getByLabel("Cluster file").getByRole("option").allTextContents();
    expect(names).toEqual(["fabric.json", "small.yaml", "thousand-gpu.yaml"]);
    const drawing = page.getByRole("application");
    expect(await drawing.getAttribute("aria-label")).toContain("8 servers, 8 switches");
  });

  test("what was done gives the numbers of simulate --json on the same file", async () => {
    const { page } = seen;
    await find(page, "spine-a-01");
    await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
    await page.getByTestId("actions").locator(".chip").waitFor();
    await page.getByLabel("Name of the scenario file").fill("spine.yaml");
    await page.getByRole("button", { name: "Save as scenario" }).click();
    await expect.poll(() => page.getByText("Saved as spine.yaml.").count()).toBe(1);
    const at = (name: string) => join(studio.folder, name);
    const words = [at("fabric.json"), "--settings", at("thousand-gpu.yaml"), "--scenario", at("spine.yaml"), "--json"];
    const { timeline } = JSON.parse(run("simulate", ...words)) as TrainingResult;
    expect(await page.getByTestId("allreduce").textContent()).toBe(formatDuration(timeline.at(-1)!.exchangeS!));
    expect(await page.getByTestId("step").textContent()).toBe(formatDuration(timeline.at(-1)!.stepTimeS!));
  });

  test("is replayed, compared, priced and taken away; Change says why there is nothing to edit", async () => {
    const { page } = seen;
    await openView(page, "Replay");
    await page.getByTestId("scenario").selectOption("spine.yaml");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => page.getByTestId("then").textContent(), { timeout: 20_000 }).toBe("Every link works.");
    await openView(page, "Compare");
    const lastRow = page.getByTestId("comparison").locator("tbody tr").last();
    await expect.poll(() => lastRow.textContent(), { timeout: 30_000 }).toMatch(/\$.*\$/);
    await openView(page, "Change");
    await expect.poll(() => page.locator("main").textContent()).toContain("is an imported fabric");
    await openView(page, "Price");
    await page.getByTestId("cost").waitFor({ timeout: 30_000 });
    await openView(page, "Take away");
    const [download] = await Promise.all([
      page.waitForEvent("download", { timeout: 60_000 }),
      page.getByRole("button", { name: "report.html", exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/report\.html$/);
    expect(seen.complaints).toEqual([]);
  });

  test("is never written", async () => {
    const answer = await fetch(`${studio.url}api/file?name=fabric.json`, { method: "PUT", body: "{}" });
    expect(answer.status).toBe(403);
    expect((await fetch(`${studio.url}api/file?name=package.json`)).status).toBe(403);
  });
});
