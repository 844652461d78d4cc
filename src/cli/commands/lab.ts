/** twinspine lab: the fabric of a cluster file on this machine, with real routing daemons. */

import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { bfdTimers } from "../../exchange/export/frr/settings.ts";
import { labId } from "../../lab/places.ts";
import { planLab } from "../../lab/plan.ts";
import { removeLab } from "../../lab/run/down.ts";
import { faultsOf, setFaults } from "../../lab/run/fail.ts";
import { flap } from "../../lab/run/flap.ts";
import { bfdCores, checkMachine, linksThatFit, nodesThatFit } from "../../lab/run/needs.ts";
import { alone, stateOf } from "../../lab/run/state.ts";
import { readStatus } from "../../lab/run/status.ts";
import { bringUp } from "../../lab/run/up.ts";
import { readInput } from "../cluster-input.ts";
import {
  type FaultOptions,
  faultsFor,
  flappingOf,
  interruptible,
  type LabOptions,
  labOf,
  number,
  onLab,
  whole,
  withFault,
} from "../lab-options.ts";
import { statusText } from "../lab-text.ts";
import type { SetExitCode } from "../program.ts";
import { progressBar } from "../progress.ts";
import { exitCodes } from "../run.ts";
import { addLabAllReduce } from "./lab-allreduce.ts";
import { addCompare } from "./lab-compare.ts";
import { addProbe } from "./lab-probe.ts";
import { printJson } from "./shared.ts";

interface UpOptions extends LabOptions {
  readonly nodes?: number;
  readonly rate: number;
  readonly agent?: boolean;
  readonly timeout: number;
}

interface FailOptions extends LabOptions, FaultOptions {}

export function addLabCommands(program: Command, setExitCode: SetExitCode): void {
  const lab = program
    .command("lab")
    .description("run the fabric on this machine: network namespaces, real routing daemons, real failures (root)")
    .addHelpText(
      "after",
      `
Needs root, iproute2, nftables and FRR (apt-get install iproute2 nftables frr). docs/lab.md tells what it does.

Examples:
  twinspine lab up examples/lab.yaml
  twinspine lab fail examples/lab.yaml srv-0001/nic-1a/port-1 --silent
  twinspine lab status examples/lab.yaml
  twinspine lab heal examples/lab.yaml
  twinspine lab down examples/lab.yaml`,
    );
  onLab(lab.command("up"))
    .description("bring it up and wait until it has converged; nothing happens when it is up")
    .addOption(
      new Option(
        "--nodes <count>",
        "switches and servers at most; a larger fabric is run in part (default: by cores and memory)",
      ).argParser(whole(4, 1000)),
    )
    .addOption(
      new Option("--rate <Mbps>", "rate of the fastest link; slower ones in proportion")
        .argParser(number(1, 10_000))
        .default(40),
    )
    .addOption(
      new Option("--timeout <seconds>", "longest wait until it has converged").argParser(number(1, 3600)).default(120),
    )
    .option("--agent", "run twinspine agent on every dual-linked server, steering its traffic")
    .action(async (file: string, options: UpOptions) => setExitCode(await up(file, options)));
  onLab(lab.command("status"))
    .description("daemons, sessions, routes, links and faults; exits 1 unless everything is well")
    .action(async (file: string, options: LabOptions) => setExitCode(await status(file, options)));
  withFault(
    onLab(lab.command("fail"))
      .argument("<part>", "part or pattern, as in scenarios: srv-0001/nic-1a/port-1, leaf-a-01, leaf-a-01/cage-3")
      .description("make a part fail: its links lose carrier, a switch or server loses its daemons too"),
  ).action(async (file: string, part: string, options: FailOptions) => setExitCode(await fail(file, part, options)));
  onLab(lab.command("heal"))
    .argument("[part]", "part or pattern (default: everything)")
    .description("end faults")
    .action(async (file: string, part: string | undefined, options: LabOptions) =>
      setExitCode(await heal(file, part, options)),
    );
  addProbe(lab, setExitCode);
  addLabAllReduce(lab, setExitCode);
  addCompare(lab, setExitCode);
  onLab(lab.command("down"))
    .description("take the lab away; also what a crash left of it")
    .action(async (file: string, options: LabOptions) => setExitCode(await down(file, options)));
}

