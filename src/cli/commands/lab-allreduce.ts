/** twinspine lab allreduce: the dual-link transport's AllReduce across the lab. */

import { type Command, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { allReduceAcross, type LabAllReduceResult, sessionOf, settleMsOf, warmMs } from "../../lab/run/allreduce.ts";
import { checkMachine } from "../../lab/run/needs.ts";
import { alone, stateOf } from "../../lab/run/state.ts";
import { type SwitchingMode, TransportError } from "../../transport/index.ts";
import {
  type FaultOptions,
  faultsFor,
  flappingOf,
  interruptible,
  type LabOptions,
  labOf,
  onLab,
  passingFault,
  whole,
  withFault,
} from "../lab-options.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { printJson } from "./shared.ts";

interface Options extends LabOptions, FaultOptions {
  readonly mode?: SwitchingMode;
  readonly rail: number;
  readonly elements: number;
  readonly iterations: number;
  readonly seed: number;
  readonly fail?: string;
}

export function addLabAllReduce(lab: Command, setExitCode: SetExitCode): void {
  withFault(
    onLab(lab.command("allreduce"))
      .description("ring AllReduce between the servers, over the dual-link transport, checked to the bit")
      .addOption(
        new Option("--mode <mode>", "how each pair carries data (default: the cluster file's)").choices([
          "active-standby",
          "load-balancing",
          "duplication",
        ]),
      )
      .addOption(new Option("--rail <number>", "rail of the servers").argParser(whole(1, 64)).default(1))
      .addOption(
        new Option("--elements <count>", "float32 values each server contributes")
          .argParser(whole(1, 50_000_000))
          .default(500_000),
      )
      .addOption(
        new Option(
          "--iterations <count>",
          "AllReduces in a row; with --fail half of them before and half after it, besides what it takes to become steady",
        )
          .argParser(whole(1, 10_000))
          .default(10),
      )
      .addOption(new Option("--seed <number>", "seed of the gradients").argParser(whole(0, 2 ** 31)).default(1))
      .addOption(
        new Option("--fail <part>", "make this part fail once iterations take equally long, and heal it at the end"),
      ),
  )
    .addHelpText(
      "after",
      `
Heartbeats, misses, hold-down and damping are the cluster file's. Exits 1 when any sum differs by a single bit.

Examples:
  twinspine lab allreduce examples/lab.yaml
  twinspine lab allreduce examples/lab.yaml --fail srv-0001/nic-1a/port-1 --silent --mode load-balancing`,
    )
    .action(async (file: string, options: Options) => setExitCode(await run(file, options)));
}

async function run(file: string, options: Options): Promise<number> {
  checkMachine();
  const { cluster, fabric, id } = labOf(file, options);
  const { elements, iterations, seed, fail } = options;
  const mode = options.mode ?? cluster.switching.mode;
  return interruptible(async (signal) => {
    const common = { elements, iterations, seed, session: sessionOf(cluster.switching, mode), signal };
    const measure = async () => {
      const state = stateOf(id);
      if (fail === undefined) return { faults: [], ...(await allReduceAcross(state.plan, options.rail - 1, common)) };
      const flapping = flappingOf(options);
      const passing = passingFault(state, faultsFor(fabric, state, fail, options), flapping, signal);
      const flappingMs = flapping === undefined ? 0 : flapping.times * (flapping.downMs + flapping.upMs);
      const half = Math.ceil(iterations / 2);
      const course = { before: half, warmMs, settleMs: settleMsOf(cluster.switching) + flappingMs, after: half };
      try {
        const result = await allReduceAcross(state.plan, options.rail - 1, {
          ...common,
          fault: { course, make: () => passing.begin() },
        });
        return { faults: passing.faults, ...result };
      } finally {
        await passing.end();
      }
    };
    const result = await wellTold(() => (fail === undefined ? measure() : alone(id, measure)));
    if (options.json) printJson({ id, mode, elements, iterations, seed, ...result });
    else process.stdout.write(textOf(result, mode, elements));
    return result.rightSums === result.allSums ? exitCodes.done : exitCodes.finding;
  });
}

/** Errors of the transport in the words of the command line. */
export async function wellTold<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TransportError ? userError(error.code, error.message) : error;
  }
}

function textOf(result: LabAllReduceResult, mode: SwitchingMode, elements: number): string {
  const { ranks, usualMs, rightSums, allSums, felt, takeovers, linkChanges } = result;
  const lines = [
    `${ranks} servers, ${elements} float32 values each, ${mode}`,
    `sums         ${rightSums} of ${allSums} equal the reference bit for bit`,
    `iteration    ${usualMs.toFixed(1)} ms, longest silence ${result.undisturbedGapMs.toFixed(1)} ms`,
  ];
  if (felt !== undefined)
    lines.push(
      `the fault    longest silence ${felt.gapMs.toFixed(1)} ms, an iteration ${felt.pauseMs.toFixed(1)} ms longer than usual`,
      `afterwards   ${felt.afterMs.toFixed(1)} ms: ${(100 * felt.bandwidthKept).toFixed(0)}% of the bandwidth kept`,
    );
  for (const { link, trigger, detectUs, decideUs, switchUs, replayUs, totalUs } of takeovers)
    lines.push(
      `takeover     link ${link} (${trigger}): detect ${ms(detectUs)} + decide ${ms(decideUs)} + switch ${ms(switchUs)} + ` +
        `replay ${ms(replayUs)} = ${ms(totalUs)} ms`,
    );
  if (felt !== undefined) lines.push(...linkLines(linkChanges));
  return lines.map((line) => `${line}\n`).join("");
}

/** What became of each link that changed, in ms from the fault on. */
function linkLines(changes: LabAllReduceResult["linkChanges"]): string[] {
  const lines = new Map<string, string[]>();
  for (const { rank, link, to, event, atMs } of changes) {
    const line = `link ${link}       rank ${rank} to the next: `;
    const told = `${to} after ${ms(atMs * 1_000)} ms (${event})`;
    lines.set(line, [...(lines.get(line) ?? []), told]);
  }
  return [...lines].map(([line, told]) => line + told.join(", "));
}

const ms = (us: number) => (us / 1_000).toFixed(1);
