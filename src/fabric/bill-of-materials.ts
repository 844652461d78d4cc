/** What must be bought: every switch, NIC, module and cable by length, with power and price where known. */

import { cablePriceUsd } from "../catalog/index.ts";
import type { CaptiveCableModel, PartModel, PartModelKind, Source } from "../catalog/types.ts";
import type { Cluster } from "../cluster/types.ts";
import { type Fabric, kindCode, noModel, type Stage, stages } from "./types.ts";

export interface BillRow {
  readonly kind: PartModelKind;
  readonly model: string;
  readonly description: string;
  /** Where it is used. */
  readonly stage: Stage;
  /** Metres, for cables. */
  readonly lengthM?: number;
  readonly count: number;
  /** US dollars for one piece; absent where nobody published or assumed one. */
  readonly unitPriceUsd?: number;
  /** Where the price comes from; "assumption" prices should be overridden. */
  readonly priceGrade?: Source["grade"];
  /** Watts of one piece, both ends for a captive cable. */
  readonly unitPowerW?: number;
}

export interface BillOfMaterials {
  readonly rows: readonly BillRow[];
  readonly totals: {
    readonly priceUsd: number;
    readonly powerW: number;
    /** Models without a price; their pieces are missing in the total. */
    readonly unpriced: readonly string[];
  };
}

/** Counts the parts of the fabric by model, stage and length. Servers and GPUs are not part of the network's bill. */
export function billOfMaterials(fabric: Fabric, cluster: Cluster): BillOfMaterials {
  const counts = new Map<number, number>();
  const add = (model: number, stage: number, length: number) => {
    const key = (model * 64 + stage) * 65_536 + length;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  const { parts, links } = fabric;
  const captive = fabric.models.map((model) => model.kind === "captive-cable");
  for (let part = 0; part < parts.count; part++) {
    const model = parts.model[part]!;
    if (model === noModel || captive[model] || parts.kind[part] === kindCode.cable) continue;
    add(model, parts.stage[part]!, 0);
  }
  const seen = new Uint8Array(parts.count);
  for (let link = 0; link < links.count; link++) {
    const cable = links.cable[link]!;
    if (seen[cable] === 1 || parts.model[cable] === noModel) continue;
    seen[cable] = 1;
    const length = fabric.planes[links.plane[link]!]?.assemblies[links.tier[link]!]?.lengthM ?? 0;
    add(parts.model[cable]!, parts.stage[cable]!, Math.round(length * 10));
  }
  const rows = [...counts].map(([key, count]) => {
    const model = fabric.models[Math.floor(key / 65_536 / 64)]!;
    return billRow(model, stages[Math.floor(key / 65_536) % 64]!, (key % 65_536) / 10, count, cluster);
  });
  rows.sort((left, right) => order(left) - order(right) || left.model.localeCompare(right.model));
  return { rows, totals: totalsOf(rows) };
}

const kindOrder: readonly PartModelKind[] = ["switch", "nic", "module", "captive-cable", "fibre"];

function order(row: BillRow): number {
  return kindOrder.indexOf(row.kind) * 100 + stages.indexOf(row.stage);
}

function billRow(model: PartModel, stage: Stage, lengthM: number, count: number, cluster: Cluster): BillRow {
  const isCable = model.kind === "captive-cable" || model.kind === "fibre";
  const own = cluster.economics.prices[model.model];
  const catalogPrice = isCable ? cablePriceUsd(model, lengthM) : model.priceUsd?.value;
  const price = own ?? catalogPrice;
  const grade = own === undefined ? model.priceUsd?.source.grade : "cluster file";
  const powerW = powerOf(model);
  return {
    kind: model.kind,
    model: model.model,
    description: model.description,
    stage,
    ...(isCable ? { lengthM } : {}),
    count,
    ...(price === undefined ? {} : { unitPriceUsd: price }),
    ...(price === undefined || grade === undefined ? {} : { priceGrade: grade }),
    ...(powerW === undefined ? {} : { unitPowerW: powerW }),
  };
}

/** Watts of one piece; a fibre draws none. */
function powerOf(model: PartModel): number | undefined {
  switch (model.kind) {
    case "switch":
    case "nic":
      return model.powerTypicalW.value;
    case "module":
      return model.powerW.value;
    case "captive-cable":
      return captivePower(model);
    case "fibre":
      return undefined;
  }
}

function captivePower(cable: CaptiveCableModel): number {
  return cable.trunk.powerW.value * cable.trunk.count + cable.branch.powerW.value * cable.branch.count;
}

function totalsOf(rows: readonly BillRow[]): BillOfMaterials["totals"] {
  let priceUsd = 0;
  let powerW = 0;
  const unpriced = new Set<string>();
  for (const row of rows) {
    if (row.unitPriceUsd === undefined) unpriced.add(row.model);
    priceUsd += (row.unitPriceUsd ?? 0) * row.count;
    powerW += (row.unitPowerW ?? 0) * row.count;
  }
  return { priceUsd, powerW, unpriced: [...unpriced] };
}
