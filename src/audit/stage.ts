/** Everything that the questions of the audit share: effects, equal parts, the merged switch graph. */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { type Blocks, findBlocks } from "./blocks.ts";
import { Casting, FailureBuilder } from "./casting.ts";
import { type Effects, failureEffects } from "./effects.ts";
import type { Failure } from "./failure-model.ts";
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
}

export function setStage(fabric: Fabric, cluster: Cluster): Stage {
  const pairs = switchPairs(fabric);
  const effects = failureEffects(fabric);
  const blocks = findBlocks(fabric, pairs, effects);
  const net = stageNet(fabric, pairs, effects, blocks);
  return {
    fabric,
    cluster,
    pairs,
    effects,
    blocks,
    stageNet: net,
    builder: new FailureBuilder(fabric, pairs, net.net),
  };
}

/** Links of an effect. */
export function linksOf(effects: Effects, effect: number): Int32Array {
  return effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!);
}

export function newCasting(stage: Stage, from?: Casting): Casting {
  return new Casting(stage.blocks.twinOf, stage.stageNet.actors, from);
}

/** The failure of one effect; `isDead` leaves out links that have failed before. */
export function failureOf(
  stage: Stage,
  effect: number,
  casting = newCasting(stage),
  isDead?: (link: number) => boolean,
): Failure {
  const dead = stage.effects.deadSwitch[effect]!;
  const play = (index: number) => casting.of(index);
  return stage.builder.build(linksOf(stage.effects, effect), dead < 0 ? [] : [dead], play, isDead);
}
