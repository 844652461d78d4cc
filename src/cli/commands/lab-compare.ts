/** twinspine lab compare: the lab beside the simulation. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/index.ts";
import { queueBytes } from "../../lab/commands.ts";
import { bandwidthTolerance, type Case, type ComparedPart, judge, type Row } from "../../lab/compare/judge.ts";
import { predict } from "../../lab/compare/predict.ts";
import { ranksOf, sessionOf, settleMsOf } from "../../lab/run/allreduce.ts";
import { type Trial, tryOut } from "../../lab/run/compare.ts";
import { converge } from "../../lab/run/converge.ts";
import { checkMachine } from "../../lab/run/needs.ts";
import { alone, type LabState, stateOf } from "../../lab/run/state.ts";
import { table } from "../../report/table.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import { interruptible, type LabOptions, labOf, onLab, whole } from "../lab-options.ts";
import type { SetExitCode } from "../program.ts";
import { progressBar } from "../progress.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { wellTold } from "./lab-allreduce.ts";
import { printJson } from "./shared.ts";

const modes: readonly SwitchingMode[] = ["active-standby", "load-balancing", "duplication"];
const parts: readonly ComparedPart[] = ["access link", "leaf-spine link", "spine"];
const convergeMsMax = 60_000;

/** What a row was made of goes into the JSON alone. */
type TracedRow = Row & Pick<Trial, "trace">;

interface Options extends LabOptions {
  readonly mode: readonly SwitchingMode[];
  readonly kind: "both" | "carrier" | "silent";
  readonly elements?: number;
}

export function addCompare(lab: Command, setExitCode: SetExitCode): void {
  onLab(lab.command("compare"))
    .description("the same faults in the lab and in simulate, predicted and measured side by side")
    .addOption(
      new Option("--mode <list>", "switching modes, separated by commas")
        .argParser(modesOf)
        .default(modes, "all three"),
    )
    .addOption(
      new Option("--kind <which>", "loss of carrier, black hole or both")
        .choices(["both", "carrier", "silent"])
        .default("both"),
    )
    .addOption(
      new Option(
        "--elements <count>",
        "float32 values each server contributes to each AllReduce (default: what takes one link half a second)",
      ).argParser(whole(1_000, 50_000_000)),
    )
    .addHelpText(
      "after",
      `
An access link, the link between switches that carries most, and its spine fail in turn while the dual-link transport's
AllReduce runs. Exits 1 when a verdict differs, a gap lies outside its bounds or the bandwidth kept differs by more than 10%.
docs/lab.md tells what the bounds are. It takes about ten seconds a case, on a machine that does nothing else.

Examples:
  twinspine lab compare examples/lab.yaml
  twinspine lab compare examples/lab.yaml --mode active-standby --kind silent --json`,
    )
    .action(async (file: string, options: Options) => setExitCode(await compare(file, options)));
}

function modesOf(text: string): readonly SwitchingMode[] {
  const names = text === "all" ? modes : text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !modes.some((mode) => mode === name));
  if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" is no mode. Use ${modes.join(", ")} or all.`);
  return [...new Set(names)] as SwitchingMode[];
}

async function compare(file: string, options: Options): Promise<number> {
  checkMachine();
  const { cluster, fabric, id } = labOf(file, options);
  const kinds = options.kind === "both" ? [false, true] : [options.kind === "silent"];
  const cases = options.mode.flatMap((mode) =>
    parts.flatMap((what) => kinds.map((silent): Omit<Case, "part"> => ({ what, silent, mode }))),
  );
  const bar = progressBar();
  return interruptible((signal) =>
    alone(id, async () => {
      const state = stateOf(id);
      checkComparable(fabric, state);
      const elements = options.elements ?? elementsFor(state);
      const rows: TracedRow[] = [];
      try {
        for (const [index, each] of cases.entries()) {
          bar.update(index / cases.length, `${each.what}, ${each.silent ? "black hole" : "carrier"}, ${each.mode}`);
          await converge(state.plan, { timeoutMs: convergeMsMax, signal, onProgress: () => {} });
          rows.push(await wellTold(() => runCase(cluster, fabric, state, each, { elements, signal })));
        }
      } finally {
        bar.stop();
      }
      if (options.json) printJson({ id, bandwidthTolerance, rows });
      else process.stdout.write(`${textOf(rows)}\n`);
      return rows.every(agrees) ? exitCodes.done : exitCodes.finding;
    }),
  );
}

