/** The stage with its traffic: rings in one placement, classes of effects under them, symmetries. */

import { classifyEffects, type EffectClasses } from "./effect-classes.ts";
import { FailureModel, type Outcome } from "./failure-model.ts";
import { DisjointSets, imagesOfClasses } from "./orbits.ts";
import { buildRings, type Placement, type Rings } from "./ring.ts";
import { failureOf, type Stage } from "./stage.ts";
import { findSurroundings, type Surroundings } from "./surroundings.ts";
import { findSymmetries, type Symmetry, type Whole } from "./symmetry.ts";
import { Traffic } from "./traffic.ts";

export interface Scene {
  readonly stage: Stage;
  readonly rings: Rings;
  readonly surroundings: Surroundings;
  readonly healthy: FailureModel;
  readonly classes: EffectClasses;
  readonly whole: Whole;
  readonly symmetries: readonly Symmetry[];
  /** Image of each class under each symmetry; -1 for none. */
  readonly images: readonly Int32Array[];
}

export function setScene(stage: Stage, placement: Placement): Scene {
  const { fabric, cluster, pairs, effects, blocks } = stage;
  const rings = buildRings(fabric, placement);
  const surroundings = findSurroundings(fabric, rings);
  const healthy = FailureModel.healthy(fabric, cluster, stage.stageNet.net, rings);
  const classes = classifyEffects(fabric, pairs, effects, blocks, rings, surroundings, (effect) =>
    failureOf(stage, effect),
  );
  const { perRail } = new Traffic(fabric, cluster, rings);
  const whole: Whole = { fabric, pairs, effects, blocks, surroundings, rings, demands: healthy.demands, perRail };
  const { fatalGpus, reroutedGpus } = healthy.cut;
  const symmetries = fatalGpus + reroutedGpus > 0 ? [] : findSymmetries(whole);
  const images = symmetries.map((symmetry) => imagesOfClasses(fabric, effects, rings, surroundings, classes, symmetry));
  return { stage, rings, surroundings, healthy, classes, whole, symmetries, images };
}

/** The outcome of each class's failure. */
export function outcomesOfClasses({ stage, classes, images, healthy }: Scene): Outcome[] {
  const orbits = new DisjointSets(classes.count);
  for (const image of images) for (const [id, to] of image.entries()) if (to >= 0) orbits.join(id, to);
  const outcomes: Outcome[] = [];
  for (let id = 0; id < classes.count; id++) {
    const orbit = orbits.find(id);
    outcomes.push(orbit < id ? outcomes[orbit]! : healthy.outcome(failureOf(stage, classes.first[id]!)));
  }
  return outcomes;
}
