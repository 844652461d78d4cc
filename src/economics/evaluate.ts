/** One fabric under one variation: from rates to money. */

import type { BillOfMaterials } from "../fabric/bill-of-materials.ts";
import { type Failures, failuresOf } from "./failures.ts";
import { type Interruptions, interruptionsOf } from "./interruptions.ts";
import { type Losses, lossesOf } from "./losses.ts";
import { type Money, moneyOf } from "./money.ts";
import { type Assessed, asGiven, type Variation } from "./types.ts";

export interface Evaluation {
  readonly failures: Failures;
  readonly interruptions: Interruptions;
  readonly losses: Losses;
  readonly money: Money;
}

export function evaluate(
  assessed: Assessed,
  bill: Pick<BillOfMaterials, "totals">,
  variation: Variation = asGiven,
): Evaluation {
  const failures = failuresOf(assessed, variation);
  const losses = lossesOf(assessed, failures.classes);
  return {
    failures,
    interruptions: interruptionsOf(failures.classes),
    losses,
    money: moneyOf(assessed.cluster, bill, failures.classes, losses, variation),
  };
}
