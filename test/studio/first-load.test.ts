/** What a first visit costs, how it looks to those who do not see it, and what hostile files do. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Response } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { find, openView, type Studio, studioInChromium, visit } from "./support.ts";

const bytesMax = 300_000;

/** Runs in the page: everything that can be used and has no text, label or description. */
const listNameless = `[...document.querySelectorAll("button, select, input, [role=application], img")]
  .filter((each) => {
    const label = [...(each.labels ?? [])].map((one) => one.textContent).join("");
    const texts = each.tagName === "SELECT" ? [] : [each.textContent];
    if (each.tagName === "IMG") return each.getAttribute("alt") === null;
    return [...texts, each.getAttribute("aria-label"), label].every((text) => (text ?? "").trim() === "");
  })
  .map((each) => each.outerHTML)`;

/** Bytes of the body as it was sent, compressed. */
async function sentBytes(response: Response): Promise<number> {
  expect(response.headers()["content-encoding"], response.url()).toMatch(/^(gzip|deflate|br)$/);
  return (await response.request().sizes()).responseBodySize;
}

describe.skipIf(!requirement("chromium"))("a visit of the studio", () => {
  const made = studioInChromium(["small.yaml", "false-dual.yaml"]);
  let browser: Browser;
  let studio: Studio;

  beforeAll(() => {
    ({ browser, studio } = made);
  });

  test(`the first load is below ${bytesMax / 1000} kB compressed, worker included`, async () => {
    const page = await browser.newPage();
    const names: string[] = [];
    const sizes = new Map<string, Promise<number>>();
    page.on("response", (response) => {
      if (response.url().includes("/api/")) return;
      const name = new URL(response.url()).pathname;
      // The second worker comes out of the browser's cache.
      if (sizes.has(name)) return;
      names.push(name);
      sizes.set(name, sentBytes(response));
    });
    await page.goto(studio.url);
    await page.getByTestId("took").waitFor();
    const bytes = (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0);
    expect(names.some((name) => name.includes("worker"))).toBe(true);
    expect(bytes).toBeLessThan(bytesMax);
    expect(names.filter((name) => /change-view|replay-view|make-file/.test(name))).toEqual([]);
    await page.close();
  });

  test("everything that can be done has a name", async () => {
    const { page, complaints } = await visit(browser, studio);
    for (const view of ["Fabric", "Replay", "Compare", "Change", "Price", "Take away"]) {
      await openView(page, view);
      await expect.poll(() => page.locator("main").textContent()).not.toContain("Loading");
      const nameless = await page.evaluate(listNameless);
      expect(nameless, view).toEqual([]);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("script in names stays text, everywhere", async () => {
    const hostile = '"<img src=x onerror=alert(1)><script>alert(2)</script>"';
    const text = readFileSync(join(studio.folder, "small.yaml"), "utf8").replace(/^name: .*$/m, `name: ${hostile}`);
    writeFileSync(join(studio.folder, "hostile.yaml"), text);
    const { page, complaints } = await visit(browser, studio);
    let alerts = 0;
    page.on("dialog", (dialog) => {
      alerts++;
      void dialog.dismiss();
    });
    await page.getByLabel("Cluster file").selectOption("hostile.yaml");
    await expect.poll(() => page.getByRole("application").getAttribute("aria-label")).toContain("<script>");
    await find(page, "srv-0001");
    for (const view of ["Compare", "Change", "Price", "Take away", "Fabric"]) await openView(page, view);
    expect(await page.locator("img[src=x], main script").count()).toBe(0);
    expect(alerts).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("a huge file and a broken one are told and leave the page usable", async () => {
    writeFileSync(
      join(studio.folder, "huge.yaml"),
      `name: huge\nservers: { count: 8 }\nplane: {}\n${"# more\n".repeat(200_000)}`,
    );
    writeFileSync(join(studio.folder, "broken.yaml"), "name: [\n");
    const { page } = await visit(browser, studio);
    await page.getByLabel("Cluster file").selectOption("huge.yaml");
    await expect.poll(() => page.getByRole("alert").textContent(), { timeout: 20_000 }).toMatch(/too|more|at most/);
    await page.getByLabel("Cluster file").selectOption("broken.yaml");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("broken.yaml, line");
    await page.getByLabel("Cluster file").selectOption("small.yaml");
    await page.getByTestId("feels").waitFor();
    await page.close();
  });

  test("a page of another origin gets nothing, in a real browser", async () => {
    const page = await browser.newPage();
    await page.goto("about:blank");
    const answers = await page.evaluate(async (url) => {
      const ask = (path: string, init: RequestInit) =>
        fetch(url + path, init).then(
          (response) => `${response.type} ${response.status}`,
          () => "refused",
        );
      return [
        await ask("api/session", {}),
        await ask("api/file?name=small.yaml", { method: "PUT", body: "name: taken" }),
        await ask("api/file?name=small.yaml", { method: "POST", mode: "no-cors", body: "name: taken" }),
      ];
    }, studio.url);
    expect(answers.slice(0, 2)).toEqual(["refused", "refused"]);
    expect(readFileSync(join(studio.folder, "small.yaml"), "utf8")).not.toContain("taken");
    await page.close();
  });
});
