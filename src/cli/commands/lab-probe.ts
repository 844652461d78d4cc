/** twinspine lab probe: what traffic feels. */

import { type Command, Option } from "commander";
import type { ProbeFigures } from "../../lab/probe/figures.ts";
import { checkMachine } from "../../lab/run/needs.ts";
import { probe } from "../../lab/run/probe.ts";
import { alone, stateOf } from "../../lab/run/state.ts";
import { table } from "../../report/table.ts";
import {
  type FaultOptions,
  faultsFor,
  flappingOf,
  interruptible,
  type LabOptions,
  labOf,
  number,
  onLab,
  passingFault,
  serverOf,
  whole,
  withFault,
} from "../lab-options.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { printJson } from "./shared.ts";

interface ProbeOptions extends LabOptions, FaultOptions {
  readonly from: string;
  readonly to: string;
  readonly link?: "1" | "2";
  readonly flows: number;
  readonly interval: number;
  readonly duration: number;
  readonly fail?: string;
  readonly after: number;
}

export function addProbe(lab: Command, setExitCode: SetExitCode): void {
  withFault(
    onLab(lab.command("probe"))
      .description("what UDP and TCP traffic between two servers feels, with a fault in the middle")
      .requiredOption("--from <server>", "sends: srv-0001, or srv-0001/nic-2")
      .requiredOption("--to <server>", "receives")
      .addOption(
        new Option("--link <number>", "over this link of the pair alone (default: as routing chooses)").choices([
          "1",
          "2",
        ]),
      )
      .addOption(
        new Option("--flows <count>", "flows of each protocol; each takes the path its ports hash to")
          .argParser(whole(1, 64))
          .default(8),
      )
      .addOption(new Option("--interval <ms>", "between two messages of a flow").argParser(number(1, 1_000)).default(4))
      .addOption(new Option("--duration <seconds>", "of the whole").argParser(number(1, 600)).default(6))
      .addOption(new Option("--fail <part>", "make this part fail, and heal it at the end"))
      .addOption(new Option("--after <seconds>", "when it fails").argParser(number(0.5, 600)).default(2)),
  )
    .addHelpText(
      "after",
      `
Gaps are times between arrivals of one flow. The gap before the fault is what the machine itself does.

Examples:
  twinspine lab probe examples/lab.yaml --from srv-0001 --to srv-0003
  twinspine lab probe examples/lab.yaml --from srv-0001 --to srv-0003 --fail srv-0001/nic-1a/port-1 --silent
  twinspine lab probe examples/lab.yaml --from srv-0001 --to srv-0003 --fail spine-a-01 --json`,
    )
    .action(async (file: string, options: ProbeOptions) => setExitCode(await run(file, options)));
}

async function run(file: string, options: ProbeOptions): Promise<number> {
  checkMachine();
  const { fabric, id } = labOf(file, options);
  const { flows, interval: intervalMs, duration, fail, after } = options;
  return interruptible(async (signal) => {
    const measure = async () => {
      const state = stateOf(id);
      const scope = Number(options.link ?? 0);
      const [from, to] = [serverOf(state, options.from, scope), serverOf(state, options.to, scope)];
      const common = { from, to, flows, intervalMs, durationMs: duration * 1_000, signal };
      if (fail === undefined) return { from, to, faults: [], ...(await probe(common)) };
      const passing = passingFault(state, faultsFor(fabric, state, fail, options), flappingOf(options), signal);
      try {
        const result = await probe({ ...common, faultAfterMs: after * 1_000, fault: () => passing.begin() });
        return { from, to, faults: passing.faults, ...result };
      } finally {
        await passing.end();
      }
    };
    const result = fail === undefined ? await measure() : await alone(id, measure);
    if (options.json) printJson({ id, flows, intervalMs, ...result });
    else {
      const failed = result.faults.map(
        ({ part, kind, direction }) => `${part} (${kind}${direction === "both" ? "" : `, ${direction}`})`,
      );
      process.stdout.write(
        `${result.from.name} ${result.from.address} to ${result.to.name} ${result.to.address}, a message every ${intervalMs} ms on each flow` +
          `${failed.length === 0 ? "" : `; failed: ${failed.join(", ")}`}\n\n` +
          `${table(columns, [row("UDP", result.udp), row("TCP", result.tcp)], textOptions())}\n`,
      );
    }
    return exitCodes.done;
  });
}

const columns = ["", "flows", "hit", "sent", "lost", "longest gap", "after the fault", "gap before"].map(
  (title, index) => ({
    title,
    align: index === 0 ? ("left" as const) : ("right" as const),
  }),
);

function row(protocol: string, figures: ProbeFigures): string[] {
  const { flows, flowsHit, sent, lost, longestGapMs, longestGapAtMs, undisturbedGapMs } = figures;
  return [
    protocol,
    `${flows}`,
    undisturbedGapMs === undefined ? "" : `${flowsHit}`,
    `${sent}`,
    `${lost}`,
    milliseconds(longestGapMs),
    undisturbedGapMs === undefined ? "" : milliseconds(longestGapAtMs),
    undisturbedGapMs === undefined ? "" : milliseconds(undisturbedGapMs),
  ];
}

const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;
