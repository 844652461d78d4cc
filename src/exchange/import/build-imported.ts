/** From wiring to a fabric: servers and switches told apart, tiers, planes and rails inferred, parts laid. */

import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import type { Catalog } from "../../catalog/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { classify } from "./classify.ts";
import { withoutIgnored } from "./ignore.ts";
import { layParts, type Survey, type SurveyedLink } from "./lay-parts.ts";
import { findLayers, tierOf } from "./layers.ts";
import { mode, planRails, type RailPlan, type ServerPort } from "./rails.ts";
import { some } from "./some.ts";
import { naturally, type WiredEnd, type Wiring } from "./wiring.ts";

export interface ImportWish {
  /** Name of the fabric. */
  readonly name: string;
  /** GPUs of each server. Default 8, as an assumption. */
  readonly gpus?: number;
  /** Which hosts are servers; default: those with at least half as many links as is usual. */
  readonly isServer?: (name: string) => boolean;
  /** Devices that are left out with all their cables, whatever they are: out-of-band switches, say. */
  readonly isIgnored?: (name: string) => boolean;
  /** Links of each rail. Default: inferred. */
  readonly linksPerRail?: 1 | 2;
  readonly rails?: number;
  /** Speed of links of which the file tells none. Default 400, as an assumption. */
  readonly speedGbps?: number;
  /** Where models that the file names are looked up. */
  readonly catalog: Catalog;
}

