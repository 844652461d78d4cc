/** The whole story by the keyboard alone, for somebody who does not want things to move: the focus is never lost. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { type Studio, studioInChromium, type Visit, visit } from "./support.ts";

/** Runs in the page: the name of what has the focus; empty when nothing has. */
const focusedName = `(() => {
  let at = document.activeElement;
  if (at === null || at === document.body) return "";
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  const label = at.labels?.[0]?.cloneNode(true);
  for (const each of label?.querySelectorAll("select, input") ?? []) each.remove();
  return (at.ariaLabel ?? label?.textContent ?? at.textContent).trim();
})()`;

const editor = "Text of the cluster file";

const focused = (page: Page) => page.evaluate<string>(focusedName);

/** Presses Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let times = 0; times < 120; times++) {
    const now = await focused(page);
    if (now === name) return;
    passed.push(now);
    // The editor lets Tab out after Escape.
    if (now === editor) await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${name}, only ${[...new Set(passed)].join(" | ")}`);
}

/** Uses something with Enter. */
async function use(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

describe.skipIf(!requirement("chromium"))("the studio by the keyboard alone", () => {
  const made = studioInChromium(["small.yaml"]);
  let studio: Studio;
  let seen: Visit;

  beforeAll(async () => {
    studio = made.studio;
    seen = await visit(made.browser, studio, { reducedMotion: "reduce" });
  });

  test("a part is walked to, failed, healed, undone and redone, and what happens is said", async () => {
    const { page } = seen;
    const chips = page.getByTestId("actions").locator(".chip");
    const said = () => page.locator("[aria-live]").textContent();
    await tabTo(page, (await page.getByRole("application").getAttribute("aria-label"))!);
    await page.keyboard.press("ArrowDown");
    await expect.poll(said).toBe("spine-a-01");
    await page.keyboard.press("f");
    await chips.waitFor();
    await expect.poll(said).toBe("spine-a-01: degraded.");
    expect(await focused(page)).toContain("Drawing of small");
    await page.keyboard.press("Control+z");
    await expect.poll(() => chips.count()).toBe(0);
    await page.keyboard.press("Control+z");
    for (let times = 0; times < 2; times++) await page.keyboard.press("Control+y");
    await expect.poll(() => chips.count()).toBe(1);
    for (let times = 0; times < 2; times++) await page.keyboard.press("h");
    await expect.poll(() => page.getByTestId("kept").textContent()).toBe("100%");
    await page.keyboard.press("Escape");

    await tabTo(page, "Find a part by name or pattern");
    await page.keyboard.type("srv-0002/nic-*");
    await page.keyboard.press("Enter");
    await use(page, "srv-0002/nic-1a");
    await expect.poll(() => page.getByTestId("part").textContent()).toContain("srv-0002/nic-1a");
    expect(await focused(page)).not.toBe("");
    for (const deed of ["Fail", "Heal", "Fail"]) {
      await use(page, deed);
      const button = page.getByRole("button", { name: deed, exact: true });
      await expect.poll(() => button.getAttribute("aria-disabled")).toBe("true");
      expect(await focused(page)).toBe(deed);
    }
    for (const deed of ["Undo", "Redo", "Undo", "Heal all"]) {
      await use(page, deed);
      expect(await focused(page)).toBe(deed);
    }
    await expect.poll(() => page.getByTestId("actions").getByRole("listitem").count()).toBe(0);
  });

  test("a link is opened from its server, a part of it from the link; one action is taken back and done again", async () => {
    const { page } = seen;
    const count = () => page.getByTestId("actions").getByRole("listitem").count();
    await tabTo(page, "Find a part by name or pattern");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("srv-0003");
    await page.keyboard.press("Enter");
    await use(page, "srv-0003/nic-1a – leaf-a-01");
    await expect.poll(() => focused(page)).toBe("Selected link: srv-0003/nic-1a – leaf-a-01");
    await use(page, "cable");
    await expect.poll(() => focused(page)).toMatch(/^Selected: .*cable/);
    await use(page, "Fail");
    await page.getByTestId("takeovers").waitFor();
    const taken = page.getByTestId("actions").getByRole("button", { name: /^Take back/ });
    await use(page, (await taken.getAttribute("aria-label"))!);
    await expect.poll(count).toBe(0);
    await expect.poll(() => focused(page)).not.toBe("");
    await use(page, "Redo");
    await expect.poll(count).toBe(1);
    await use(page, "Save as scenario");
    await expect.poll(() => page.getByText("Saved as rehearsal.yaml.").count()).toBe(1);
  });

  test("a scenario is run and looked at; a file is edited and saved; money is moved; a file is taken away", async () => {
    const { page } = seen;
    await use(page, "Replay");
    await page.getByTestId("scenario").waitFor();
    await tabTo(page, "Scenario");
    // As lists are used: by the letters that an entry begins with.
    await page.keyboard.type("rehearsal");
    await expect.poll(() => page.getByTestId("scenario").inputValue()).toBe("rehearsal.yaml");
    await use(page, "Run");
    await page.getByTestId("next-takeover").waitFor();
    await use(page, "Next takeover");
    await expect.poll(() => page.getByTestId("moment").textContent()).toContain("60 s of");
    await tabTo(page, "Moment");
    await page.keyboard.press("End");
    await expect.poll(() => page.getByTestId("events").getByRole("listitem").count()).toBeGreaterThan(0);

    await use(page, "Change");
    await page.getByTestId("design").waitFor();
    await tabTo(page, editor);
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("# by hand");
    await page.keyboard.press("Enter");
    await use(page, "Save");
    await expect.poll(() => page.getByText("small.yaml is saved.").count()).toBe(1);
    expect(await focused(page)).toBe("Save");
    expect(readFileSync(join(studio.folder, "small.yaml"), "utf8")).toMatch(/^# by hand\n/);

    await use(page, "Price");
    await page.getByTestId("cost").waitFor();
    const before = await page.getByTestId("cost").textContent();
    await tabTo(page, "A GPU-hour");
    await page.keyboard.press("End");
    await expect.poll(() => page.getByTestId("cost").textContent()).not.toBe(before);
    await use(page, "Take away");
    await tabTo(page, "cabling.csv");
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
    expect(download.suggestedFilename()).toBe("small-cabling.csv");
    await expect.poll(() => focused(page)).toBe("cabling.csv");
  });

  test("nothing moves by itself, and nothing complained", async () => {
    const { page, complaints } = seen;
    for (const view of ["Fabric", "Replay", "Compare", "Change", "Price", "Take away"]) {
      await use(page, view);
      if (view === "Change") await tabTo(page, editor);
      expect(await page.evaluate("document.getAnimations().length"), view).toBe(0);
    }
    expect(complaints).toEqual([]);
  });
});
