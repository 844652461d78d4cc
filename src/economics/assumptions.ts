/** What the price rests on, in words, each with its source: for the report. */

import { linkFlaps, reliability } from "../catalog/reliability.ts";
import type { Cluster, EconomicsSettings } from "../cluster/types.ts";
import type { BillOfMaterials } from "../fabric/bill-of-materials.ts";
import type { FigureSource } from "../fabric/failure-rates.ts";
import type { RateSource } from "./failures.ts";

export interface Assumption {
  readonly text: string;
  readonly source: FigureSource;
}

const model = (text: string): Assumption => ({
  text,
  source: { grade: "assumption", text: "model of the price, docs/physics.md" },
});

export function assumptionsOf(
  cluster: Cluster,
  rates: readonly RateSource[],
  bill: Pick<BillOfMaterials, "rows" | "totals">,
): Assumption[] {
  return [...rates.flatMap(rateAssumptions), ...priceAssumptions(bill), ...modelAssumptions(cluster)];
}

function rateAssumptions(rate: RateSource): Assumption[] {
  const { unit } = reliability[rate.kind];
  return [
    { text: `${unit}: ${round(rate.failureFit)} failures per 1e9 hours (FIT)`, source: rate.fitSource },
    { text: `${unit}: ${round(rate.repairHours)} h from failure to repaired`, source: rate.repairSource },
  ];
}

function priceAssumptions(bill: Pick<BillOfMaterials, "rows" | "totals">): Assumption[] {
  const assumed = [...new Set(bill.rows.filter((row) => row.priceGrade === "assumption").map((row) => row.model))];
  const list: Assumption[] = [];
  if (assumed.length > 0)
    list.push({
      text: `prices of ${assumed.join(", ")}`,
      source: {
        grade: "assumption",
        text: "nobody publishes list prices; the catalog's order of magnitude; put your quotes into economics.prices",
      },
    });
  if (bill.totals.unpriced.length > 0)
    list.push({
      text: `no price is known of ${bill.totals.unpriced.join(", ")}: left out of the purchase`,
      source: { grade: "assumption", text: "put your quotes into economics.prices" },
    });
  return list;
}

function modelAssumptions(cluster: Cluster): Assumption[] {
  const { training, economics } = cluster;
  const list = [
    model("Parts fail independently and at a constant rate; N parts fail N times as often as one."),
    model("Only fatal failures interrupt a job; GPUs, servers and software always do."),
    model(
      "A job goes on without the servers that a fatal failure cut off, or on spares, after the restart time; they are lost until repair. A failure that reaches every server of a job makes it wait for the repair.",
    ),
    model("A failed server loses all its GPUs to the job until repair."),
    model("Takeover between the links of a pair takes milliseconds and costs nothing here; `simulate` measures it."),
    ...flapAssumptions(economics),
    model("The slowest failed place sets the pace of a ring; several failures do not add up."),
  ];
  if (training.algorithm !== "ring")
    list.push(
      model(`The ${training.algorithm} algorithm is priced as a ring: both move the same bytes over each link.`),
    );
  if (economics.jobGpus !== "all")
    list.push(model(`The cluster is filled with equal jobs of ${economics.jobGpus} GPUs on neighbouring servers.`));
  return list;
}

function flapAssumptions({ linkFlapsPerDay, flapHalt }: EconomicsSettings): Assumption[] {
  const from = (own: boolean, key: string, source: FigureSource): FigureSource =>
    own ? { grade: "cluster file", text: `economics.${key}` } : source;
  return [
    {
      text: `Each link flaps ${round(linkFlapsPerDay)} times a day.`,
      source: from(linkFlapsPerDay !== linkFlaps.perDay.value, "linkFlapsPerDay", linkFlaps.perDay.source),
    },
    {
      text: `A job halts for ${round(flapHalt)} s when a link flaps that nothing replaces within milliseconds.`,
      source: from(flapHalt !== linkFlaps.haltS.value, "flapHalt", linkFlaps.haltS.source),
    },
  ];
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
