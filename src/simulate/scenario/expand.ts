/** From the events of a scenario file to happenings on parts. */

import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import type { RandomStream } from "../../base/random.ts";
import { partName } from "../../fabric/names.ts";
import { PartLookup } from "../../fabric/part-lookup.ts";
import { type Fabric, kindCode, partKinds } from "../../fabric/types.ts";
import { deadFault, type EventOrigin, type Fault, type Happening } from "./happenings.ts";
import type { LocatedScenario } from "./parse.ts";
import { Reaches } from "./reach.ts";
import type { ScenarioEvent } from "./schema.ts";
import { drainsOnlyWay, picksTooMany } from "./warnings.ts";

/** Happenings of one scenario at most: events x parts that fit x times down. */
export const happeningsMax = 2_000_000;

/** What an event is aimed at. */
interface Target {
  /** Part index, or that of the server for a GPU. */
  readonly part: number;
  readonly name: string;
  readonly gpu: boolean;
}

const us = (seconds: number): number => Math.round(seconds * 1e6);

/** When the last event of the file is over, in seconds; what is at random or lasts is not counted. */
export function lastMomentS(events: readonly ScenarioEvent[]): number {
  return events.reduce((last, event) => {
    if (event.at === "random") return last;
    const flaps = event.event === "flap" ? (event.times ?? 3) * ((event.down ?? 2) + (event.up ?? 3)) : 0;
    const reboot = event.event === "reboot" ? (event.drain ?? 1) + (event.for ?? rebootS) : 0;
    return Math.max(last, event.at + Math.max(event.for ?? 0, flaps, reboot));
  }, 0);
}

/** How long a switch takes to restart where nothing is said. */
const rebootS = 300;

export interface Expanded {
  readonly events: EventOrigin[];
  readonly happenings: Happening[];
  /** The event of the file that each heal belongs to. */
  readonly heals: ReadonlyMap<Happening, number>;
  readonly warnings: readonly Diagnostic[];
}

/** Throws a `UserError` with all parts that nothing fits, and all events that a GPU does not take. */
export function expandEvents(
  fabric: Fabric,
  located: LocatedScenario,
  durationUs: number,
  random: RandomStream,
): Expanded {
  const { scenario, placeOfKey } = located;
  const lookup = PartLookup.of(fabric);
  const events: EventOrigin[] = [];
  const happenings: Happening[] = [];
  const heals = new Map<Happening, number>();
  const problems: Diagnostic[] = [];
  const warnings: Diagnostic[] = [];
  let reaches: Reaches | undefined;
  for (const [index, wish] of scenario.events.entries()) {
    const all = targetsOf(fabric, lookup, wish.part);
    const place = placeOfKey(index, "part");
    const where = { path: `events.${index}.part`, ...(place === undefined ? {} : { place }) };
    if (all.length === 0) {
      problems.push({ ...unknownPart(lookup, wish.part), ...where });
      continue;
    }
    if (all[0]!.gpu && !gpuEvents.includes(wish.event)) {
      problems.push({ ...notForGpus(wish), ...where });
      continue;
    }
    warnings.push(...picksTooMany(located, index, all.length));
    const stream = random.fork(`event ${index}`);
    const targets =
      wish.pick === undefined || wish.pick === "all" ? all : stream.shuffle(all.slice()).slice(0, wish.pick);
    if (wish.event === "drain") {
      reaches ??= new Reaches(fabric);
      const parts = targets.map(({ part }) => part);
      warnings.push(...drainsOnlyWay(located, index, fabric, reaches, parts));
    }
    for (const target of targets) {
      const atUs = wish.at === "random" ? stream.below(durationUs) : us(wish.at);
      const kind = target.gpu ? "gpu" : partKinds[fabric.parts.kind[target.part]!]!;
      events.push({ atUs, event: wish.event, part: target.name, kind, cause: "scenario" });
      const made = happeningsOf(wish, target, atUs, events.length - 1);
      for (const each of made) {
        happenings.push(each);
        if (each.kind === "healPart") heals.set(each, index);
      }
      if (happenings.length > happeningsMax) {
        const remedy = "Give fewer times, a narrower pattern, or pick.";
        const message = `the scenario makes more than ${happeningsMax} happenings`;
        throw new UserError([{ code: "scenario/too-large", severity: "error", message, remedy, ...where }]);
      }
    }
  }
  if (problems.length > 0) throw new UserError(problems);
  return { events, happenings, heals, warnings };
}

