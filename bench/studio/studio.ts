/**
 * The studio in Debian's Chromium: from the click to the answer on screen, and the time of a frame while the drawing is moved.
 * Usage: npm run bench:studio [-- example ...]; default: thousand-gpu and hundred-thousand.
 */

import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { median } from "../../src/base/median.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const chromiumPath = process.env["TWINSPINE_CHROMIUM"] ?? "/usr/bin/chromium";
const clicks = ["leaf-a-*", "spine-a-*", "srv-*"];
const rounds = 3;
const widthPx = 1280;

interface Figures {
  readonly openMs: number;
  /** Click to answer, for every click. */
  readonly answerMs: readonly number[];
  /** Time between frames. */
  readonly frameMs: readonly number[];
}

/** Runs in the page: moves the held drawing to and fro in every frame; resolves to the times between frames; to none when nothing moved. */
const moveInEveryFrame = `new Promise((resolve) => {
  const canvas = document.querySelector("[data-testid=canvas]");
  // The mouse's, as Chromium numbers pointers.
  const pointerId = 1;
  const before = canvas.toDataURL();
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const deltas = [];
  let last = performance.now();
  const next = (now) => {
    deltas.push(now - last);
    last = now;
    if (deltas.length > 300) return resolve(canvas.toDataURL() === before ? [] : deltas.slice(2));
    const clientX = left + width / 2 + 220 * Math.sin(deltas.length / 18);
    canvas.dispatchEvent(new PointerEvent("pointermove", { pointerId, clientX, clientY: top + height / 2, bubbles: true }));
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

async function measure(browser: Browser, example: string): Promise<Figures> {
  const server = spawn(process.execPath, [`${root}/bin/twinspine.js`, "studio", `${root}/examples/${example}.yaml`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const url = await new Promise<string>((resolve) => {
      server.stdout.once("data", (data) => resolve(String(data).trim()));
    });
    const page = await browser.newPage({ viewport: { width: widthPx, height: 800 } });
    const started = performance.now();
    await page.goto(url);
    await page.getByTestId("took").waitFor({ timeout: 120_000 });
    const openMs = performance.now() - started;
    // The audit runs beside the clicks; frames and clicks are measured when it is done.
    await page.getByRole("application").focus();
    await page.keyboard.press("ArrowDown");
    await page.getByTestId("colour-by").selectOption("verdict");
    await page.getByText("The audit is being worked out").first().waitFor({ state: "detached", timeout: 120_000 });
    await page.getByTestId("colour-by").selectOption("plane");
    const answerMs: number[] = [];
    for (let round = 0; round < rounds; round++)
      for (const pattern of clicks) answerMs.push(await failAndHeal(page, pattern, round));
    const frameMs = await framesWhileMoving(page);
    await page.close();
    return { openMs, answerMs, frameMs };
  } finally {
    server.kill("SIGINT");
  }
}

/** Fails one of the parts that fit and waits for the answer; then heals it. */
async function failAndHeal(page: Page, pattern: string, round: number): Promise<number> {
  await page.getByRole("searchbox").fill(pattern);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.locator(".found button").nth(round).click();
  // Hardly time to read: a hurried hand.
  await page.waitForTimeout(200);
  await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
  await page.getByTestId("actions").locator(".chip").waitFor({ timeout: 60_000 });
  const told = (await page.getByTestId("took").textContent()) ?? "";
  await page.getByRole("button", { name: "Heal all" }).click();
  await page.getByText("Nothing yet.").waitFor();
  return Number(/in (\d+) ms/.exec(told)![1]);
}

async function framesWhileMoving(page: Page): Promise<number[]> {
  await page.getByRole("button", { name: "All", exact: true }).click();
  for (let times = 0; times < 3; times++) await page.getByRole("button", { name: "Zoom in" }).click();
  const canvas = (await page.getByTestId("canvas").boundingBox())!;
  const y = canvas.y + canvas.height / 2;
  const middle = canvas.x + canvas.width / 2;
  await page.mouse.move(middle, y);
  await page.mouse.down();
  const frames = await page.evaluate<number[]>(moveInEveryFrame);
  await page.mouse.up();
  if (frames.length === 0) throw new Error("the drawing did not move");
  return frames;
}

function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

const examples = process.argv.length > 2 ? process.argv.slice(2) : ["thousand-gpu", "hundred-thousand"];
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8", cwd: root }).trim();
const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--disable-gpu"] });
try {
  console.log(
    `commit ${commit}, Node ${process.version}, Chromium ${browser.version()} without a GPU, ${widthPx} px wide`,
  );
  for (const example of examples) {
    const { openMs, answerMs, frameMs } = await measure(browser, example);
    console.log(
      `${example}: open ${Math.round(openMs)} ms; click to answer median ${Math.round(median(answerMs))} ms, worst ${Math.max(...answerMs)} ms of ${answerMs.length}; ` +
        `frame while moving median ${median(frameMs).toFixed(1)} ms, 95% ${share(frameMs, 0.95).toFixed(1)} ms of ${frameMs.length}`,
    );
  }
} finally {
  await browser.close();
}
