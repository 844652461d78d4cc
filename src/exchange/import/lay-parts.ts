/** Lays the parts of an imported fabric: NICs and ports of servers, switches with their cages, modules and cables. */

import type { Catalog, Network, PartModel } from "../../catalog/types.ts";
import { LinkColumns, PartColumns } from "../../fabric/build/columns.ts";
import { SwitchRows } from "../../fabric/build/switches.ts";
import type { Fabric, Stage } from "../../fabric/types.ts";
import { cageOfInterface, laneOfInterface } from "./interface-names.ts";
import { planesOf } from "./planes.ts";
import type { RailPlan, ServerPort } from "./rails.ts";
import type { WiredDevice, WiredEnd } from "./wiring.ts";

export interface SurveyedSwitch {
  readonly device: WiredDevice;
  /** Device index in the wiring. */
  readonly wired: number;
  readonly plane: number;
  readonly tier: 0 | 1 | 2;
  readonly pod: number;
}

export interface SurveyedLink {
  /** -1 between switches. */
  readonly server: number;
  /** rail x links + side; -1 between switches. */
  readonly slot: number;
  readonly port: ServerPort | undefined;
  readonly lower: WiredEnd | undefined;
  readonly upper: WiredEnd;
  readonly speedGbps: number;
  /** False: assumed. */
  readonly speedKnown: boolean;
  readonly network: Network;
}

export interface Survey {
  readonly servers: readonly string[];
  readonly switches: readonly SurveyedSwitch[];
  readonly links: readonly SurveyedLink[];
  readonly plan: RailPlan;
  readonly planes: number;
}

export interface Context {
  readonly name: string;
  readonly gpus: number;
  readonly from: string;
  readonly assumptions: readonly string[];
  readonly catalog: Catalog;
}

const switchStages = ["leaf-switch", "spine-switch", "core-switch"] as const;
const linkStages = ["access-link", "leaf-spine-link", "spine-core-link"] as const;

export function layParts(survey: Survey, context: Context): Fabric {
  const { servers, plan } = survey;
  const { rails, linksPerEndpoint, nicsPerEndpoint } = plan;
  const parts = new PartColumns();
  const labels = new Map<number, string>();
  for (const server of servers.keys()) parts.add("server", "server", undefined, -1, server + 1);
  const ports = layServerPorts(survey, parts, labels);
  const laid = laySwitches(survey, parts, context.catalog);
  const links = new LinkColumns();
  const cages = new Cages(parts, labels);
  const accessLink = new Int32Array(servers.length * rails * linksPerEndpoint).fill(-1);
  for (const link of survey.links) {
    const upperSwitch = laid.indexOf.get(link.upper.device)!;
    const lowerSwitch = link.lower === undefined ? -1 : laid.indexOf.get(link.lower.device)!;
    const isAccess = link.lower === undefined;
    const lowerTier = isAccess ? 0 : laid.switches[lowerSwitch]!.tier;
    const tier = isAccess ? 0 : lowerTier === 0 ? 1 : 2;
    const stage: Stage = linkStages[tier];
    const slot = link.server * rails * linksPerEndpoint + link.slot;
    const lower =
      link.lower === undefined
        ? cages.onServer(ports.get(slot)!)
        : cages.onSwitch(stage, laid.parts[lowerSwitch]!, laid.switches[lowerSwitch]!.device, link.lower);
    const upper = cages.onSwitch(stage, laid.parts[upperSwitch]!, laid.switches[upperSwitch]!.device, link.upper);
    const cable = parts.add("cable", stage, undefined, lower.port, lower.lane);
    const index = links.add({
      tier,
      plane: laid.switches[upperSwitch]!.plane,
      speedGbps: link.speedGbps,
      endpoint: isAccess ? Math.floor(slot / linksPerEndpoint) : -1,
      side: isAccess ? slot % linksPerEndpoint : 0,
      lowerSwitch,
      upperSwitch,
      lowerPort: lower.port,
      lowerModule: lower.module,
      cable,
      upperModule: upper.module,
      upperPort: upper.port,
      lowerLane: lower.lane,
      upperLane: upper.lane,
    });
    if (isAccess) accessLink[slot] = index;
  }
  const rows = laid.rows.finish();
  const columns = links.finish();
  return {
    name: context.name,
    serverCount: servers.length,
    gpusPerServer: context.gpus,
    railsPerServer: rails,
    linksPerEndpoint,
    nicsPerEndpoint,
    models: parts.models,
    parts: parts.finish(),
    switches: rows,
    links: columns,
    accessLink,
    planes: planesOf(survey, rows, columns, rails),
    sharedRisks: [],
    names: { servers, switches: laid.switches.map((each) => each.device.name), ports: labels },
    origin: { from: context.from, assumptions: context.assumptions },
  };
}

