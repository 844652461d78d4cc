/** The studio without a mouse, without eyes, with fingers, in light and dark: judged by Chromium's own accessibility tree. */

import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { openView, pictureOf, studioInChromium, type Visit, visit } from "./support.ts";

const views = ["Fabric", "Replay", "Compare", "Change", "Price", "Take away"];
/** Roles of what can be used; each needs a name. */
const usable = new Set(["button", "combobox", "slider", "spinbutton", "textbox", "searchbox", "link", "application"]);

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

async function accessibilityTree(page: Page): Promise<AxNode[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send("Accessibility.getFullAXTree")) as unknown as { nodes: AxNode[] };
  await session.detach();
  return nodes.filter(({ ignored }) => !ignored);
}

/** Runs in the page: texts whose contrast with what is behind them is below 4.5 (large ones 3), as WCAG 2.2 counts. */
const listFaint = `(() => {
  const parse = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const over = (top, below, alpha) => top.map((value, index) => value * alpha + below[index] * (1 - alpha));
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element) => {
    const layers = [];
    for (let each = element; each !== null; each = each.parentElement ?? each.getRootNode().host ?? null)
      layers.unshift(parse(getComputedStyle(each).backgroundColor));
    return layers.reduce((below, { rgb, alpha }) => over(rgb, below, alpha), [255, 255, 255]);
  };
  const found = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      if (!element.checkVisibility() || element.closest(".hidden, :disabled, option, script, style")) continue;
      const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
      if (own === "") continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const { rgb, alpha } = parse(style.color);
      const letters = over(rgb, ground, alpha);
      const [low, high] = [luminance(letters), luminance(ground)].sort((left, right) => left - right);
      const contrast = (high + 0.05) / (low + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (isLarge ? 3 : 4.5)) found.push(own.slice(0, 40) + " " + contrast.toFixed(2));
    }
  };
  walk(document);
  return found;
})()`;

/** Runs in the page: everything that can be used now and that Tab should reach. */
const listUsable = `[...document.querySelectorAll("button, select, input, summary, [tabindex]")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0)
  .map((each, index) => (each.dataset.walk = String(index)))`;

/** Runs in the page: what has the focus, and whether that is seen. */
const focused = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (at === null || at === document.body) return undefined;
  return { id: at.dataset.walk, isSeen: getComputedStyle(at).outlineStyle !== "none", isEditor: at.isContentEditable };
})()`;

async function openAndWait(page: Page, view: string): Promise<void> {
  await openView(page, view);
  await expect.poll(() => page.locator("main").textContent(), { timeout: 30_000 }).not.toMatch(/Loading …/);
  if (view === "Price") await page.getByTestId("cost").waitFor({ timeout: 30_000 });
  if (view === "Compare")
    await expect
      .poll(() => page.getByTestId("comparison").textContent(), { timeout: 30_000 })
      .not.toContain("working it out");
  if (view === "Change") await page.getByTestId("design").waitFor({ timeout: 30_000 });
}

describe.skipIf(!requirement("chromium"))("the studio for everybody", () => {
  const made = studioInChromium(["thousand-gpu.yaml", "scenarios/access-link.yaml"]);
  let seen: Visit;

  beforeAll(async () => {
    seen = await visit(made.browser, made.studio, { hasTouch: true });
    const { page } = seen;
    // Something of everything: a failure with its chips and takeovers, a run on the time line.
    await page.getByRole("searchbox").fill("srv-0001/nic-1/port-1/module");
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
    await page.getByTestId("actions").locator(".chip").first().waitFor();
    await openView(page, "Replay");
    await page.getByTestId("scenario").selectOption("scenarios/access-link.yaml");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByTestId("next-takeover").click();
  });

  test.each(views)("%s has its landmarks, and a name for everything that can be used", async (view) => {
    const { page } = seen;
    await openAndWait(page, view);
    const nodes = await accessibilityTree(page);
    const roles = nodes.map(({ role }) => role?.value);
    expect(roles.filter((role) => role === "main")).toHaveLength(1);
    for (const landmark of ["banner", "navigation", "heading"]) expect(roles).toContain(landmark);
    const nameless = nodes.filter(({ role, name }) => usable.has(role?.value ?? "") && (name?.value ?? "") === "");
    expect(nameless).toEqual([]);
  });

  test.each(views)("%s is walked by Tab alone, and the focus is always seen", async (view) => {
    const { page } = seen;
    await openAndWait(page, view);
    const all = await page.evaluate<string[]>(listUsable);
    const reached = new Set<string>();
    await page.evaluate("document.activeElement?.blur()");
    for (let times = 0; times < 2 * all.length + 12 && reached.size < all.length; times++) {
      const now = await page.evaluate<{ id?: string; isSeen: boolean; isEditor: boolean } | undefined>(focused);
      if (now?.isEditor) await page.keyboard.press("Escape");
      if (now?.id !== undefined) {
        reached.add(now.id);
        expect(now.isSeen, `focus on ${now.id} of ${view}`).toBe(true);
      }
      await page.keyboard.press("Tab");
    }
    expect(all.filter((each) => !reached.has(each))).toEqual([]);
  });

  test.each(["light", "dark"] as const)("every text in %s has a contrast of 4.5", async (scheme) => {
    const { page } = seen;
    await page.emulateMedia({ colorScheme: scheme });
    for (const view of views) {
      await openAndWait(page, view);
      expect(await page.evaluate(listFaint), view).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: "light" });
  });

  test("a pinch zooms in, on a touch pad and on a touch screen, and out again", async () => {
    const { page } = seen;
    await openAndWait(page, "Fabric");
    const picture = () => pictureOf(page);
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expect.poll(picture).not.toBe("");
    const whole = await picture();
    const box = (await page.getByTestId("canvas").boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -120);
    await page.keyboard.up("Control");
    await expect.poll(picture).not.toBe(whole);
    await page.getByRole("button", { name: "All", exact: true }).click();
    await expect.poll(picture).toBe(whole);

    const session = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", apart: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [-1, 1].map((side, id) => ({ x: x + side * apart, y, id })),
      });
    await touch("touchStart", 60);
    for (const apart of [80, 120, 160]) await touch("touchMove", apart);
    await expect.poll(picture).not.toBe(whole);
    for (const apart of [100, 60, 30]) await touch("touchMove", apart);
    await touch("touchEnd", 0);
    await expect.poll(picture).toBe(whole);
    await session.detach();
  });

  test("nothing complained", () => expect(seen.complaints).toEqual([]));
});
