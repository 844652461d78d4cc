/** A studio that other machines can reach: nothing without its token, and the token goes nowhere else. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { openView, type Studio, studioInChromium, type Visit, visit } from "./support.ts";

describe.skipIf(!requirement("chromium"))("a studio with a token", () => {
  // Not one of the addresses that are taken for this machine alone, and yet reached by this machine alone.
  const made = studioInChromium(["small.yaml"], {
    prepare: () => ({ open: "small.yaml", more: ["--host", "127.0.0.2"] }),
  });
  let studio: Studio;
  let seen: Visit;
  let token: string;
  let bare: string;

  beforeAll(async () => {
    studio = made.studio;
    const address = new URL(studio.url);
    token = address.hash.replace("#token=", "");
    bare = `${address.origin}/`;
    seen = await visit(made.browser, studio);
  });

  test("tells nothing without it, and says what is missing", async () => {
    expect(token.length).toBeGreaterThanOrEqual(32);
    const page = await made.browser.newPage();
    await page.goto(bare);
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("token");
    expect(await page.getByRole("alert").textContent()).toContain("address");
    expect(await page.content()).not.toContain("srv-0001");
    for (const path of ["api/session", "api/file?name=small.yaml", "api/version?name=small.yaml"]) {
      expect((await fetch(bare + path)).status).toBe(401);
      expect((await fetch(`${bare}${path}${path.includes("?") ? "&" : "?"}token=${token}`)).status).toBe(401);
    }
    const written = await fetch(`${bare}api/file?name=small.yaml`, { method: "PUT", body: "name: taken" });
    expect(written.status).toBe(401);
    expect((await fetch(`${bare}api/simulate`, { method: "POST", body: "{}" })).status).toBe(401);
    // The printed address, pasted into the same tab, is enough.
    await page.goto(studio.url);
    await page.getByTestId("took").waitFor();
    await page.close();
  });

  test("the token stands in no address, request, link, title or text of the page, nor in the tab's history", async () => {
    const { page, requests } = seen;
    expect(page.url()).not.toContain(token);
    for (const view of ["Price", "Change", "Fabric"]) {
      await openView(page, view);
      expect(page.url()).not.toContain(token);
    }
    await page.reload();
    await page.getByTestId("took").waitFor();
    expect(requests.filter((each) => each.includes(token))).toEqual([]);
    expect(await page.content()).not.toContain(token);
    expect(await page.title()).not.toContain(token);
    const session = await page.context().newCDPSession(page);
    const { entries } = (await session.send("Page.getNavigationHistory")) as { entries: { url: string }[] };
    expect(entries.length).toBeGreaterThan(2);
    expect(entries.filter(({ url }) => url.includes(token))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
  });

  test.each(["report.html", "assessment.json", "fabric.json", "SVG"])("nor in %s", async (name) => {
    const { page } = seen;
    await openView(page, "Take away");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name, exact: true }).click(),
    ]);
    expect(download.url()).not.toContain(token);
    const content = readFileSync((await download.path())!, "utf8");
    expect(content.length).toBeGreaterThan(500);
    expect(content).not.toContain(token);
    expect(content).not.toContain("127.0.0.2");
  });

  test("a server that was started anew says that it wants another token; the pasted address is enough", async () => {
    const { page } = seen;
    await openView(page, "Fabric");
    await page.evaluate("sessionStorage.setItem('token', 'old')");
    await page.reload();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("token");
    await page.evaluate(`location.hash = "token=${token}"`);
    await page.getByTestId("took").waitFor();
    expect(page.url()).not.toContain(token);
  });

  test("nothing else complained", () => {
    expect(seen.complaints.filter((each) => !each.includes("401"))).toEqual([]);
  });
});
