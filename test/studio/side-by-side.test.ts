/** What Compare shows, to the digit what the command line says of the same files: two kinds of links, one link or two, two modes. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import type { AuditResult } from "../../src/audit/types.ts";
import type { PriceResult } from "../../src/economics/index.ts";
import {
  formatBandwidth,
  formatDuration,
  formatPower,
  formatRough,
  formatShare,
  formatUsdShort,
} from "../../src/report/format.ts";
import type { TrainingResult } from "../../src/simulate/result.ts";
import { requirement } from "../setup/requirements.ts";
import { commandJson, find, openView, type Studio, studioInChromium, visit } from "./support.ts";

const part = "srv-0001/nic-1/port-1/module";

describe.skipIf(!requirement("chromium"))("side by side", () => {
  const made = studioInChromium(["thousand-gpu.yaml", "tree.yaml", "homogeneous.yaml", "heterogeneous.yaml"]);
  let studio: Studio;
  beforeAll(() => {
    studio = made.studio;
  });

  /** The rows of the table by name, each with its two cells. */
  async function compared(page: Page, left: string, right: string, modes: readonly [string, string], failed: string) {
    await openView(page, "Compare");
    const choose = async (side: string, file: string, mode: string) => {
      await page.getByLabel(`${side}: cluster file`).selectOption(file);
      await page.getByLabel(`${side}: switching mode`).selectOption(mode);
    };
    await choose("Left", left, modes[0]);
    await choose("Right", right, modes[1]);
    await page.getByLabel("Part that fails on both").fill(failed);
    await page.getByRole("button", { name: "Compare", exact: true }).last().click();
    const table = page.getByTestId("comparison");
    const failedRow = table.getByRole("row", { name: "Part that fails" });
    await expect.poll(() => failedRow.textContent()).toContain(`${failed}${failed}`);
    await expect.poll(() => table.locator("tbody tr").last().textContent()).toMatch(/\$.*\$/);
    const rows = await table
      .locator("tbody tr")
      .evaluateAll((all) =>
        (all as unknown as { cells: { textContent: string }[] }[]).map(({ cells }) =>
          [...cells].map(({ textContent }) => textContent.replace(" (better)", "")),
        ),
      );
    return new Map(rows.map(([name, ...cells]) => [name!, cells]));
  }

  /** What the table must show of a file, by what the command line says of it. */
  function told(file: string, failed: string): Record<string, string> {
    const path = join(studio.folder, file);
    const scenario = join(studio.folder, "one.yaml");
    writeFileSync(scenario, `duration: 120s\nevents:\n  - { at: 60s, event: fail, part: "${failed}" }\n`);
    const simulated = commandJson<TrainingResult>("simulate", path, "--scenario", scenario);
    const { price } = commandJson<{ price: PriceResult }>("price", path, "--baseline", "none");
    const { audit } = commandJson<{ audit: AuditResult }>("audit", path, "--no-pairs");
    expect(audit.healthyGbpsPerGpu.placed).toBe(price.healthyGbpsPerGpu);
    const last = simulated.timeline.at(-1)!;
    const [event] = simulated.events;
    const takeover = simulated.takeovers.toSorted((one, other) => other.totalUs - one.totalUs)[0];
    const time = (us: number) => formatDuration(us / 1e6);
    return {
      "AllReduce of all gradients": formatDuration(simulated.healthy.exchangeS),
      Step: formatDuration(simulated.healthy.stepTimeS),
      "Bus bandwidth of each GPU": formatBandwidth(audit.healthyGbpsPerGpu.placed),
      "With the failure: verdict": event!.verdict,
      "With the failure: bandwidth kept": formatShare(event!.bandwidthKept),
      "With the failure: stood still": formatDuration(event!.stalledS),
      "With the failure: step": last.stepTimeS === null ? "stands still" : formatDuration(last.stepTimeS),
      "With the failure: takeover":
        takeover === undefined
          ? "none"
          : `detect ${time(takeover.detectUs)} + decide ${time(takeover.decideUs)} + switch ${time(takeover.switchUs)} + replay ${time(takeover.replayUs)} = ${time(takeover.totalUs)}`,
      "Interruptions a month": formatRough(price.interruptionsPerMonth),
      "Effective training time": formatShare(price.ettr),
      "GPU-hours lost a year": formatRough(price.gpuHoursLostPerYear),
      "Purchase of the network": formatUsdShort(price.purchaseUsd),
      "Power of the network": formatPower(price.powerW),
      "Cost a year": formatUsdShort(price.costPerYear),
    };
  }

  function expectSame(rows: Map<string, string[]>, left: Record<string, string>, right: Record<string, string>): void {
    for (const name of Object.keys(left)) expect([name, ...rows.get(name)!]).toEqual([name, left[name], right[name]]);
    // Whatever is compared differs in something.
    expect(left).not.toEqual(right);
  }

  test("InfiniBand and InfiniBand against InfiniBand and Ethernet", async () => {
    const { page, complaints } = await visit(made.browser, studio);
    const failed = "srv-0001/nic-1a/port-1/module";
    const rows = await compared(page, "homogeneous.yaml", "heterogeneous.yaml", ["", ""], failed);
    expectSame(rows, told("homogeneous.yaml", failed), told("heterogeneous.yaml", failed));
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("one link against two", async () => {
    const { page, complaints } = await visit(made.browser, studio);
    const rows = await compared(page, "tree.yaml", "thousand-gpu.yaml", ["", ""], part);
    expectSame(rows, told("tree.yaml", part), told("thousand-gpu.yaml", part));
    expect(rows.get("Switching mode")).toEqual(["single link", "load-balancing"]);
    expect(rows.get("With the failure: takeover")![0]).toBe("none");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("active-standby against load-balancing", async () => {
    const { page, complaints } = await visit(made.browser, studio);
    const text = readFileSync(join(studio.folder, "thousand-gpu.yaml"), "utf8");
    for (const mode of ["active-standby", "load-balancing"])
      writeFileSync(join(studio.folder, `${mode}.yaml`), text.replace("mode: load-balancing", `mode: ${mode}`));
    const modes = ["active-standby", "load-balancing"] as const;
    const rows = await compared(page, "thousand-gpu.yaml", "thousand-gpu.yaml", modes, part);
    expectSame(rows, told("active-standby.yaml", part), told("load-balancing.yaml", part));
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("what a part does alone is what audit says of its kind", async () => {
    const { page } = await visit(made.browser, studio);
    const { audit } = commandJson<{ audit: AuditResult }>(
      "audit",
      join(studio.folder, "thousand-gpu.yaml"),
      "--no-pairs",
    );
    for (const { example, verdict, bandwidthKept } of audit.nMinusOne) {
      await find(page, example);
      const alone = page.getByRole("region", { name: `Selected: ${example}` }).getByTestId("alone");
      await expect.poll(() => alone.textContent()).toContain(`${verdict} keeps ${formatShare(bandwidthKept)}`);
    }
    await page.close();
  });
});
