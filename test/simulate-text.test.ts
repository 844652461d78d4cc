/** What `twinspine simulate` prints for people, word for word. Run with -u to write it anew. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { root, temporaryFolder, twinspine } from "./support/twinspine.ts";

const runs: Readonly<Record<string, { readonly args: readonly string[]; readonly code: number }>> = {
  healthy: { args: ["examples/small.yaml", "--scenario", "NOTHING"], code: 0 },
  scenario: { args: ["examples/thousand-gpu.yaml", "--scenario", "examples/scenarios/access-link.yaml"], code: 0 },
  modes: {
    args: ["examples/busy-links.yaml", "--scenario", "examples/scenarios/worn-links.yaml", "--mode", "all"],
    code: 0,
  },
  lost: { args: ["examples/tree.yaml", "--scenario", "LOST"], code: 1 },
  collective: {
    args: ["examples/thousand-gpu.yaml", "--collective", "allreduce", "--bytes", "8KiB..8GiB", "-f", "8"],
    code: 0,
  },
  groups: {
    args: ["examples/thousand-gpu.yaml", "--collective", "alltoall", "--group-size", "16", "--placement", "random"],
    code: 0,
  },
  flows: { args: ["examples/thousand-gpu.yaml", "--flows", "examples/flows.csv"], code: 0 },
};
const scenarios: Readonly<Record<string, string>> = {
  NOTHING: "name: nothing happens\nduration: 10min\n",
  LOST: "name: a cable breaks for two and a half minutes\nevents:\n  - { at: 100s, event: fail, part: srv-0003/nic-1/port-1/cable, for: 150s }\n",
};

describe("the text of simulate", () => {
  test.each(Object.entries(runs))("%s", async (name, { args, code }) => {
    const folder = temporaryFolder();
    const given = args.map((each) => {
      const text = scenarios[each];
      if (text === undefined) return each;
      const file = join(folder, "scenario.yaml");
      writeFileSync(file, text);
      return file;
    });
    const run = twinspine(["simulate", ...given]);
    expect([run.code, run.stderr]).toEqual([code, ""]);
    const wide = run.stdout.split("\n").filter((line) => [...line].length > 120);
    expect(wide).toEqual([]);
    await expect(run.stdout).toMatchFileSnapshot(`./golden/simulate-${name}.txt`);
  });
});

test("runs in several workers at once give the same bytes as one after the other", async () => {
  const script = `
    const { parentPort, workerData } = require("node:worker_threads");
    (async () => {
      const load = (path) => import(new URL(path, workerData.dist).href);
      const { parseCluster } = await load("cluster/parse.js");
      const { buildFabric } = await load("fabric/index.js");
      const { randomScenario, timelineOf } = await load("simulate/scenario/timeline.js");
      const { prepareSimulation } = await load("simulate/training/index.js");
      const cluster = parseCluster(workerData.text, "cluster.yaml");
      const { fabric } = buildFabric(cluster);
      const timeline = timelineOf(fabric, cluster, randomScenario(5, workerData.seed));
      const wish = { mode: "load-balancing", policy: { kind: "ecmp", flowsPerConnection: 2 }, seed: workerData.seed };
      const simulation = prepareSimulation(cluster, fabric, timeline, wish);
      for (const _ of simulation.run());
      parentPort.postMessage(JSON.stringify(simulation.result()));
    })();`;
  const text = "name: workers\nservers: {count: 16, gpus: 4, nics: 4}\nplane: {}\n";
  const dist = new URL("dist/", `file://${root}/`).href;
  const run = (seed: number) =>
    new Promise<string>((resolve, reject) => {
      const worker = new Worker(script, { eval: true, workerData: { dist, text, seed } });
      worker.on("message", resolve).on("error", reject);
    });
  const together = await Promise.all([1, 2, 1, 3].map(run));
  const alone: string[] = [];
  for (const seed of [1, 2, 1, 3]) alone.push(await run(seed));
  expect(together).toEqual(alone);
  expect(together[0]).toBe(together[2]);
  expect(new Set(together).size).toBe(3);
  expect(JSON.parse(together[0]!).events.length).toBeGreaterThan(0);
});
