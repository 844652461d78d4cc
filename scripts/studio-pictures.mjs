// Takes the pictures of the studio in docs/images anew (npm run pictures): the built command in Debian's Chromium.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("..", import.meta.url));
const executablePath = process.env.TWINSPINE_CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

/** Opens an example, lets `work` bring it to what is to be seen, and keeps that. */
async function take(picture, example, colorScheme, work) {
  const words = [`${root}bin/twinspine.js`, "studio", `${root}examples/${example}.yaml`];
  const server = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  try {
    const url = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(String(data).trim())));
    page.setDefaultTimeout(120_000);
    await page.goto(url);
    await page.getByTestId("took").waitFor();
    // What the audit adds stands there as well.
    await page.getByTestId("colour-by").selectOption("verdict");
    await page.getByText("The audit is being worked out").first().waitFor({ state: "detached" });
    await page.getByTestId("colour-by").selectOption("plane");
    await work(page);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    const png = await page.screenshot();
    writeFileSync(`${root}docs/images/${picture}.png`, png);
    console.log(`docs/images/${picture}.png: ${Math.round(png.length / 1000)} kB`);
  } finally {
    await page.close();
    server.kill("SIGINT");
    await ended;
  }
}

async function find(page, name) {
  await page.getByRole("searchbox").fill(name);
  await page.getByRole("button", { name: "Find", exact: true }).click();
  await page.getByRole("searchbox").fill("");
}

async function fail(page, name) {
  await find(page, name);
  await page.getByTestId("part").getByRole("button", { name: "Fail", exact: true }).click();
  await page.getByTestId("actions").locator(".chip").first().waitFor();
}

const showAll = (page) => page.getByRole("button", { name: "All", exact: true }).click();

try {
  await take("studio-fabric", "thousand-gpu", "light", async (page) => {
    await fail(page, "spine-a-04");
    await showAll(page);
  });
  await take("studio-link", "thousand-gpu", "light", async (page) => {
    await find(page, "srv-0009");
    await page.getByRole("button", { name: "srv-0009/nic-1 – leaf-a-01" }).click();
    await page.getByTestId("chain").waitFor();
  });
  await take("studio-replay", "thousand-gpu", "dark", async (page) => {
    await page.getByRole("navigation").getByRole("button", { name: "Replay" }).click();
    await page.getByTestId("scenario").selectOption("scenarios/flapping-link.yaml");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByTestId("next-takeover").click();
    await page.getByRole("slider", { name: "Moment" }).press("ArrowRight");
    const settled = "/(fault|works)\\.$/.test(document.querySelector('[data-testid=then]').textContent)";
    await page.waitForFunction(settled);
  });
  await take("studio-hundred-thousand", "hundred-thousand", "dark", async (page) => {
    await fail(page, "leaf-a-300");
    await showAll(page);
  });
} finally {
  await browser.close();
}