export interface Imported {
  readonly fabric: Fabric;
  /** 1 for each link of which the files tell the speed. */
  readonly speedKnown: Uint8Array;
  /** What was left out and what looks wrong in itself. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Builds the fabric. Throws a `UserError` where nothing is left to build one of. */
export function buildImported(whole: Wiring, wish: ImportWish): Imported {
  const { wiring, ignored } = withoutIgnored(whole, wish.isIgnored);
  const { devices, cables } = wiring;
  const kinds = classify(wiring, wish.isServer);
  const assumptions = [...wiring.assumptions];
  const diagnostics: Diagnostic[] = [...wiring.diagnostics];
  const warn = (message: string) => diagnostics.push({ code: "import/left-out", severity: "warning", message });
  const isServer = (end: WiredEnd) => kinds.isServer[end.device] === 1;
  if (ignored.length > 0) warn(`ignored as told, with their cables: ${some(ignored)}`);
  const told = (indices: readonly number[], by: string) => {
    const [servers, switches] = [1, 0].map((kind) => indices.filter((index) => kinds.isServer[index] === kind));
    const sentence = (kind: string, own: readonly number[]) =>
      own.length === 0 ? [] : [`${kind}, told by ${by}: ${some(own.map((index) => devices[index]!.name))}.`];
    return [...sentence("Servers", servers!), ...sentence("Switches", switches!)];
  };
  assumptions.push(...told(kinds.byName, "their names"), ...told(kinds.byCables, "their numbers of cables alone"));

  const portsOf = new Map<number, ServerPort[]>();
  let hostToHost = 0;
  for (const [index, { ends }] of cables.entries()) {
    const hosts = ends.filter(isServer);
    if (hosts.length === 2) hostToHost++;
    if (hosts.length !== 1) continue;
    const [{ device, port, nic, number }] = hosts as [WiredEnd];
    const port_: ServerPort = { cable: index, port, nic, number };
    const known = portsOf.get(device);
    if (known === undefined) portsOf.set(device, [port_]);
    else known.push(port_);
  }
  if (hostToHost > 0) warn(`${hostToHost} cables join two servers without a switch: left out`);

  const servers = serversOf(wiring, portsOf, wish, warn);
  const plan = planRails(
    servers.map((device) => portsOf.get(device)!),
    {
      ...(wish.linksPerRail === undefined ? {} : { linksPerEndpoint: wish.linksPerRail }),
      ...(wish.rails === undefined ? {} : { rails: wish.rails }),
    },
  );
  sayRails(
    plan,
    servers.map((device) => devices[device]!.name),
    assumptions,
    warn,
  );

  const survey = surveyOf(wiring, kinds.isServer, servers, plan, wish, assumptions);
  const gpus = wish.gpus ?? 8;
  if (wish.gpus === undefined) assumptions.push("Each server has 8 GPUs (--gpus).");
  assumptions.push(
    "Every link has pluggable modules and a cable of its own, of no known model: failure rates are those of the catalog for their kind, and the bill of materials leaves them out.",
  );
  const fabric = layParts(survey, { name: wish.name, gpus, from: wiring.from, assumptions, catalog: wish.catalog });
  const speedKnown = Uint8Array.from(survey.links, (link) => (link.speedKnown ? 1 : 0));
  return { fabric, speedKnown, diagnostics };
}

/** Hosts that take part in training, in natural order of their names. */
function serversOf(
  { devices, diagnostics }: Wiring,
  portsOf: ReadonlyMap<number, readonly ServerPort[]>,
  wish: ImportWish,
  warn: (message: string) => void,
): number[] {
  const chosen = [...portsOf.keys()].filter((host) => wish.isServer?.(devices[host]!.name) ?? true);
  const hosts = chosen.sort((left, right) => naturally(devices[left]!.name, devices[right]!.name));
  if (hosts.length === 0)
    throw new UserError([
      ...diagnostics,
      {
        code: "import/nothing",
        severity: "error",
        message: "no server hangs on a switch in this file",
        remedy: "Name the servers with --servers 'pattern', where * stands for anything.",
      },
    ]);
  if (wish.isServer !== undefined) return hosts;
  const usual = mode(hosts.map((host) => portsOf.get(host)!.length));
  const [inside, outside] = [[] as number[], [] as number[]];
  for (const host of hosts) (2 * portsOf.get(host)!.length >= usual ? inside : outside).push(host);
  if (outside.length > 0)
    warn(
      `${outside.length} hosts with less than half of the usual ${usual} links are not taken for servers: ${some(outside.map((host) => devices[host]!.name))} (--servers names those that are)`,
    );
  return inside;
}

function sayRails(
  plan: RailPlan,
  names: readonly string[],
  assumptions: string[],
  warn: (message: string) => void,
): void {
  const { rails, linksPerEndpoint, nicsKnown, slots, leftOver } = plan;
  const links = linksPerEndpoint === 1 ? "one link" : "two links";
  const counted = rails === 1 ? "1 rail" : `${rails} rails`;
  assumptions.push(
    nicsKnown
      ? `Each server has ${counted} of ${links}: its NICs in the order of their names.`
      : `Each server has ${counted} of ${links}: its ports in the order of their names, ${linksPerEndpoint === 1 ? "each a NIC of its own" : "two by two on one NIC"} (--links-per-rail).`,
  );
  const incomplete = names.filter((_, index) => slots[index]!.includes(undefined));
  if (incomplete.length > 0)
    warn(`${incomplete.length} servers have fewer than ${rails} x ${linksPerEndpoint} links: ${some(incomplete)}`);
  const extra = names.filter((_, index) => leftOver[index]!.length > 0);
  if (extra.length > 0)
    warn(`${extra.length} servers have links beyond ${counted} of ${links}, which are left out: ${some(extra)}`);
}

/** Switches in order, with tiers and planes, and all links between them and to servers. */
function surveyOf(
  wiring: Wiring,
  isServer: Uint8Array,
  servers: readonly number[],
  plan: RailPlan,
  wish: ImportWish,
  assumptions: string[],
): Survey {
  const { devices, cables } = wiring;
  const touched = new Uint8Array(devices.length);
  for (const { ends } of cables) for (const { device } of ends) touched[device] = 1;
  const switches = devices.flatMap((_, index) => (isServer[index] === 0 && touched[index] === 1 ? [index] : []));
  switches.sort((left, right) => naturally(devices[left]!.name, devices[right]!.name));
  const numberOf = new Int32Array(devices.length).fill(-1);
  for (const [number, device] of switches.entries()) numberOf[device] = number;
  const between = cables.flatMap(({ ends }, index) =>
    isServer[ends[0].device] === 0 && isServer[ends[1].device] === 0 ? [index] : [],
  );
  const hostLinks = new Int32Array(switches.length);
  for (const row of plan.slots)
    for (const port of row)
      if (port !== undefined) hostLinks[numberOf[switchEnd(cables[port.cable]!.ends, isServer).device]!]!++;
  const layers = findLayers(
    switches.length,
    {
      count: between.length,
      one: Int32Array.from(between, (index) => numberOf[cables[index]!.ends[0].device]!),
      other: Int32Array.from(between, (index) => numberOf[cables[index]!.ends[1].device]!),
    },
    hostLinks,
  );
  let unknownSpeeds = 0;
  const rateOf = (cable: number) => {
    const { speedGbps: said, network } = cables[cable]!;
    if (said === undefined) unknownSpeeds++;
    return {
      speedGbps: said ?? wish.speedGbps ?? 400,
      speedKnown: said !== undefined,
      network: network ?? wiring.network,
    };
  };
  const links: SurveyedLink[] = [];
  for (const [server, row] of plan.slots.entries()) {
    for (const [slot, port] of row.entries()) {
      if (port === undefined) continue;
      const upper = switchEnd(cables[port.cable]!.ends, isServer);
      links.push({ server, slot, port, lower: undefined, upper, ...rateOf(port.cable) });
    }
  }
  for (const index of between) {
    const [one, other] = cables[index]!.ends;
    const height = (end: WiredEnd) => layers.distance[numberOf[end.device]!]! * switches.length + numberOf[end.device]!;
    const [lower, upper] = height(one) < height(other) ? [one, other] : [other, one];
    links.push({ server: -1, slot: -1, port: undefined, lower, upper, ...rateOf(index) });
  }
  if (unknownSpeeds > 0)
    assumptions.push(
      `${unknownSpeeds} of ${links.length} links, of which the file tells no speed, run at ${wish.speedGbps ?? 400} Gbps (--speed).`,
    );
  const tierNames = ["leaves", "spines", "cores"].flatMap((tier, index) => {
    const own = switches.filter((_, number) => tierOf(layers.distance[number]!) === index);
    return own.length === 0 ? [] : [`${tier} ${some(own.map((device) => devices[device]!.name))}`];
  });
  assumptions.push(
    `Tiers are distances from the servers: ${tierNames.join("; ")}. Planes are what hangs together: ${layers.planes}.`,
  );
  const orderedSwitches = switches.map((device, number) => ({
    device: devices[device]!,
    wired: device,
    plane: layers.plane[number]!,
    tier: tierOf(layers.distance[number]!),
    pod: layers.pod[number]!,
  }));
  return {
    servers: servers.map((device) => devices[device]!.name),
    switches: orderedSwitches,
    links,
    plan,
    planes: layers.planes,
  };
}

function switchEnd(ends: readonly [WiredEnd, WiredEnd], isServer: Uint8Array): WiredEnd {
  return isServer[ends[0].device] === 1 ? ends[1] : ends[0];
}
