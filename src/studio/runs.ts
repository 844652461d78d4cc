/** Long simulations on the server: a few at a time, each told from start to end, and stopped when nobody listens any more. */

import { setImmediate as nextTurn } from "node:timers/promises";
import { type Diagnostic, UserError } from "../base/diagnostics.ts";
import { parseClusterFile } from "../cluster/parse.ts";
import { isFabricFile } from "../exchange/import/fabric-json.ts";
import { readFabric } from "../exchange/import/read-fabric.ts";
import { buildFabric } from "../fabric/index.ts";
import { simulationJson } from "../report/simulation-json.ts";
import type { RoutingPolicy } from "../simulate/network/index.ts";
import type { TrainingResult } from "../simulate/result.ts";
import { type LocatedScenario, parseScenario } from "../simulate/scenario/parse.ts";
import { randomScenario, timelineOf } from "../simulate/scenario/timeline.ts";
import { prepareSimulation } from "../simulate/training/index.ts";
import type { SwitchingMode } from "../switching/index.ts";

/** What is to be simulated. */
export interface RunWish {
  readonly path: string;
  /** Text of a cluster file or of an imported fabric. */
  readonly clusterText: string;
  /** The cluster file with the settings of an imported fabric. */
  readonly settings?: { readonly path: string; readonly text: string } | undefined;
  /** Text of a scenario file, or days of failures at random. */
  readonly scenario:
    | { readonly text: string; readonly path: string }
    | { readonly days: number; readonly seed: number };
  readonly mode: SwitchingMode | undefined;
  /** Default: spraying. */
  readonly policy: RoutingPolicy | undefined;
}

export type RunNews =
  | { readonly kind: "progress"; readonly fraction: number; readonly label: string }
  | { readonly kind: "result"; readonly simulation: object }
  | { readonly kind: "error"; readonly messages: readonly string[] };

/** Time between two looks at whether anybody wants to go on, in milliseconds. */
const turnMs = 25;

/** Runs to the end, or until `signal` aborts: then nothing more is told. Never throws for what the user wrote. */
export async function* runSimulation(
  wish: RunWish,
  version: string,
  readPartsFile: (name: string) => string,
  signal: AbortSignal,
): AsyncGenerator<RunNews, void, void> {
  try {
    yield { kind: "progress", fraction: 0, label: "building the fabric" };
    await nextTurn();
    const located = scenarioOf(wish);
    const { cluster, design } = designOf(wish, readPartsFile);
    const { fabric, rejections } = design;
    if (fabric === undefined) throw new UserError(rejections);
    const timeline = timelineOf(fabric, cluster, located);
    yield { kind: "progress", fraction: 0, label: "preparing" };
    await nextTurn();
    const policy = wish.policy ?? ({ kind: "spray" } as const);
    const mode = wish.mode ?? cluster.switching.mode;
    const { scenario } = located;
    const simulation = prepareSimulation(cluster, fabric, timeline, { mode, policy, seed: scenario.seed });
    let pausedMs = performance.now();
    for (const fraction of simulation.run()) {
      if (performance.now() - pausedMs < turnMs) continue;
      yield { kind: "progress", fraction, label: "simulating" };
      await nextTurn();
      if (signal.aborted) return;
      pausedMs = performance.now();
    }
    const runs: TrainingResult[] = [simulation.result()];
    const durationS = timeline.durationUs / 1e6;
    yield { kind: "result", simulation: simulationJson({ version, cluster, scenario, durationS, policy, runs }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    yield { kind: "error", messages: error.diagnostics.map(told) };
  }
}

function designOf({ clusterText, path, settings }: RunWish, readPartsFile: (name: string) => string) {
  const parse = (text: string, file: string) => parseClusterFile(text, file, readPartsFile);
  if (isFabricFile(clusterText.slice(0, 256)))
    return readFabric(clusterText, path, settings === undefined ? undefined : parse(settings.text, settings.path));
  const { cluster } = parse(clusterText, path);
  return { cluster, design: buildFabric(cluster) };
}

function scenarioOf({ scenario }: RunWish): LocatedScenario {
  if ("days" in scenario) return randomScenario(scenario.days, scenario.seed);
  return parseScenario(scenario.text, scenario.path);
}

function told({ code, message, remedy }: Diagnostic): string {
  return `${code}: ${message}.${remedy === undefined ? "" : ` ${remedy}`}`;
}
