/** What of a scenario will not do what its writer may think: told, and simulated all the same. */

import type { DiagnosticCode } from "../../base/diagnostic-codes.ts";
import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Fault, Happening } from "./happenings.ts";
import type { LocatedScenario } from "./parse.ts";
import type { Reaches } from "./reach.ts";

/** A warning about a key of an event. */
function warning(
  { placeOfKey }: LocatedScenario,
  event: number,
  key: "part" | "at",
  code: DiagnosticCode,
  [message, remedy]: readonly [message: string, remedy: string],
): Diagnostic {
  const path = `events.${event}.${key}`;
  const place = placeOfKey(event, key);
  return {
    code,
    severity: "warning",
    message: `${path}: ${message}`,
    remedy,
    path,
    ...(place === undefined ? {} : { place }),
  };
}

/** Warnings for events that the run ends before. */
export function neverReached(located: LocatedScenario, durationUs: number): Diagnostic[] {
  return located.scenario.events.flatMap(({ at, event, part }, index): Diagnostic[] => {
    if (at === "random" || Math.round(at * 1e6) < durationUs) return [];
    return [
      warning(located, index, "at", "scenario/never", [
        `${event} of ${part} at ${at} s never happens: the run ends after ${durationUs / 1e6} s`,
        "Raise duration, or leave it out: the run then lasts a minute longer than the last event.",
      ]),
    ];
  });
}

/** A warning where fewer parts fit than an event picks. */
export function picksTooMany(located: LocatedScenario, event: number, fitting: number): Diagnostic[] {
  const { pick, part } = located.scenario.events[event]!;
  if (pick === undefined || pick === "all" || pick <= fitting) return [];
  const parts = fitting === 1 ? "1 part fits" : `${fitting} parts fit`;
  const remedy = "Give a smaller pick or a wider pattern.";
  return [
    warning(located, event, "part", "scenario/picks-all", [
      `pick is ${pick}, but only ${parts} "${part}": all are taken`,
      remedy,
    ]),
  ];
}

/** A warning where the parts that one event drains (by index) hold every link of a NIC pair or of a single-link NIC. */
export function drainsOnlyWay(
  located: LocatedScenario,
  event: number,
  { accessLink, linksPerEndpoint, links }: Fabric,
  reaches: Reaches,
  parts: readonly number[],
): Diagnostic[] {
  const drained = new Set(parts.flatMap((part) => reaches.linksOfPart(part)));
  const endpoints = new Set<number>();
  for (const link of drained) if (links.tier[link] === 0) endpoints.add(links.endpoint[link]!);
  const cut = [...endpoints].filter((endpoint) =>
    accessLink
      .subarray(endpoint * linksPerEndpoint, (endpoint + 1) * linksPerEndpoint)
      .every((link) => link < 0 || drained.has(link)),
  ).length;
  if (cut === 0) return [];
  const { part } = located.scenario.events[event]!;
  return [
    warning(located, event, "part", "scenario/drains-only-way", [
      `draining ${part} takes all links of ${cut === 1 ? "one NIC" : `${cut} NICs`} and cuts ${cut === 1 ? "it" : "them"} off`,
      "A job there stands still while it lasts, and is lost after its timeout. Drain one link of two at a time.",
    ]),
  ];
}

/** Warnings for heal events none of whose parts has anything wrong at that moment. `healsOf`: the event of each happening. */
export function healsNothing(
  located: LocatedScenario,
  inOrder: readonly Happening[],
  healsOf: ReadonlyMap<Happening, number>,
  durationUs: number,
): Diagnostic[] {
  if (healsOf.size === 0) return [];
  const active = new Map<number, Set<Fault>>();
  const useful = new Map<number, boolean>();
  for (const happening of inOrder) {
    const { kind, fault, part, atUs } = happening;
    if (atUs >= durationUs) break;
    if (kind === "healPart") {
      const event = healsOf.get(happening)!;
      useful.set(event, useful.get(event) === true || (active.get(part)?.size ?? 0) > 0);
      active.delete(part);
    } else if (kind === "end") active.get(part)?.delete(fault!);
    else active.set(part, (active.get(part) ?? new Set()).add(fault!));
  }
  return [...useful].flatMap(([event, heals]) =>
    heals
      ? []
      : [
          warning(located, event, "part", "scenario/heals-nothing", [
            `nothing is wrong with ${located.scenario.events[event]!.part} when it is healed`,
            "A heal ends what an event did to the very same part: name that part, or heal it while its fault lasts.",
          ]),
        ],
  );
}