async function up(file: string, options: UpOptions): Promise<number> {
  checkMachine();
  const { cluster, fabric, id } = labOf(file, options);
  const nodesMax = options.nodes ?? nodesThatFit();
  const { intervalMs } = bfdTimers(cluster.switching).timers;
  const linksMax = linksThatFit(intervalMs);
  const input = planLab(cluster, fabric, {
    id,
    nodesMax,
    ...(options.nodes === undefined ? { linksMax } : {}),
    fastestMbps: options.rate,
    agent: options.agent ? thisCommand() : undefined,
  });
  const { plan } = input;
  if (plan.nodes.length < plan.whole.nodes) {
    process.stderr.write(
      `The fabric has ${plan.whole.nodes} nodes; the lab runs ${plan.nodes.length} of them, with the ${plan.links.length} links between them ` +
        `(${options.nodes === undefined ? `what fits this machine with BFD every ${intervalMs} ms` : "--nodes"}).\n`,
    );
  }
  if (plan.links.length > linksMax)
    process.stderr.write(
      `BFD every ${intervalMs} ms over ${plan.links.length} links keeps about ${bfdCores(plan.links.length, intervalMs).toFixed(1)} cores busy: sessions may end or ` +
        "never come up. Slower heartbeats (switching.heartbeat.interval: 50ms) or fewer nodes (--nodes) help.\n",
    );
  const bar = progressBar();
  return interruptible((signal) =>
    alone(id, async () => {
      try {
        const result = await bringUp(input, {
          timeoutMs: options.timeout * 1_000,
          signal,
          onProgress: (what, done, of) => bar.update(done / of, what),
        });
        bar.stop();
        if (result.lost.length > 0)
          process.stderr.write(
            `lab ${id} had lost ${result.lost.slice(0, lostShownMax).join("; ")}${result.lost.length > lostShownMax ? "; ..." : ""}. ` +
              "It was made anew, without faults.\n",
          );
        if (options.json) printJson({ id, ...result, nodes: plan.nodes.length, links: plan.links.length, plan });
        else if (result.already) process.stdout.write(`lab ${id} is up already\n`);
        else
          process.stdout.write(
            `lab ${id}: ${plan.nodes.length} nodes and ${plan.links.length} links, ` +
              `started in ${seconds(result.startedMs)}, converged in ${seconds(result.convergedMs)}\n`,
          );
        return exitCodes.done;
      } finally {
        bar.stop();
      }
    }),
  );
}

const lostShownMax = 20;

/** The words that run this very program. */
const thisCommand = (): readonly string[] => [process.execPath, resolve(process.argv[1] ?? "")];

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

async function status(file: string, options: LabOptions): Promise<number> {
  checkMachine();
  const read = await readStatus(stateOf(labOf(file, options).id));
  if (options.json) {
    const { state, nodes, links, converged } = read;
    printJson({ id: state.plan.id, cluster: state.plan.cluster, converged, faults: state.faults, nodes, links });
  } else process.stdout.write(`${statusText(read)}\n`);
  return read.converged && read.state.faults.length === 0 ? exitCodes.done : exitCodes.finding;
}

async function fail(file: string, part: string, options: FailOptions): Promise<number> {
  checkMachine();
  const { fabric, id } = labOf(file, options);
  return interruptible((signal) =>
    alone(id, async () => {
      const state = stateOf(id);
      const made = faultsFor(fabric, state, part, options);
      const flapping = flappingOf(options);
      const known = new Set(made.map((each) => each.part));
      const others = state.faults.filter((each) => !known.has(each.part));
      if (flapping === undefined) await setFaults(state, [...others, ...made]);
      else await flap(state, made, { ...flapping, signal });
      if (options.json) printJson({ id, failed: made, flapping: flapping ?? null });
      else
        for (const each of made)
          process.stdout.write(
            `${each.part} ${flapping === undefined ? "failed" : `flapped ${flapping.times} times`} ` +
              `(${each.kind}${each.direction === "both" ? "" : `, ${each.direction}`}): ` +
              `${each.links.length} link${each.links.length === 1 ? "" : "s"}${each.nodes.length > 0 ? ", daemons killed" : ""}\n`,
          );
      return exitCodes.done;
    }),
  );
}

async function heal(file: string, part: string | undefined, options: LabOptions): Promise<number> {
  checkMachine();
  const { fabric, id } = labOf(file, options);
  return alone(id, async () => {
    const state = stateOf(id);
    const wanted =
      part === undefined
        ? undefined
        : new Set(faultsOf(fabric, state.plan, part, { kind: "carrier", direction: "both" }).map((each) => each.part));
    const healed = state.faults.filter((each) => wanted === undefined || wanted.has(each.part));
    await setFaults(
      state,
      state.faults.filter((each) => !healed.includes(each)),
    );
    if (options.json) printJson({ id, healed });
    else if (healed.length === 0) process.stdout.write("nothing had failed\n");
    else process.stdout.write(`${healed.map((each) => each.part).join(", ")}: healed\n`);
    return exitCodes.done;
  });
}

async function down(file: string, options: LabOptions): Promise<number> {
  checkMachine();
  const id =
    options.name === undefined ? labId(readInput(file, options.settings).cluster.name) : labId("", options.name);
  return alone(id, async () => {
    const removed = await removeLab(id);
    if (options.json) printJson({ id, ...removed });
    else if (removed.namespaces === 0) process.stdout.write(`there was no lab ${id}\n`);
    else process.stdout.write(`lab ${id} is gone: ${removed.namespaces} namespaces, ${removed.processes} processes\n`);
    return exitCodes.done;
  });
}
