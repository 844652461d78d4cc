/** For tests: small random problems of fair rates. */

import type { RandomStream } from "../../../base/random.ts";
import type { Demand } from "../fair-rates.ts";

export interface Problem {
  readonly capacities: Float64Array;
  readonly demands: readonly Demand[];
}

export interface Features {
  readonly coefficients: boolean;
  readonly weights: boolean;
  readonly limits: boolean;
  readonly priorities: number;
  readonly deadLinks: boolean;
}

export const everyFeature: Features = {
  coefficients: true,
  weights: true,
  limits: true,
  priorities: 3,
  deadLinks: true,
};

export function randomDemand(random: RandomStream, resourceCount: number, features: Features): Demand {
  const resources = random
    .shuffle(Array.from({ length: resourceCount }, (_, resource) => resource))
    .slice(0, random.between(1, Math.min(4, resourceCount)));
  return {
    resources,
    coefficients: features.coefficients ? resources.map(() => random.between(1, 40) / 8) : undefined,
    weight: features.weights ? random.between(1, 8) / 2 : undefined,
    priority: random.below(features.priorities),
    rateMax: features.limits && random.chance(0.2) ? random.between(0, 30) : undefined,
  };
}

export function randomCapacity(random: RandomStream, features: Features): number {
  return features.deadLinks && random.chance(0.05) ? 0 : random.between(1, 100);
}

export function randomProblem(random: RandomStream, features: Features, resourcesMax = 8, demandsMax = 10): Problem {
  const resourceCount = random.between(1, resourcesMax);
  return {
    capacities: Float64Array.from({ length: resourceCount }, () => randomCapacity(random, features)),
    demands: Array.from({ length: random.between(1, demandsMax) }, () => randomDemand(random, resourceCount, features)),
  };
}
