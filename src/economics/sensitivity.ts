/** Rates and prices are uncertain: the answer with each of them halved and doubled, and under harsher rules. */

import { compareSecondLink } from "./comparison.ts";
import { evaluate, type Prepared } from "./evaluate.ts";
import { asGiven, type Variation } from "./types.ts";

export interface SensitivityRow {
  readonly name: string;
  readonly interruptionsPerMonth: number;
  readonly ettr: number;
  readonly gpuHoursLostPerYear: number;
  readonly costPerYear: number;
  /** The same of the baseline, where there is one. */
  readonly baseline?: {
    readonly interruptionsPerMonth: number;
    readonly ettr: number;
    readonly gpuHoursLostPerYear: number;
    readonly costPerYear: number;
    /** Months; null: never. */
    readonly paysBackMonths: number | null;
  };
}

const variations: readonly { readonly name: string; readonly variation: Variation }[] = [
  { name: "as given", variation: asGiven },
  { name: "all failure rates halved", variation: { ...asGiven, rates: 0.5 } },
  { name: "all failure rates doubled", variation: { ...asGiven, rates: 2 } },
  {
    name: "links flap twelve times as often, as at the upper end of what is published",
    variation: { ...asGiven, flaps: 12 },
  },
  { name: "no link ever flaps", variation: { ...asGiven, flaps: 0 } },
  { name: "GPU-hour at half the price", variation: { ...asGiven, gpuHour: 0.5 } },
  { name: "GPU-hour at twice the price", variation: { ...asGiven, gpuHour: 2 } },
  {
    name: "the library cannot send over another NIC: rerouted is fatal",
    variation: { ...asGiven, reroutedIsFatal: true },
  },
  {
    name: "and no spare servers besides: the job waits for each repair in the network",
    variation: { ...asGiven, reroutedIsFatal: true, waitsForRepair: true },
  },
];

export function sensitivityOf(subject: Prepared, baseline: Prepared | undefined): SensitivityRow[] {
  return variations.map(({ name, variation }) => {
    const own = evaluate(subject, variation);
    const row = {
      name,
      interruptionsPerMonth: own.interruptions.perMonth,
      ettr: own.losses.ettr,
      gpuHoursLostPerYear: own.losses.gpuHoursLostPerYear,
      costPerYear: own.money.costPerYear,
    };
    if (baseline === undefined) return row;
    const other = evaluate(baseline, variation);
    return {
      ...row,
      baseline: {
        interruptionsPerMonth: other.interruptions.perMonth,
        ettr: other.losses.ettr,
        gpuHoursLostPerYear: other.losses.gpuHoursLostPerYear,
        costPerYear: other.money.costPerYear,
        paysBackMonths: compareSecondLink(subject, own, baseline, other).paysBackMonths,
      },
    };
  });
}
