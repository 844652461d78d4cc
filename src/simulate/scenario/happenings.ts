/** What happens when: the events of a scenario and those drawn at random, as faults that begin and end. */

import type { Diagnostic } from "../../base/diagnostics.ts";

/** What is wrong with a part from one moment to another. */
export interface Fault {
  /** Index into the list of all events. */
  readonly event: number;
  /** Part index; -1 for GPUs and software, which no fabric holds. */
  readonly part: number;
  /** Server whose processes die with it; -1 for none (a server's own part says it by itself). */
  readonly server: number;
  readonly kind: "dead" | "weak" | "drained";
  /** Directions that are hit: away from the servers, towards them. */
  readonly up: boolean;
  readonly down: boolean;
  /** Whether the ends lose light. */
  readonly dark: boolean;
  /** Share of the bandwidth that is left; 1 unless weak. */
  readonly share: number;
  /** Share of packets lost; 0 unless weak. */
  readonly errorRate: number;
}

export interface Happening {
  /** Whole microseconds from the start. */
  readonly atUs: number;
  /** Begins; ends; or ends everything that is wrong with `part`. */
  readonly kind: "begin" | "end" | "healPart";
  /** The fault; for healPart undefined. */
  readonly fault?: Fault;
  readonly part: number;
}

/** One event as it is told: what the scenario or chance wanted. */
export interface EventOrigin {
  readonly atUs: number;
  readonly event: "fail" | "heal" | "flap" | "degrade" | "drain" | "reboot";
  /** Name of the part. */
  readonly part: string;
  /** Kind of part, as the catalog of failure rates names it; "server", "gpu" and "software" as well. */
  readonly kind: string;
  readonly cause: "scenario" | "random";
}

export interface Timeline {
  readonly durationUs: number;
  readonly events: readonly EventOrigin[];
  /** In the order of time; equal times in the order of the events. */
  readonly happenings: readonly Happening[];
  /** What of the scenario will not come to pass. */
  readonly warnings: readonly Diagnostic[];
}

/** A whole fault: nothing passes in either direction. */
export function deadFault(event: number, part: number, server = -1): Fault {
  return { event, part, server, kind: "dead", up: true, down: true, dark: true, share: 1, errorRate: 0 };
}

/** Happenings in the order of time; stable. */
export function inOrder(happenings: readonly Happening[]): Happening[] {
  return happenings.toSorted((left, right) => left.atUs - right.atUs);
}
