/**
 * npm run bench:ns3: a ring AllReduce in ns-3, packet by packet, and in twinspine's fluid engine, on one cluster file and with
 * the same paths (every hash decision of our router becomes a static route of ns-3). Builds ring.cc; skipped with a reason
 * where g++ or libns3-dev is missing. Exits 1 when a completion time differs by more than 5%.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseCluster } from "../../../src/cluster/parse.ts";
import { buildFabric, type Fabric } from "../../../src/fabric/index.ts";
import { linkDelaysS } from "../../../src/simulate/collectives/delays.ts";
import {
  type GroupPlacement,
  groupsOf,
  pathDelays,
  scheduleCollective,
  secondsPerByte,
} from "../../../src/simulate/collectives/index.ts";
import { flowIdentity, LiveNetwork, networkOf } from "../../../src/simulate/network/index.ts";

interface Case {
  readonly name: string;
  readonly hosts: number;
  readonly placement: GroupPlacement;
  readonly seed: number;
  readonly chunkBytes: number;
}

const differenceMax = 0.05;
const cases: readonly Case[] = [
  { name: "32 hosts, neighbours under one leaf", hosts: 32, placement: "packed", seed: 1, chunkBytes: 4 * 2 ** 20 },
  { name: "32 hosts, random places", hosts: 32, placement: "random", seed: 1, chunkBytes: 4 * 2 ** 20 },
  { name: "32 hosts, random places", hosts: 32, placement: "random", seed: 2, chunkBytes: 4 * 2 ** 20 },
  { name: "32 hosts, every hop over a spine", hosts: 32, placement: "spread", seed: 1, chunkBytes: 4 * 2 ** 20 },
  { name: "64 hosts, random places", hosts: 64, placement: "random", seed: 3, chunkBytes: 2 ** 20 },
];

/** Hosts of one GPU and one 400G link, 8 under each leaf, 4 spines with 400G links: two for each leaf and spine. */
const clusterText = (hosts: number) => `
name: ns3
servers: { count: ${hosts}, gpus: 1, nics: 1, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }
plane:
  railOptimized: false
  leaf: { model: SN5600, downlinks: 8, uplinks: 4, oversubscription: 2 }
  spine: { model: SN5600, count: 4 }
  links: { access: { length: 20m }, leafSpine: { speed: 400Gbps, length: 50m } }
`;

/** UDP packets of 8,972 bytes in IP packets of 9,000 and PPP frames of 9,002. */
const payloadShare = 8972 / 9002;

interface Prepared {
  /** What ring.cc reads. */
  readonly input: string;
  readonly predictedS: number;
  /** Flows on the busiest link. */
  readonly sharing: number;
}

function prepare({ hosts, placement, seed, chunkBytes }: Case): Prepared {
  const cluster = parseCluster(clusterText(hosts), "ns3.yaml");
  const { fabric, rejections } = buildFabric(cluster);
  if (fabric === undefined) throw new Error(rejections.map((each) => each.message).join("; "));
  const network = networkOf(fabric, cluster.servers.scaleUpGbps);
  const live = new LiveNetwork(network, {
    policy: { kind: "ecmp", flowsPerConnection: 1 },
    rules: { mode: "active-standby", primary: 0 },
    localRepairS: 0,
    convergenceS: 0,
    seed,
  });
  const order = [...groupsOf(fabric, { placement, seed })[0]!];
  const delayOf = pathDelays(live.router, 0);
  const schedule = scheduleCollective({ network, cluster, delayOf, payloadShare }, order, "allreduce", "ring");
  const [perByteS] = secondsPerByte(live, [schedule]);
  const bytes = chunkBytes * hosts;
  const steps = 2 * (hosts - 1);
  // ns-3 knows nothing of NCCL: bytes and paths alone.
  const predictedS = bytes * perByteS! + schedule.phases[0]!.steps.pathS;
  const { routes, sharing } = routesOf(fabric, live, order, seed);
  const ring = `ring ${chunkBytes} ${steps} ${order.join(" ")}`;
  return { input: [...linksOf(fabric), ...routes, ring].join("\n"), predictedS, sharing };
}

