/** One fabric under one variation: from rates to money. */

import { type BillOfMaterials, billOfMaterials } from "../fabric/bill-of-materials.ts";
import { type ModelMix, modelMix } from "../fabric/failure-rates.ts";
import { type Failures, failuresOf } from "./failures.ts";
import { type Interruptions, interruptionsOf } from "./interruptions.ts";
import { type Losses, lossesOf } from "./losses.ts";
import { type Money, moneyOf } from "./money.ts";
import { type Assessed, asGiven, type Variation } from "./types.ts";

/** An assessed fabric with what is counted once and priced under many variations. */
export interface Prepared {
  readonly assessed: Assessed;
  readonly bill: BillOfMaterials;
  readonly mix: ModelMix;
}

export interface Evaluation {
  readonly failures: Failures;
  readonly interruptions: Interruptions;
  readonly losses: Losses;
  readonly money: Money;
}

export function prepare(assessed: Assessed): Prepared {
  const { fabric, cluster } = assessed;
  return { assessed, bill: billOfMaterials(fabric, cluster), mix: modelMix(fabric) };
}

export function evaluate({ assessed, bill, mix }: Prepared, variation: Variation = asGiven): Evaluation {
  const failures = failuresOf(assessed, mix, variation);
  const losses = lossesOf(assessed, failures.classes, variation);
  return {
    failures,
    interruptions: interruptionsOf(failures.classes),
    losses,
    money: moneyOf(assessed.cluster, bill, failures.classes, losses, variation),
  };
}