function targetsOf(fabric: Fabric, lookup: PartLookup, pattern: string): Target[] {
  const gpu = /^([^/]+)\/gpu-(\d+|\*)$/.exec(pattern);
  if (gpu !== null) {
    const numbers =
      gpu[2] === "*" ? Array.from({ length: fabric.gpusPerServer }, (_, index) => index + 1) : [Number(gpu[2])];
    return lookup
      .find(gpu[1]!)
      .filter((part) => fabric.parts.kind[part] === kindCode.server)
      .flatMap((part) =>
        numbers
          .filter((number) => number >= 1 && number <= fabric.gpusPerServer)
          .map((number) => ({ part, name: `${partName(fabric, part)}/gpu-${number}`, gpu: true })),
      );
  }
  return lookup.find(pattern).map((part) => ({ part, name: partName(fabric, part), gpu: false }));
}

function unknownPart(lookup: PartLookup, pattern: string): Diagnostic {
  const meant = lookup.suggestion(pattern);
  return {
    code: "scenario/unknown-part",
    severity: "error",
    message: `no part of the fabric is named "${pattern}"`,
    remedy:
      meant === undefined
        ? "Names look like srv-0001/nic-1/port-1/module and leaf-a-01/cage-3; * and [0001-0016] are allowed."
        : `Did you mean "${meant}"?`,
  };
}

/** What a GPU takes: it has no traffic of its own to move or to slow, and works again when its failure is over. */
const gpuEvents: readonly ScenarioEvent["event"][] = ["fail", "flap", "reboot"];

function notForGpus({ event, part }: ScenarioEvent): Diagnostic {
  return {
    code: "scenario/contradiction",
    severity: "error",
    message: `"${event}" does nothing to a GPU (${part})`,
    remedy: event === "heal" ? "Say with `for` how long its failure lasts." : "Use fail, or name its NIC.",
  };
}

function happeningsOf(wish: ScenarioEvent, target: Target, atUs: number, event: number): Happening[] {
  const { part } = target;
  const lasting = (fault: Fault, fromUs: number, forS: number | undefined): Happening[] => [
    { atUs: fromUs, kind: "begin", fault, part },
    ...(forS === undefined ? [] : [{ atUs: fromUs + us(forS), kind: "end" as const, fault, part }]),
  ];
  const direction = wish.direction ?? "both";
  const dead: Fault = {
    ...deadFault(event, target.gpu ? -1 : part, target.gpu ? part : -1),
    up: direction !== "down",
    down: direction !== "up",
    dark: direction === "both" && wish.silent !== true,
  };
  switch (wish.event) {
    case "fail":
      return lasting(dead, atUs, wish.for);
    case "heal":
      return [{ atUs, kind: "healPart", part }];
    case "flap": {
      const [down, up] = [wish.down ?? 2, wish.up ?? 3];
      return Array.from({ length: wish.times ?? 3 }, (_, time) =>
        lasting(dead, atUs + us(time * (down + up)), down),
      ).flat();
    }
    case "degrade":
      return lasting(
        { ...dead, kind: "weak", dark: false, share: wish.rate ?? 1, errorRate: wish.errorRate ?? 0 },
        atUs,
        wish.for,
      );
    case "drain":
      return lasting({ ...dead, kind: "drained", dark: false }, atUs, wish.for);
    case "reboot": {
      const drain = wish.drain ?? 1;
      const takes = wish.for ?? rebootS;
      const off = lasting(dead, atUs + us(drain), takes);
      return drain === 0 ? off : [...lasting({ ...dead, kind: "drained", dark: false }, atUs, drain + takes), ...off];
    }
  }
}
