/** Two designs or modes beside each other, each worked out by a worker of its own. */

import { signal } from "@preact/signals";
import type { PriceResult } from "../../../src/economics/index.ts";
import { partName } from "../../../src/fabric/names.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import type { Action } from "../../../src/simulate/rehearsal/actions.ts";
import type { TrainingResult } from "../../../src/simulate/result.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import { Engine, problemsOf, Stopped } from "../worker/client.ts";
import type { Opened } from "../worker/protocol.ts";
import { openCluster } from "./open-cluster.ts";
import { readFile } from "./server.ts";

export interface Side {
  readonly path: string;
  /** The cluster file's own where undefined. */
  readonly mode: SwitchingMode | undefined;
}

export interface Compared {
  readonly side: Side;
  readonly mode: SwitchingMode;
  readonly opened: Opened;
  readonly healthy: TrainingResult;
  /** With the failure; a text where it cannot be played on this fabric. */
  readonly failed: TrainingResult | string;
  readonly price: PriceResult;
}

export type Outcome = Compared | { readonly problem: string } | "working" | undefined;

export const sides = signal<readonly [Side, Side] | undefined>(undefined);
/** Part that fails on both sides; empty: on each side the module of the first NIC's first link. */
export const failedPart = signal("");
export const outcomes = [signal<Outcome>(undefined), signal<Outcome>(undefined)] as const;

/** Routing as the audit counts. */
const usual = { policy: { kind: "spray" }, seed: 1 } as const;

const engines = [new Engine(), new Engine()] as const;

/** Works both sides out anew. */
export function compare(): void {
  const wanted = sides.value;
  if (wanted === undefined) return;
  for (const index of [0, 1] as const) {
    engines[index].stop();
    outcomes[index].value = "working";
    workOut(engines[index], wanted[index], failedPart.value.trim()).then(
      (found) => {
        outcomes[index].value = found;
      },
      (error) => {
        if (error instanceof Stopped) return;
        const problem = problemsOf(error).map(({ message }) => message);
        outcomes[index].value = { problem: problem.join("; ") };
      },
    );
  }
}

async function workOut(engine: Engine, side: Side, part: string): Promise<Compared> {
  const opened = await openCluster(engine, side.path, await readFile(side.path));
  const mode = side.mode ?? opened.cluster.switching.mode;
  const healthy = (await engine.ask("rehearse", { actions: [], mode, ...usual })).result;
  const failed = await failing(engine, part === "" ? firstModule(opened.fabric) : part, mode);
  const { economics, training } = opened.cluster;
  const { gpuHour, penaltyPerHour, years } = economics;
  const { checkpointInterval } = training;
  const wish = { mode, baseline: "none", rates: 1, gpuHour, penaltyPerHour, years, checkpointInterval } as const;
  return { side, mode, opened, healthy, failed, price: await engine.ask("price", wish) };
}

async function failing(engine: Engine, part: string, mode: SwitchingMode): Promise<TrainingResult | string> {
  const action: Action = { event: "fail", part };
  try {
    return (await engine.ask("rehearse", { actions: [action], mode, ...usual })).result;
  } catch (error) {
    if (error instanceof Stopped) throw error;
    const [first] = problemsOf(error);
    return first?.message ?? "cannot be played";
  }
}

/** Name of the module at the server's end of the first access link. */
function firstModule(fabric: Fabric): string {
  const link = fabric.accessLink.find((each) => each >= 0) ?? 0;
  return partName(fabric, fabric.links.lowerModule[link]!);
}
