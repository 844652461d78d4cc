/** A report in a real browser: nothing is loaded, nothing complains, nothing sticks out. */

import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { chromiumPath } from "../setup/requirements.ts";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath()!, args: flags });
}

/** Opens the file and holds it to what every report keeps; the caller closes the page. */
export async function openReport(
  browser: Browser,
  file: string,
  width: number,
  colorScheme: "light" | "dark",
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  const address = pathToFileURL(file).href;
  await page.goto(address);
  expect(complaints).toEqual([]);
  expect(requests).toEqual([address]);
  const overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  expect(overflow).toBe(0);
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
    colorScheme === "dark" ? "rgb(17, 22, 28)" : "rgb(255, 255, 255)",
  );
  return page;
}

/**
 * Runs in the page: pairs of texts of one picture whose boxes overlap by more than a pixel, and texts outside their picture by more than
 * `spare` pixels (a box has room for accents and descenders that its text may not need).
 */
export const overlappingTexts = (spare: number) => `(() => {
  const problems = [];
  const spare = ${spare};
  for (const picture of document.querySelectorAll("svg")) {
    const frame = picture.getBoundingClientRect();
    const texts = [...picture.querySelectorAll("text")].map((node) => ({
      words: [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(""),
      box: node.getBoundingClientRect(),
    }));
    for (const [index, { words, box }] of texts.entries()) {
      if (box.left < frame.left - spare || box.right > frame.right + spare || box.top < frame.top - spare || box.bottom > frame.bottom + spare) problems.push("clipped: " + words);
      for (const other of texts.slice(index + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (wide > 1 && high > 4) problems.push(words + " | " + other.words);
      }
    }
  }
  return problems;
})()`;