async function runCase(
  cluster: Cluster,
  fabric: Fabric,
  state: LabState,
  each: Omit<Case, "part">,
  { elements, signal }: { readonly elements: number; readonly signal: AbortSignal },
): Promise<TracedRow> {
  const session = sessionOf(cluster.switching, each.mode);
  const settleMs = settleMsOf(cluster.switching);
  const { part, measured, trace } = await tryOut(fabric, state, each, { elements, session, settleMs, signal });
  const predicted = predict(cluster, fabric, { part, silent: each.silent, mode: each.mode });
  const accessMbps = slowestMbps(state);
  const row = judge({ ...each, part }, predicted, measured, {
    heartbeatMs: cluster.switching.heartbeat.interval * 1_000,
    heldMs: (2 * queueBytes(accessMbps) * 8) / (accessMbps * 1_000),
  });
  return { ...row, trace };
}

const slowestMbps = ({ plan }: LabState) => Math.min(...plan.links.map(({ rateMbps }) => rateMbps));

const iterationS = 0.5;
const elementBytes = 4;

/** A ring AllReduce sends 2 (n - 1) / n of them over each server's link. */
function elementsFor(state: LabState): number {
  const ranks = ranksOf(state.plan, 0).length;
  const bytes = (slowestMbps(state) * 1e6 * iterationS) / 8;
  return Math.round((bytes * ranks) / (2 * (ranks - 1)) / elementBytes);
}

/** The lab must be what `simulate` is asked about. Throws `lab/compare`. */
function checkComparable(fabric: Fabric, { plan, faults }: LabState): void {
  ranksOf(plan, 0);
  const wrong =
    plan.nodes.length < plan.whole.nodes
      ? ["the lab runs a part of the fabric", "Bring it up with --nodes large enough, or compare a smaller cluster."]
      : fabric.railsPerServer > 1
        ? [`the servers have ${fabric.railsPerServer} rails`, "Compare a cluster with one NIC or pair for each server."]
        : faults.length > 0
          ? [`${faults.length} parts have failed already`, "End that first: twinspine lab heal."]
          : undefined;
  if (wrong !== undefined) throw userError("lab/compare", wrong[0]!, wrong[1]!);
}

const agrees = ({ verdictAgrees, gapAgrees, bandwidthAgrees }: Row) => verdictAgrees && gapAgrees && bandwidthAgrees;

function textOf(rows: readonly Row[]): string {
  const columns = [
    { title: "mode" },
    { title: "what fails" },
    { title: "how" },
    { title: "verdict" },
    ...["gap predicted", "measured", "bounds", "kept predicted", "measured"].map((title) => ({
      title,
      align: "right" as const,
    })),
    { title: "agrees" },
  ];
  const cells = rows.map((row) => {
    const { predicted, measured, gapBoundsMs, verdictAgrees, gapAgrees, bandwidthAgrees } = row;
    const wrong = [
      ...(verdictAgrees ? [] : ["verdict"]),
      ...(gapAgrees ? [] : ["gap"]),
      ...(bandwidthAgrees ? [] : ["bandwidth"]),
    ];
    return [
      row.mode,
      row.what,
      row.silent ? "black hole" : "carrier",
      verdictAgrees ? predicted.verdict : `${predicted.verdict}, lab: ${measured.verdict}`,
      milliseconds(predicted.gapMs),
      milliseconds(measured.gapMs),
      `${gapBoundsMs[0].toFixed(0)}-${gapBoundsMs[1].toFixed(0)} ms`,
      percent(predicted.bandwidthKept),
      percent(measured.bandwidthKept),
      wrong.length === 0 ? "yes" : `no: ${wrong.join(", ")}`,
    ];
  });
  return table(columns, cells, textOptions());
}

const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;
const percent = (share: number) => `${(100 * share).toFixed(0)}%`;
