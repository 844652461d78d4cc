/** Everything that the questions of the audit share: effects, equal parts, the merged switch graph. */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { endpointClasses } from "./access-classes.ts";
import { type Blocks, findBlocks } from "./blocks.ts";
import { Casting, FailureBuilder } from "./casting.ts";
import { type Effects, failureEffects } from "./effects.ts";
import { type Failure, FailureModel } from "./failure-model.ts";
import { buildRings, type Placement, type Rings } from "./ring.ts";
import { type StageNet, stageNet } from "./stage-net.ts";
import { type SwitchPairs, switchPairs } from "./switch-pairs.ts";

export interface Stage {
  readonly fabric: Fabric;
  readonly cluster: Cluster;
  readonly pairs: SwitchPairs;
  readonly effects: Effects;
  readonly blocks: Blocks;
  readonly stageNet: StageNet;
  readonly builder: FailureBuilder;
  /** The placement in force, then packed where that is another. */
  readonly placements: readonly Placement[];
  readonly rings: readonly Rings[];
  readonly classOfEndpoint: Int32Array;
  readonly healthy: FailureModel;
}

export function setStage(fabric: Fabric, cluster: Cluster): Stage {
  const pairs = switchPairs(fabric);
  const effects = failureEffects(fabric);
  const blocks = findBlocks(fabric, pairs, effects);
  const net = stageNet(fabric, pairs, effects, blocks);
  const placements: Placement[] = cluster.training.placement === "packed" ? ["packed"] : ["spread", "packed"];
  const rings = placements.map((placement) => buildRings(fabric, placement));
  return {
    fabric,
    cluster,
    pairs,
    effects,
    blocks,
    stageNet: net,
    builder: new FailureBuilder(fabric, pairs, net.net),
    placements,
    rings,
    classOfEndpoint: endpointClasses(fabric, rings),
    healthy: FailureModel.healthy(fabric, cluster, net.net, placements),
  };
}

/** Links of an effect. */
export function linksOf(effects: Effects, effect: number): Int32Array {
  return effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!);
}

export function newCasting(stage: Stage, from?: Casting): Casting {
  return new Casting(stage.blocks.twinOf, stage.stageNet.actors, from);
}

/** The failure of one effect on the healthy fabric. */
export function failureOf(stage: Stage, effect: number, casting = newCasting(stage)): Failure {
  const dead = stage.effects.deadSwitch[effect]!;
  return stage.builder.build(linksOf(stage.effects, effect), dead < 0 ? [] : [dead], (index) => casting.of(index));
}

/** Effects that one has to look at, and for how many each stands: of equal blocks, only those in the first. */
export function* representedEffects(stage: Stage): Generator<{ effect: number; times: number }> {
  const { blocks, effects } = stage;
  const times = new Map(blocks.classes.map((equal) => [equal[0]!, equal.length]));
  for (let effect = 0; effect < effects.count; effect++) {
    const block = blocks.ofEffect[effect]!;
    if (block === -1) yield { effect, times: 1 };
    else if (times.has(block)) yield { effect, times: times.get(block)! };
  }
}