/** NICs and ports that have a link; the port part of each slot of all servers. */
function layServerPorts({ plan }: Survey, parts: PartColumns, labels: Map<number, string>): Map<number, number> {
  const { rails, linksPerEndpoint, nicsPerEndpoint, nicsKnown } = plan;
  const perServer = rails * linksPerEndpoint;
  const portsPerNic = linksPerEndpoint / nicsPerEndpoint;
  const nics = new Map<number, number>();
  for (const [server, row] of plan.slots.entries()) {
    for (const [slot, port] of row.entries()) {
      if (port === undefined) continue;
      const nic = Math.floor(slot / portsPerNic);
      const key = server * perServer + nic;
      if (nics.has(key)) continue;
      const part = parts.add("nic", "nic", undefined, server, nic + 1);
      nics.set(key, part);
      if (nicsKnown) labels.set(part, port.nic ?? port.port);
    }
  }
  const ports = new Map<number, number>();
  for (const [server, row] of plan.slots.entries()) {
    for (const [slot, port] of row.entries()) {
      if (port === undefined) continue;
      const nic = nics.get(server * perServer + Math.floor(slot / portsPerNic))!;
      const part = parts.add("nic-port", "access-link", undefined, nic, port.number ?? (slot % portsPerNic) + 1);
      ports.set(server * perServer + slot, part);
      if (port.number === undefined) labels.set(part, port.port);
    }
  }
  return ports;
}

/** Switches by plane, tier and name. */
function laySwitches({ switches }: Survey, parts: PartColumns, catalog: Catalog) {
  const rows = new SwitchRows(parts);
  const ordered = switches.toSorted((left, right) => left.plane - right.plane || left.tier - right.tier);
  const ordinals = new Map<string, number>();
  const indexOf = new Map<number, number>();
  for (const { device, wired, plane, tier, pod } of ordered) {
    const key = `${plane} ${tier}`;
    const ordinal = ordinals.get(key) ?? 0;
    ordinals.set(key, ordinal + 1);
    const model = device.model === undefined ? undefined : catalog.get(device.model);
    indexOf.set(wired, rows.add(switchStages[tier], switchOnly(model), plane, tier, ordinal, pod));
  }
  return { rows, switches: ordered, indexOf, parts: ordered.map((_, index) => rows.partOf(index)) };
}

function switchOnly(model: PartModel | undefined) {
  return model?.kind === "switch" ? model : undefined;
}

interface LaidEnd {
  readonly port: number;
  readonly module: number;
  readonly lane: number;
}

/** Cages with their modules, made when the first of their links is. */
class Cages {
  readonly #parts: PartColumns;
  readonly #labels: Map<number, string>;
  readonly #made = new Map<string, { port: number; module: number; lanes: number }>();
  readonly #counts = new Map<number, number>();

  constructor(parts: PartColumns, labels: Map<number, string>) {
    this.#parts = parts;
    this.#labels = labels;
  }

  onServer(port: number): LaidEnd {
    return { port, module: this.#parts.add("module", "access-link", undefined, port, 1), lane: 1 };
  }

  onSwitch(stage: Stage, owner: number, device: WiredDevice, end: WiredEnd): LaidEnd {
    const { label, number } = cageOf(device, end);
    const key = `${owner} ${label}`;
    let cage = this.#made.get(key);
    if (cage === undefined) {
      const ordinal = number ?? (this.#counts.get(owner) ?? 0) + 1;
      this.#counts.set(owner, Math.max(ordinal, this.#counts.get(owner) ?? 0));
      const port = this.#parts.add("cage", stage, undefined, owner, ordinal);
      if (label !== `cage-${ordinal}`) this.#labels.set(port, label);
      cage = { port, module: this.#parts.add("module", stage, undefined, port, 1), lanes: 0 };
      this.#made.set(key, cage);
    }
    cage.lanes = Math.min(255, cage.lanes + 1);
    return { port: cage.port, module: cage.module, lane: laneOf(device, end) ?? cage.lanes };
  }
}

/** The cage of a switch's port: ports of a twin-port cage share it, and so do the ports of a breakout (`swp1s0`, `swp1s1`). */
function cageOf(device: WiredDevice, end: WiredEnd): { label: string; number: number | undefined } {
  const perCage = device.portsPerCage ?? 1;
  if (end.number !== undefined && perCage > 1) {
    const number = Math.ceil(end.number / perCage);
    return { label: `cage-${number}`, number };
  }
  const label =
    end.cage ??
    cageOfInterface(end.port) ??
    (end.number !== undefined && /^\d+$/.test(end.port) ? `port-${end.number}` : end.port);
  return { label, number: end.number ?? numberIn(label) };
}

/** The lane group of a switch's port in its cage, from 1, where number or name tell it; undefined: links are counted as they come. */
function laneOf({ portsPerCage = 1 }: WiredDevice, { number, port, cage }: WiredEnd): number | undefined {
  if (number !== undefined && portsPerCage > 1) return ((number - 1) % portsPerCage) + 1;
  return laneOfInterface(port, cage);
}

/** The number in a plain name such as `cage-12`. */
function numberIn(label: string): number | undefined {
  const found = /^cage-([1-9]\d{0,5})$/.exec(label);
  return found === null ? undefined : Number(found[1]);
}
