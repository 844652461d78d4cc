/**
 * The life of one link as data: the state machine in link-health.ts looks its moves up here, and the diagram in
 * docs/switching.md is drawn from this table.
 */

import { assert } from "../base/assert.ts";

/**
 * - `detached`: the driver has not offered this link yet.
 * - `proving`: offered, but not yet known to carry both ways.
 * - `up`: carries both ways.
 * - `suspect`: silent for longer than usual, a probe is under way; not blamed yet.
 * - `failed`: blamed; heartbeats go on, to notice when it returns.
 * - `holding`: carries both ways again, but waits for its hold-down and its flap penalty to pass.
 */
export type LinkState = "detached" | "proving" | "up" | "suspect" | "failed" | "holding";

/** What moves a link from one state to another. */
export type LinkEvent =
  | "attached"
  | "provedBothWays"
  | "missed"
  | "heard"
  | "silenceConfirmed"
  | "carrierLost"
  | "connectionLost"
  | "errorsExceeded"
  | "noProgress"
  | "peerDeaf"
  | "holdDownOver";

/** The events that blame a link; each takeover names the one that caused it. */
export type FaultTrigger = Extract<
  LinkEvent,
  "silenceConfirmed" | "carrierLost" | "connectionLost" | "errorsExceeded" | "noProgress" | "peerDeaf"
>;

export interface LinkTransition {
  readonly from: LinkState;
  readonly on: LinkEvent;
  readonly to: LinkState;
}

const faultTriggers: readonly FaultTrigger[] = [
  "silenceConfirmed",
  "carrierLost",
  "connectionLost",
  "errorsExceeded",
  "noProgress",
  "peerDeaf",
];

/** Every move a link can make. */
export const linkTransitions: readonly LinkTransition[] = [
  { from: "detached", on: "attached", to: "proving" },
  { from: "proving", on: "provedBothWays", to: "up" },
  { from: "proving", on: "carrierLost", to: "failed" },
  { from: "proving", on: "connectionLost", to: "failed" },
  { from: "proving", on: "errorsExceeded", to: "failed" },
  { from: "up", on: "missed", to: "suspect" },
  { from: "suspect", on: "heard", to: "up" },
  { from: "failed", on: "provedBothWays", to: "holding" },
  { from: "holding", on: "holdDownOver", to: "up" },
  ...(["up", "suspect", "holding"] as const).flatMap((from) =>
    faultTriggers
      .filter((on) => from !== "up" || on !== "silenceConfirmed")
      .map((on) => ({ from, on, to: "failed" as const })),
  ),
];

/** How much a state is worth for carrying data: the higher goes first, 0 cannot carry. */
export const carryingRank: Readonly<Record<LinkState, number>> = {
  up: 3,
  suspect: 2,
  holding: 1,
  proving: 0,
  failed: 0,
  detached: 0,
};

const targets = new Map(linkTransitions.map((each) => [`${each.from} ${each.on}`, each.to]));

/** Where `event` leads from `state`; a move that is not in the table is a bug. */
export function nextLinkState(state: LinkState, event: LinkEvent): LinkState {
  const target = targets.get(`${state} ${event}`);
  assert(target !== undefined, `link in state ${state} cannot take ${event}`);
  return target;
}

/** The table as a Mermaid state diagram; moves between the same two states share an arrow. */
export function linkStatesAsMermaid(): string {
  const arrows = new Map<string, string[]>();
  for (const { from, on, to } of linkTransitions) {
    const arrow = `${from} --> ${to}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), on]);
  }
  const lines = [...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(", ")}`);
  return ["stateDiagram-v2", "  [*] --> detached", ...lines].join("\n");
}
