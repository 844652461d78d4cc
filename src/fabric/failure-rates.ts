/** How often each part fails and how long it stays failed: cluster file, else the part's own figure, else the catalog. */

import type { Reliability, ReliabilityKind } from "../catalog/reliability.ts";
import { reliability } from "../catalog/reliability.ts";
import type { CaptiveCableModel, Figure, PartModel, Source } from "../catalog/types.ts";
import type { EconomicsSettings } from "../cluster/types.ts";
import { type Fabric, kindCode, noModel, type PartKind, partKinds, type Stage, stageCode, stages } from "./types.ts";

/** Where a figure comes from: the catalog's grades, or the user's own cluster file. */
export interface FigureSource {
  readonly grade: Source["grade"] | "cluster file";
  readonly text: string;
}

/** Failure rate and repair time of one piece, each with its source. */
export interface PartRate {
  /** Failures per 1e9 hours. */
  readonly failureFit: number;
  readonly fitSource: FigureSource;
  readonly repairHours: number;
  readonly repairSource: FigureSource;
}

/** How many parts of each model there are at a kind and stage; `noModel` for parts without one. */
export type ModelMix = ReadonlyMap<number, ReadonlyMap<number, number>>;

const keyOf = (kind: number, stage: number): number => kind * stages.length + stage;

/** Counts the parts of a fabric by kind, stage and model, in one pass over the columns. */
export function modelMix(fabric: Fabric): ModelMix {
  const { parts, models } = fabric;
  const width = models.length + 1;
  const counts = new Uint32Array(partKinds.length * stages.length * width);
  for (let part = 0; part < parts.count; part++) {
    const model = Math.min(parts.model[part]!, models.length);
    counts[keyOf(parts.kind[part]!, parts.stage[part]!) * width + model]!++;
  }
  const mix = new Map<number, Map<number, number>>();
  for (const [index, count] of counts.entries()) {
    if (count === 0) continue;
    const key = Math.floor(index / width);
    const model = index % width;
    const found = mix.get(key) ?? new Map<number, number>();
    mix.set(key, found.set(model === models.length ? noModel : model, count));
  }
  return mix;
}

/** Rate of a kind by itself, for what has no model: GPUs, servers, software, ports, cages, shared things. */
export function kindRate(economics: EconomicsSettings, kind: ReliabilityKind): PartRate {
  return overridden(economics, kind, fromCatalog(reliability[kind]));
}

/**
 * Rate of the parts of one kind and stage. Where several models share a kind and stage, their mean by number of pieces
 * (repair times: by number of failures).
 */
export function partRate(
  fabric: Fabric,
  mix: ModelMix,
  economics: EconomicsSettings,
  kind: Exclude<PartKind, "rack">,
  stage: Stage,
): PartRate {
  const models = mix.get(keyOf(kindCode[kind], stageCode[stage])) ?? new Map<number, number>();
  const rates = [...models].map(([index, count]) => ({
    rate: index === noModel ? fromCatalog(reliability[kind]) : modelRate(kind, fabric.models[index]!),
    count,
  }));
  return overridden(economics, kind, rates.length === 0 ? fromCatalog(reliability[kind]) : meanRate(rates));
}

function fromCatalog(entry: Reliability): PartRate {
  return {
    failureFit: entry.failureFit.value,
    fitSource: entry.failureFit.source,
    repairHours: entry.repairHours.value,
    repairSource: entry.repairHours.source,
  };
}

/** A model's own figures before the catalog's for its kind. */
function modelRate(kind: ReliabilityKind, model: PartModel): PartRate {
  const base = fromCatalog(reliability[kind]);
  const fit = model.kind === "captive-cable" ? captiveFit(kind, model) : model.failureFit;
  return {
    failureFit: fit?.value ?? base.failureFit,
    fitSource: fit?.source ?? base.fitSource,
    repairHours: model.repairHours?.value ?? base.repairHours,
    repairSource: model.repairHours?.source ?? base.repairSource,
  };
}

/**
 * A cable with captive ends is several parts of the fabric: its plugs (modules) and the cable between them. Its own
 * rate is for the whole piece and is divided among them as the catalog's rates for the kinds stand to each other, so
 * that nothing is counted twice. The plugs of a passive copper cable hold no optics: they fail like cable, not like modules.
 */
function captiveFit(kind: ReliabilityKind, cable: CaptiveCableModel): Figure | undefined {
  const wire = reliability.cable.failureFit;
  const plug: Figure =
    cable.medium === "DAC"
      ? {
          value: wire.value,
          source: { grade: "assumption", text: "a passive copper plug holds no optics: as a cable, not as a module" },
        }
      : reliability.module.failureFit;
  const share = kind === "module" ? plug : wire;
  if (cable.failureFit === undefined) return kind === "module" ? plug : undefined;
  const plugs = cable.trunk.count + cable.branch.count;
  const value = (cable.failureFit.value * share.value) / (plugs * plug.value + wire.value);
  return { value, source: cable.failureFit.source };
}

function meanRate(rates: readonly { rate: PartRate; count: number }[]): PartRate {
  const first = rates[0]!.rate;
  if (rates.length === 1) return first;
  let pieces = 0;
  let failures = 0;
  let hours = 0;
  let plainHours = 0;
  for (const { rate, count } of rates) {
    pieces += count;
    failures += count * rate.failureFit;
    hours += count * rate.failureFit * rate.repairHours;
    plainHours += count * rate.repairHours;
  }
  const texts = (pick: (rate: PartRate) => FigureSource): FigureSource => {
    const distinct = [...new Map(rates.map(({ rate }) => [pick(rate).text, pick(rate)])).values()];
    if (distinct.length === 1) return distinct[0]!;
    return { grade: "computed", text: `mean of: ${distinct.map((each) => each.text).join("; ")}` };
  };
  return {
    failureFit: failures / pieces,
    fitSource: texts((rate) => rate.fitSource),
    repairHours: failures > 0 ? hours / failures : plainHours / pieces,
    repairSource: texts((rate) => rate.repairSource),
  };
}

function overridden(economics: EconomicsSettings, kind: ReliabilityKind, rate: PartRate): PartRate {
  const fit = economics.failureRates[kind];
  const repairS = economics.repairTimes[kind];
  return {
    ...rate,
    ...(fit === undefined
      ? {}
      : { failureFit: fit, fitSource: { grade: "cluster file", text: `economics.failureRates.${kind}` } as const }),
    ...(repairS === undefined
      ? {}
      : {
          repairHours: repairS / 3600,
          repairSource: { grade: "cluster file", text: `economics.repairTimes.${kind}` } as const,
        }),
  };
}
