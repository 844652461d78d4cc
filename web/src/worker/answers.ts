/** The answers of a worker: each a call of the same code that the command line runs. */

import { verdictsOfParts } from "../../../src/audit/part-verdicts.ts";
import { assert } from "../../../src/base/assert.ts";
import { UserError, userError } from "../../../src/base/diagnostics.ts";
import { PartLookup } from "../../../src/fabric/part-lookup.ts";
import { actionsOfScenario, scenarioOfActions } from "../../../src/simulate/rehearsal/actions.ts";
import { parseScenario } from "../../../src/simulate/scenario/parse.ts";
import { Reaches } from "../../../src/simulate/scenario/reach.ts";
import { timelineOf } from "../../../src/simulate/scenario/timeline.ts";
import {
  type JobNetwork,
  type NetworkWish,
  prepareNetwork,
  prepareSimulation,
} from "../../../src/simulate/training/index.ts";
import { build, checked } from "./build.ts";
import { FaultsThroughTime } from "./faults.ts";
import { priceOf } from "./price.ts";
import type { Adopted, QuestionKind, Questions } from "./protocol.ts";
import { Replay } from "./replay.ts";

let current: (Adopted & { reaches?: Reaches }) | undefined;

/** The network of the last rehearsal, for the next of this kind: healing it takes a fraction of laying another. */
let standby: { readonly key: string; readonly network: JobNetwork; isHealthy: boolean } | undefined;

let replay: Replay | undefined;

const keyOf = ({ mode, policy, seed }: NetworkWish) => JSON.stringify([mode, policy, seed]);

function opened() {
  assert(current !== undefined, "a fabric is open before anything is asked about it");
  return current;
}

function take(given: Adopted): void {
  standby = undefined;
  replay = undefined;
  current = { cluster: given.cluster, fabric: given.fabric, isImported: given.isImported };
}

/** A healthy network for a rehearsal of this kind. */
function networkFor(wish: NetworkWish): JobNetwork {
  const { cluster, fabric } = opened();
  if (standby?.key !== keyOf(wish)) return prepareNetwork(cluster, fabric, wish);
  if (standby.isHealthy) return standby.network;
  standby.network.restore();
  return standby.network;
}

type Answer<Kind extends QuestionKind> = Questions[Kind]["answer"] | Promise<Questions[Kind]["answer"]>;

export const answers: { [Kind in QuestionKind]: (ask: Questions[Kind]["ask"]) => Answer<Kind> } = {
  open(source) {
    const built = build(source);
    take(built);
    return built;
  },

  adopt(given) {
    take(given);
    return null;
  },

  rehearse({ actions, mode, policy, seed }) {
    const started = performance.now();
    const { cluster, fabric } = opened();
    const scenario = scenarioOfActions("rehearsal", actions);
    const timeline = timelineOf(fabric, cluster, { scenario, placeOfKey: () => undefined });
    const wish = { mode, policy, seed };
    const network = networkFor(wish);
    standby = undefined;
    const simulation = prepareSimulation(cluster, fabric, timeline, { ...wish, tables: false, network });
    for (const _ of simulation.run());
    standby = { key: keyOf(wish), network, isHealthy: false };
    const faults = new FaultsThroughTime(fabric, timeline);
    faults.advanceTo(timeline.durationUs);
    return { result: simulation.result(), ...faults.now(), tookMs: performance.now() - started };
  },

  prepare(wish) {
    standby = { key: keyOf(wish), network: networkFor(wish), isHealthy: true };
    return null;
  },

  replay(wish) {
    const { cluster, fabric } = opened();
    if (replay !== undefined) standby = { key: keyOf(replay.kind), network: replay.release(), isHealthy: false };
    replay = undefined;
    replay = new Replay(cluster, fabric, wish, (kind) => {
      const network = networkFor(kind);
      standby = undefined;
      return network;
    });
    return null;
  },

  moment(wish) {
    assert(replay !== undefined, "a scenario is taken before a moment of it is asked for");
    return replay.at(wish);
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
    const lookup = PartLookup.of(fabric);
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

/** What goes down with a part; feeds are counted, so what was failed is healed again. */
function reachOf(reaches: Reaches, part: number) {
  const reach = reaches.failing(part);
  reaches.healing(part);
  return reach;
}