/** Hosts are nodes 0 to n - 1; switch s is node n + s. The latency of a switch is part of the links that lead into it. */
function linksOf(fabric: Fabric): string[] {
  const { links, switches, serverCount } = fabric;
  const delays = linkDelaysS(fabric);
  const lines = [`nodes ${serverCount} ${switches.count}`];
  for (let link = 0; link < links.count; link++) {
    const lower = links.lowerSwitch[link]!;
    const from = lower < 0 ? links.endpoint[link]! : serverCount + lower;
    // One delay serves both directions in ns-3: the mean keeps the sum of a path up and down.
    const delayPs = Math.round(((delays[2 * link]! + delays[2 * link + 1]!) / 2) * 1e12);
    const bitsPerSecond = links.speedGbps[link]! * 1e9;
    lines.push(`link ${from} ${serverCount + links.upperSwitch[link]!} ${bitsPerSecond} ${delayPs}`);
  }
  return lines;
}

function routesOf(fabric: Fabric, live: LiveNetwork, order: readonly number[], seed: number) {
  const { links, serverCount } = fabric;
  const flows = new Map<number, number>();
  const routes: string[] = [];
  for (const [index, source] of order.entries()) {
    const destination = order[(index + 1) % order.length]!;
    const identity = flowIdentity(2 * source, 2 * destination, 0, seed);
    const path = live.router.route({ source, sourceSide: 0, destination, destinationSide: 0, identity })!;
    let node = source;
    for (const resource of path) {
      flows.set(resource, (flows.get(resource) ?? 0) + 1);
      const link = resource >> 1;
      const lower = links.lowerSwitch[link]!;
      const low = lower < 0 ? links.endpoint[link]! : serverCount + lower;
      const next = resource % 2 === 0 ? serverCount + links.upperSwitch[link]! : low;
      routes.push(`route ${node} ${next} ${destination}`);
      node = next;
    }
  }
  return { routes, sharing: Math.max(...flows.values()) };
}

function missing(): string | undefined {
  if (spawnSync("g++", ["--version"], { stdio: "ignore" }).status !== 0) return "there is no g++ (apt-get install g++)";
  if (!existsSync("/usr/include/ns3/core-module.h")) return "there is no ns-3 (apt-get install libns3-dev)";
  return undefined;
}

function main(): number {
  const reason = missing();
  if (reason !== undefined) {
    console.log(`skipped: ${reason}`);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "twinspine-ns3-"));
  try {
    const program = join(folder, "ring");
    const source = join(import.meta.dirname, "../../../../../bench/simulate/ns3/ring.cc");
    const libraries = ["core", "network", "internet", "traffic-control", "point-to-point"].map(
      (each) => `-lns3-${each}`,
    );
    execFileSync("g++", ["-O2", "-std=c++17", source, "-o", program, ...libraries], { stdio: "inherit" });
    console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}\n`);
    console.log(
      "case                                 sharing   ns-3 (us)   twinspine (us)   difference   packets   ns-3 takes",
    );
    let worst = 0;
    for (const each of cases) {
      const { input, predictedS, sharing } = prepare(each);
      const start = performance.now();
      const output = execFileSync(program, { input, encoding: "utf8" });
      const tookS = (performance.now() - start) / 1000;
      const [measuredS, packets] = output.trim().split(" ").map(Number) as [number, number];
      const difference = predictedS / measuredS - 1;
      worst = Math.max(worst, Math.abs(difference));
      console.log(
        `${each.name.padEnd(36)} ${String(sharing).padStart(7)} ${(measuredS * 1e6).toFixed(1).padStart(11)} ${(predictedS * 1e6).toFixed(1).padStart(16)} ${`${(difference * 100).toFixed(2)}%`.padStart(12)} ${String(packets).padStart(9)} ${`${tookS.toFixed(1)} s`.padStart(12)}`,
      );
    }
    console.log(`\nlargest difference ${(worst * 100).toFixed(2)}% (at most ${differenceMax * 100}%)`);
    return worst > differenceMax ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main();
