/** What happens to people while they work: another tab, another program, a stopped server, Back, a reload, another window size. */

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { failPart, find, lookAt, openView, quietPort, type Studio, studioInChromium, visit } from "./support.ts";

const editor = (page: Page) => page.getByTestId("editor");
const notices = (page: Page) => page.getByTestId("notices");
const saved = (page: Page) => page.getByRole("region", { name: "Cluster file" }).locator(".controls").textContent();

/** Puts other digits behind `count:` of the servers. */
async function typeCount(page: Page, from: string, to: string): Promise<void> {
  await page.getByText(`count: ${from}`).first().click();
  await page.keyboard.press("End");
  for (let times = 0; times < from.length; times++) await page.keyboard.press("Backspace");
  await page.keyboard.type(to);
}

describe.skipIf(!requirement("chromium"))("the studio disturbed", () => {
  const made = studioInChromium(["homogeneous.yaml", "tree.yaml", "thousand-gpu.yaml"]);
  let browser: Browser;
  let studio: Studio;
  const onDisk = (name: string) => readFileSync(join(studio.folder, name), "utf8");

  beforeAll(() => {
    ({ browser, studio } = made);
  });

  test("two tabs edit one file: one saves, the other learns of it, and neither text is lost", async () => {
    const before = onDisk("homogeneous.yaml");
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const first = await lookAt(await context.newPage(), studio.url);
    const second = await lookAt(await context.newPage(), studio.url);
    for (const { page } of [first, second]) await openView(page, "Change");
    await typeCount(second.page, "32", "24");
    await typeCount(first.page, "32", "48");
    await first.page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => first.page.getByText("homogeneous.yaml is saved.").count()).toBe(1);
    expect(onDisk("homogeneous.yaml")).toBe(before.replace("count: 32", "count: 48"));

    await expect.poll(() => notices(second.page).textContent()).toContain("edits here that are not saved");
    // Saved over nothing that was not seen.
    await second.page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => second.page.locator("main").textContent()).toContain("was changed meanwhile");
    expect(onDisk("homogeneous.yaml")).toContain("count: 48");
    expect(await editor(second.page).textContent()).toContain("count: 24");

    // The text on disk is taken, and the own one brought back.
    await second.page.getByRole("button", { name: "Take the text on disk" }).click();
    await expect.poll(() => editor(second.page).textContent()).toContain("count: 48");
    await editor(second.page).click();
    await second.page.keyboard.press("Control+z");
    await expect.poll(() => editor(second.page).textContent()).toContain("count: 24");
    await second.page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => second.page.getByText("homogeneous.yaml is saved.").count()).toBe(1);
    expect(onDisk("homogeneous.yaml")).toBe(before.replace("count: 32", "count: 24"));

    // The first has no edits: it is offered the new one.
    await first.page.getByRole("button", { name: "Show the new one" }).click();
    await expect.poll(() => editor(first.page).textContent()).toContain("count: 24");
    await openView(first.page, "Fabric");
    await expect
      .poll(() => first.page.getByRole("application").getAttribute("aria-label"))
      .toContain("homogeneous: 24 servers");
    // The refused save is all that the console tells of.
    expect(first.complaints).toEqual([]);
    expect(second.complaints).toEqual([expect.stringContaining("412")]);
    writeFileSync(join(studio.folder, "homogeneous.yaml"), before);
    await context.close();
  });

  test("another program changes, removes and brings back the file while edits are open", async () => {
    const path = join(studio.folder, "homogeneous.yaml");
    const before = onDisk("homogeneous.yaml");
    const { page, complaints } = await visit(browser, studio);
    await openView(page, "Change");
    await typeCount(page, "32", "40");
    writeFileSync(path, before.replace("count: 32", "count: 16"));
    await openView(page, "Fabric");
    await page.getByRole("button", { name: "Go to Change" }).click();
    expect(await editor(page).textContent()).toContain("count: 40");
    await page.getByRole("button", { name: "Keep my edits" }).click();
    await expect.poll(() => notices(page).textContent()).toBe("");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => saved(page)).toContain("as saved");
    expect(onDisk("homogeneous.yaml")).toBe(before.replace("count: 32", "count: 40"));

    renameSync(path, `${path}.away`);
    await expect.poll(() => notices(page).textContent()).toContain("no longer on disk");
    renameSync(`${path}.away`, path);
    await expect.poll(() => notices(page).textContent()).toBe("");
    renameSync(path, `${path}.away`);
    await expect.poll(() => notices(page).textContent()).toContain("no longer on disk");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => notices(page).textContent()).toBe("");
    expect(onDisk("homogeneous.yaml")).toBe(before.replace("count: 32", "count: 40"));
    // The same text written anew is no news.
    writeFileSync(path, before.replace("count: 32", "count: 40"));
    writeFileSync(join(studio.folder, "tree.yaml"), onDisk("tree.yaml"));
    await openView(page, "Fabric");
    expect(await notices(page).textContent()).toBe("");
    expect(complaints).toEqual([]);
    writeFileSync(path, before);
    await page.close();
  });

  test("a reload after a typo loses neither the text nor the view nor what was done", async () => {
    const { page, complaints } = await visit(browser, studio);
    await failPart(page, "leaf-a-01");
    const step = page.getByTestId("step");
    const sprayed = await step.textContent();
    await page.getByLabel("Routing").selectOption("ecmp 4");
    await expect.poll(() => step.textContent()).not.toBe(sprayed);
    const felt = await step.textContent();
    await openView(page, "Change");
    await typeCount(page, "32", "many");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("line");
    await page.reload();
    await expect.poll(() => editor(page).textContent()).toContain("count: many");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("line");
    expect(await saved(page)).toContain("changed, not saved");
    expect(onDisk("homogeneous.yaml")).toContain("count: 32");
    await openView(page, "Fabric");
    await expect.poll(() => page.getByTestId("actions").textContent()).toContain("leaf-a-01");
    expect(await page.getByLabel("Routing").inputValue()).toBe("ecmp 4");
    await expect.poll(() => step.textContent()).toBe(felt);

    // The file is another when the page comes back: the edits are still those of before.
    const before = onDisk("homogeneous.yaml");
    writeFileSync(join(studio.folder, "homogeneous.yaml"), before.replace("count: 32", "count: 20"));
    await page.reload();
    await expect.poll(() => notices(page).textContent()).toContain("edits here that are not saved");
    await openView(page, "Change");
    expect(await editor(page).textContent()).toContain("count: many");
    writeFileSync(join(studio.folder, "homogeneous.yaml"), before);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("Back and Forward of the browser go through views and files, and keep what was done", async () => {
    const { page, complaints } = await visit(browser, studio);
    const current = () => page.getByRole("navigation").locator("[aria-current]").textContent();
    await failPart(page, "leaf-a-01");
    await openView(page, "Price");
    await openView(page, "Compare");
    await openView(page, "Fabric");
    await page.getByLabel("Cluster file").selectOption("tree.yaml");
    const drawing = () => page.getByRole("application").getAttribute("aria-label");
    await expect.poll(drawing).toContain("Drawing of tree");
    await page.goBack();
    await expect.poll(drawing).toContain("Drawing of homogeneous");
    await expect.poll(() => page.getByTestId("actions").textContent()).toContain("leaf-a-01");
    await page.goBack();
    await expect.poll(current).toBe("Compare");
    await page.goBack();
    await expect.poll(current).toBe("Price");
    await page.goForward();
    await expect.poll(current).toBe("Compare");
    await page.goForward();
    await page.goForward();
    await expect.poll(drawing).toContain("Drawing of tree");
    await page.reload();
    await expect.poll(drawing).toContain("Drawing of tree");
    expect(await page.title()).toBe("Fabric · tree.yaml – twinspine studio");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a window that changes its size while an answer is worked out", async () => {
    const { page, complaints } = await visit(browser, studio);
    const healthy = await page.getByTestId("allreduce").textContent();
    await page.getByLabel("Cluster file").selectOption("thousand-gpu.yaml");
    await page.setViewportSize({ width: 700, height: 900 });
    await expect.poll(() => page.getByRole("application").getAttribute("aria-label")).toContain("128 servers");
    await find(page, "spine-a-01");
    await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
    await page.setViewportSize({ width: 1600, height: 1000 });
    await page.getByTestId("actions").locator(".chip").waitFor();
    const sizes = () =>
      page.getByTestId("canvas").evaluate((canvas) => {
        const { width, height, clientWidth, clientHeight } = canvas as unknown as Record<string, number>;
        return [width! - clientWidth!, height! - clientHeight!].map(Math.abs).every((each) => each <= 1);
      });
    await expect.poll(sizes).toBe(true);
    expect(await page.getByTestId("verdict").textContent()).toBe("degraded");
    expect(await page.getByTestId("allreduce").textContent()).not.toBe(healthy);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a long simulation tells how far it is, is cancelled, and makes room for the next", async () => {
    const { page, complaints } = await visit(browser, studio);
    await page.getByLabel("Cluster file").selectOption("thousand-gpu.yaml");
    await expect.poll(() => page.getByRole("application").getAttribute("aria-label")).toContain("128 servers");
    await openView(page, "Replay");
    // The server takes two at once: a third runs only where cancelled ones have ended.
    for (let times = 0; times < 3; times++) {
      await page.getByLabel("Days").fill("100");
      await page.getByRole("button", { name: "Run", exact: true }).click();
      const progress = page.getByRole("progressbar");
      const part = () => progress.evaluate((bar) => (bar as unknown as { value: number }).value);
      await expect.poll(part).toBeGreaterThan(0);
      const reached = await part();
      await expect.poll(part).toBeGreaterThan(reached);
      await page.getByRole("button", { name: "Cancel" }).click();
      await expect.poll(() => page.getByRole("alert").textContent()).toBe("Stopped.");
      expect(await progress.count()).toBe(0);
      // The keyboard stays where it was.
      expect(await page.evaluate("document.activeElement.textContent")).toBe("Run");
    }
    await page.getByLabel("Days").fill("0.05");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => page.getByTestId("now").textContent()).toContain("GPU-hours lost");
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe.skipIf(!requirement("chromium"))("a studio whose server goes and comes back", () => {
  const made = studioInChromium(["small.yaml", "thousand-gpu.yaml"], {
    prepare: async () => ({ open: "small.yaml", more: ["--port", String(await quietPort())] }),
  });

  test("says so, goes on with what it has, and with the rest when the server is back", async () => {
    const { browser, studio } = made;
    const { page } = await visit(browser, studio);
    await openView(page, "Change");
    await typeCount(page, "8", "12");
    await openView(page, "Fabric");
    expect(await studio.stop()).toBe(0);
    await expect.poll(() => notices(page).textContent()).toContain("does not answer");

    await failPart(page, "spine-a-01");
    expect(await page.getByTestId("verdict").textContent()).toBe("degraded");
    await page.getByRole("button", { name: "Save as scenario" }).click();
    await expect.poll(() => page.getByTestId("actions").locator("xpath=..").textContent()).toContain("does not answer");
    await page.getByLabel("Cluster file").selectOption("thousand-gpu.yaml");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("does not answer");
    await page.getByRole("button", { name: "Dismiss" }).click();
    expect(await page.getByLabel("Cluster file").inputValue()).toBe("small.yaml");
    expect(await page.getByTestId("verdict").textContent()).toBe("degraded");
    await openView(page, "Change");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => page.locator("main").textContent()).toContain("does not answer");
    expect(await editor(page).textContent()).toContain("count: 12");
    // Never looked at before: it is not there yet.
    await openView(page, "Price");
    await expect.poll(() => page.locator("main").textContent()).toContain("could not be loaded");

    await studio.restart();
    await expect.poll(() => notices(page).textContent()).toBe("");
    await page.getByTestId("cost").waitFor();
    await openView(page, "Change");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(() => page.getByText("small.yaml is saved.").count()).toBe(1);
    expect(readFileSync(join(studio.folder, "small.yaml"), "utf8")).toContain("count: 12");
    await page.close();
  });

  test("tells when it goes in the middle of a simulation, which runs again when it is back", async () => {
    const { browser, studio } = made;
    const { page } = await visit(browser, studio);
    await page.getByLabel("Cluster file").selectOption("thousand-gpu.yaml");
    await expect.poll(() => page.getByRole("application").getAttribute("aria-label")).toContain("128 servers");
    await openView(page, "Replay");
    await page.getByLabel("Days").fill("100");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    const part = () => page.getByRole("progressbar").evaluate((bar) => (bar as unknown as { value: number }).value);
    await expect.poll(part).toBeGreaterThan(0);
    await studio.stop();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("stopped before the simulation was done");
    await studio.restart();
    await expect.poll(() => notices(page).textContent()).toBe("");
    await page.getByLabel("Days").fill("0.05");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect.poll(() => page.getByTestId("now").textContent()).toContain("GPU-hours lost");
    await page.close();
  });
});
