/** From a part as written in the cluster file to a part of the catalog. */

import type * as z from "zod";
import type { CageGroup, Figure, PartModel, PartModelKind, Source } from "../catalog/types.ts";
import type { CommonFields, PlugFields, WholePart, wholeParts } from "./parts-schema.ts";

/** What is given of a part of one kind: all of a whole part, some of a derived one. */
export type Given<Kind extends PartModelKind> = Partial<z.output<(typeof wholeParts)[Kind]>>;

/** A whole part of the catalog. */
export function wholeModel(part: WholePart): PartModel {
  const source = sourceOf(part.source);
  const fields = fieldsOf(part.kind, part, source);
  return { description: part.model, ...fields, kind: part.kind, model: part.model, source } as PartModel;
}

/** A part like `base`, with what is given in its place. */
export function deriveModel(base: PartModel, given: Given<PartModelKind>): PartModel {
  const source = sourceOf(given.source ?? `based on ${base.model}`);
  const description = `${base.description} (changed)`;
  return { ...base, description, ...fieldsOf(base.kind, given, source), source } as PartModel;
}

function sourceOf(text: string | undefined): Source {
  return { grade: "cluster file", text: text ?? "a part of the cluster file's own" };
}

type Fields = Record<string, unknown>;
type ToFields<Kind extends PartModelKind> = (given: Given<Kind>, figure: ToFigure) => Fields;
type ToFigure = (value: number | undefined, scale?: number) => Figure | undefined;

function fieldsOf<Kind extends PartModelKind>(kind: Kind, given: Given<Kind>, source: Source): Fields {
  const figure: ToFigure = (value, scale = 1) => (value === undefined ? undefined : { value: value * scale, source });
  const { model, description, price, failureRate, repairTime }: CommonFields = given as CommonFields;
  const common = {
    model,
    description,
    priceUsd: figure(price),
    failureFit: figure(failureRate),
    repairHours: figure(repairTime, 1 / 3600),
  };
  return present({ ...common, ...toFields[kind](given, figure) });
}

const toFields: { readonly [Kind in PartModelKind]: ToFields<Kind> } = {
  switch: (given, figure) => ({
    ...deviceFields(given, figure),
    ...(given.cages && cageFields(given.cages)),
    ...present({ logicalPortsMax: given.logicalPorts, capacityGbps: given.capacity }),
  }),
  nic: (given, figure) => ({
    ...deviceFields(given, figure),
    ports: given.ports,
    portSpeedGbps: given.portSpeed,
    cage: given.cage && cageGroup({ ...given.cage, count: given.cage.count ?? given.ports ?? 1 }),
  }),
  module: (given, figure) => ({
    networks: given.networks,
    formFactor: given.formFactor,
    top: given.top,
    opticalPorts: given.opticalPorts,
    portSpeedGbps: given.portSpeed,
    connector: given.connector,
    fibre: given.fibre,
    optics: given.optics && {
      family: given.optics.family,
      lanes: given.optics.lanes,
      laneGbps: given.optics.laneSpeed,
    },
    reachM: typeof given.reach === "number" ? { singleMode: given.reach } : given.reach && present(given.reach),
    place: given.place,
    powerW: figure(given.power),
    powerPartialW: figure(given.powerPartial),
    splits: given.splits,
  }),
  "captive-cable": (given, figure) => ({
    networks: given.networks,
    medium: given.medium,
    trunk: given.trunk && { ...plugFields(given.trunk, figure), count: 1 },
    branch: given.branch && { ...plugFields(given.branch, figure), count: given.branch.count },
    carries: given.carries,
    lengthsM: given.lengths && ascending(given.lengths),
    pricePerMUsd: figure(given.pricePerMetre),
  }),
  fibre: (given, figure) => ({
    fibre: given.fibre,
    grade: given.grade,
    connector: given.connector,
    branches: given.branches,
    lengthsM: given.lengths && ascending(given.lengths),
    pricePerMUsd: figure(given.pricePerMetre),
  }),
};

function deviceFields(given: Given<"switch"> | Given<"nic">, figure: ToFigure): Fields {
  return {
    networks: given.networks,
    laneGbps: given.laneSpeed,
    powerTypicalW: figure(given.power),
    latencyNs: figure(given.latency, 1e9),
  };
}

type GivenCage = Omit<NonNullable<Given<"switch">["cages"]>[number], "count"> & { readonly count: number };

function cageGroup({ powerMax, ...cage }: GivenCage): CageGroup {
  return { ...cage, powerMaxW: powerMax };
}

/** Cages, with the ports and the capacity that they give. */
function cageFields(cages: readonly GivenCage[]): Fields {
  const most = (value: (breakout: CageGroup["breakouts"][number]) => number) =>
    cages.reduce((sum, cage) => sum + cage.count * Math.max(...cage.breakouts.map(value)), 0);
  return {
    cages: cages.map(cageGroup),
    logicalPortsMax: most(({ links }) => links),
    capacityGbps: most(({ links, speedGbps }) => links * speedGbps),
  };
}

function plugFields({ formFactor, top, speed, power }: PlugFields, figure: ToFigure): Fields {
  return { formFactor, top, speedGbps: speed, powerW: figure(power) };
}

function ascending(lengths: readonly number[]): number[] {
  return [...new Set(lengths)].sort((left, right) => left - right);
}

function present(fields: object): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Something in a part that contradicts itself. */
export interface PartContradiction {
  /** Key of the part. */
  readonly below: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

/** What the schema cannot see: fields that must agree with each other. */
export function contradictionsOf(part: PartModel): PartContradiction[] {
  const problems: PartContradiction[] = [];
  const check = (good: boolean, key: string, message: string, remedy: string) => {
    if (!good) problems.push({ below: [key], message, remedy });
  };
  if (part.kind === "nic") {
    const { ports, cage } = part;
    const message = `${ports} port${ports === 1 ? "" : "s"} in ${cage.count} cages`;
    check(cage.count <= ports, "cage", message, "Give at most one cage for each port.");
    const offers = cage.breakouts.some(({ speedGbps }) => speedGbps === part.portSpeedGbps);
    const speeds = [...new Set(cage.breakouts.map(({ speedGbps }) => `${speedGbps}Gbps`))].join(" or ");
    const ofCage = `the cage offers ${speeds}, but the port speed is ${part.portSpeedGbps}Gbps`;
    check(offers, "portSpeed", ofCage, `Add a breakout of ${part.portSpeedGbps}Gbps, or set portSpeed: ${speeds}.`);
  }
  if (part.kind === "module") {
    const single = part.fibre === "single-mode";
    const message = `the reach of a ${part.fibre} module is given ${single ? "by grade of multimode fibre" : "as one length"}`;
    const remedy = single ? "Write one length, such as reach: 500m." : "Write reach: { OM3: 30m, OM4: 50m }.";
    check((part.reachM.singleMode !== undefined) === single, "reach", message, remedy);
  }
  if (part.kind === "fibre") {
    const message = `${part.grade} is not a grade of ${part.fibre} fibre`;
    check(
      (part.grade === "OS2") === (part.fibre === "single-mode"),
      "grade",
      message,
      "OM3 and OM4 are multimode, OS2 is single-mode.",
    );
  }
  return problems;
}
