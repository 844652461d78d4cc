/** The answers of a worker: each a call of the same code that the command line runs. */

import { verdictsOfParts } from "../../../src/audit/part-verdicts.ts";
import { assert } from "../../../src/base/assert.ts";
import { UserError, userError } from "../../../src/base/diagnostics.ts";
import type { Cluster } from "../../../src/cluster/types.ts";
import type { Fabric } from "../../../src/fabric/index.ts";
import { PartLookup } from "../../../src/fabric/part-lookup.ts";
import { actionIntervalS, actionsOfScenario, scenarioOfActions } from "../../../src/simulate/rehearsal/actions.ts";
import { FaultBoard } from "../../../src/simulate/scenario/fault-board.ts";
import type { Timeline } from "../../../src/simulate/scenario/happenings.ts";
import { parseScenario } from "../../../src/simulate/scenario/parse.ts";
import { Reaches } from "../../../src/simulate/scenario/reach.ts";
import { timelineOf } from "../../../src/simulate/scenario/timeline.ts";
import { type JobNetwork, prepareNetwork, prepareSimulation } from "../../../src/simulate/training/index.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";
import { build, checked } from "./build.ts";
import { priceOf } from "./price.ts";
import type { QuestionKind, Questions, Rehearsed } from "./protocol.ts";

let current: { readonly cluster: Cluster; readonly fabric: Fabric; reaches?: Reaches } | undefined;

/** A healthy network, laid while nobody waits, for the next rehearsal in this mode. */
let standby: { readonly mode: SwitchingMode; readonly network: JobNetwork } | undefined;

/** Routing as the audit and `simulate` count unless something else is asked for; seed as in `scenarioOfActions`. */
function wishOf(mode: SwitchingMode) {
  return { mode, policy: { kind: "spray" }, seed: 1 } as const;
}

function opened() {
  assert(current !== undefined, "a fabric is open before anything is asked about it");
  return current;
}

type Answer<Kind extends QuestionKind> = Questions[Kind]["answer"] | Promise<Questions[Kind]["answer"]>;

export const answers: { [Kind in QuestionKind]: (ask: Questions[Kind]["ask"]) => Answer<Kind> } = {
  open({ path, text, beside }) {
    const built = build({ path, text, beside });
    standby = undefined;
    current = { cluster: built.cluster, fabric: built.fabric };
    return built;
  },

  adopt(given) {
    standby = undefined;
    current = given;
    return null;
  },

  rehearse({ actions, mode }) {
    const started = performance.now();
    const { cluster, fabric } = opened();
    const scenario = scenarioOfActions("rehearsal", actions);
    const timeline = timelineOf(fabric, cluster, { scenario, placeOfKey: () => undefined });
    const network = standby?.mode === mode ? standby.network : undefined;
    standby = undefined;
    const wish = { ...wishOf(mode), tables: false, network };
    const simulation = prepareSimulation(cluster, fabric, timeline, wish);
    for (const _ of simulation.run());
    return { result: simulation.result(), ...wrongLinks(fabric, timeline), tookMs: performance.now() - started };
  },

  prepare({ mode }) {
    const { cluster, fabric } = opened();
    if (standby?.mode !== mode) standby = { mode, network: prepareNetwork(cluster, fabric, wishOf(mode)) };
    return null;
  },

  verdicts() {
    const { cluster, fabric } = opened();
    return verdictsOfParts(fabric, cluster);
  },

  price(wish) {
    return priceOf(opened(), wish);
  },

  check(source) {
    try {
      return checked(source);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { problems: error.diagnostics, design: undefined };
    }
  },

  readActions({ path, text }) {
    const { fabric } = opened();
    const { scenario } = parseScenario(text, path);
    const actions = actionsOfScenario(scenario);
    if (actions === undefined)
      return { kind: "more", why: "It says more than single failures of named parts: run it in Replay." };
    const lookup = new PartLookup(fabric);
    const parts = actions.map(({ part }) => lookup.find(part)[0] ?? -1);
    const unknown = actions.find((_, index) => parts[index]! < 0);
    if (unknown !== undefined)
      throw userError("scenario/unknown-part", `no part of the fabric is named "${unknown.part}"`);
    return { kind: "actions", name: scenario.name, actions, parts };
  },

  async make({ what, version }) {
    const { makeFile } = await import("./make-file.ts");
    return makeFile(opened(), what, version);
  },

  fate({ part }) {
    const now = opened();
    now.reaches ??= new Reaches(now.fabric);
    const { links } = reachOf(now.reaches, part);
    const risk = now.fabric.sharedRisks.find((each) => each.part === part);
    return { links: Int32Array.from(links), devices: risk?.members ?? new Int32Array() };
  },
};

/** What is wrong with which link at the end of a timeline. */
function wrongLinks(fabric: Fabric, { happenings, durationUs }: Timeline): Pick<Rehearsed, "links" | "states"> {
  const board = new FaultBoard(fabric);
  const touched = new Set<number>();
  for (const { kind, fault, part, atUs } of happenings) {
    if (atUs > durationUs - actionIntervalS * 1e6) break;
    if (kind === "begin" && fault !== undefined) for (const link of board.begin(fault).links) touched.add(link);
    else if (kind === "end" && fault !== undefined) board.end(fault);
    else for (const each of board.faultsOf(part)) board.end(each);
  }
  const wrong = [...touched].flatMap((link) => {
    const { up, down, shareUp, shareDown } = board.condition(link);
    const state = !up && !down ? 3 : !up || !down ? 2 : shareUp < 1 || shareDown < 1 ? 1 : 0;
    return state === 0 ? [] : [[link, state] as const];
  });
  return { links: Int32Array.from(wrong, ([link]) => link), states: Uint8Array.from(wrong, ([, state]) => state) };
}

/** What goes down with a part; feeds are counted, so what was failed is healed again. */
function reachOf(reaches: Reaches, part: number) {
  const reach = reaches.failing(part);
  reaches.healing(part);
  return reach;
}
