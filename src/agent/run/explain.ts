/** Every takeover explained afterwards, from the journal: what was seen when, the four times, and why. */

import { unreachable } from "../../base/assert.ts";
import type { TakeoverEvent } from "../events.ts";
import type { Host } from "../host/types.ts";
import type { JournalEntry } from "./journal.ts";

/** What is told around a takeover. */
const beforeUs = 2_000_000;
const afterUs = 3_000_000;
const seenMax = 40;

export interface TakeoverExplanation {
  readonly at: string;
  readonly peer: string;
  /** As in the host file: 1 or 2. */
  readonly link: number;
  readonly interfaceName: string;
  readonly trigger: string;
  readonly why: string;
  readonly detectUs: number;
  readonly decideUs: number;
  readonly switchUs: number;
  /** Always 0: what was lost is sent again by TCP or the program, not by the agent. */
  readonly replayUs: 0;
  readonly totalUs: number;
  /** Links that carried afterwards. */
  readonly to: readonly number[];
  /** What was seen around it, in order; times in milliseconds from the decision. */
  readonly seen: readonly { readonly fromDecisionMs: number; readonly what: string }[];
}

/** The latest takeovers, oldest first; at most `most`. */
export function explainTakeovers(host: Host, entries: readonly JournalEntry[], most: number): TakeoverExplanation[] {
  const takeovers = entries.filter((each): each is JournalEntry & TakeoverEvent => each.kind === "takeover");
  return takeovers.slice(-most).map((each) => explain(host, entries, each));
}

/** Detect, decide and switch of a takeover, in microseconds. */
export function takeoverTimes({ lastGoodUs, noticedUs, decidedUs, switchedUs }: TakeoverEvent) {
  const detectUs = Math.max(noticedUs - lastGoodUs, 0);
  const decideUs = Math.max(decidedUs - noticedUs, 0);
  const switchUs = Math.max(switchedUs - decidedUs, 0);
  return { detectUs, decideUs, switchUs, replayUs: 0 as const, totalUs: detectUs + decideUs + switchUs };
}

function explain(
  host: Host,
  entries: readonly JournalEntry[],
  takeover: JournalEntry & TakeoverEvent,
): TakeoverExplanation {
  const seen = entries
    .filter((each) => (!("peer" in each) || each.peer === takeover.peer) && each !== takeover)
    .map((each) => ({ each, atUs: momentOf(each) }))
    .filter(({ atUs }) => atUs >= takeover.lastGoodUs - beforeUs && atUs <= takeover.decidedUs + afterUs)
    .slice(0, seenMax)
    .map(({ each, atUs }) => ({ fromDecisionMs: (atUs - takeover.decidedUs) / 1_000, what: wordsFor(host, each) }));
  return {
    at: takeover.at,
    peer: takeover.peer,
    link: takeover.link + 1,
    interfaceName: host.links[takeover.link].interfaceName,
    trigger: takeover.trigger,
    why: reasonFor(host, takeover),
    ...takeoverTimes(takeover),
    to: takeover.to.map((link) => link + 1),
    seen: [...seen].sort((one, other) => one.fromDecisionMs - other.fromDecisionMs),
  };
}

const momentOf = (each: JournalEntry) => (each.kind === "takeover" ? each.decidedUs : each.atUs);

function reasonFor(host: Host, { trigger, reason, link, peer }: TakeoverEvent): string {
  const { interfaceName } = host.links[link];
  if (reason !== undefined) return `${interfaceName} was drained: ${reason}`;
  const { heartbeatIntervalUs, missesMax } = host.health;
  switch (trigger) {
    case "carrierLost":
      return `the kernel reported that ${interfaceName} lost its carrier`;
    case "silenceConfirmed":
      return `${missesMax} heartbeats of ${heartbeatIntervalUs / 1_000} ms were missed on ${interfaceName} and a probe went unanswered, while ${peer} was heard on the other link: so the link, not the peer, was silent`;
    case "peerDeaf":
      return `${peer} said over the other link that it hears nothing from us on ${interfaceName}: our direction of it has failed`;
    case "connectionLost":
      return `the BFD session with the router on ${interfaceName} went down`;
    case "errorsExceeded":
      return `${interfaceName} counted more than ${host.errorsPerSecond} errors a second, ${host.health.errorsMax} times within ten seconds`;
    case "noProgress":
      return `data on ${interfaceName} was not confirmed`;
    default:
      return unreachable(trigger);
  }
}

const names = (host: Host, links: readonly number[]) =>
  links.map((link) => host.links[link as 0 | 1].interfaceName).join(" and ");

function wordsFor(host: Host, each: JournalEntry): string {
  switch (each.kind) {
    case "linkState":
      return `${names(host, [each.link])}: ${each.from} -> ${each.to} (${each.event})`;
    case "takeover":
      return `takeover from ${names(host, [each.link])} to ${names(host, each.to)}`;
    case "steered":
      return `traffic now leaves by ${names(host, each.to)} (${each.switchUs} us)`;
    case "carrier":
      return `${names(host, [each.link])}: carrier ${each.up ? "up" : "lost"}`;
    case "drain":
      return each.reason === undefined
        ? `${names(host, [each.link])}: no longer drained`
        : `${names(host, [each.link])}: drained, ${each.reason}`;
    case "bfd":
      return `${names(host, [each.link])}: BFD ${each.from} -> ${each.to}`;
    case "weights":
      return `weights ${each.weights.join(":")}`;
    case "reconciled":
      return `kernel put right: ${each.operations.join("; ")}`;
    case "kernelRefused":
      return `kernel refused ${each.operation}: ${each.error}`;
    default:
      return unreachable(each);
  }
}

/** The explanations for people. */
export function explanationText(explanations: readonly TakeoverExplanation[]): string {
  if (explanations.length === 0) return "No takeover in the journal.\n";
  const ms = (us: number) => `${(us / 1_000).toFixed(2)} ms`;
  return explanations
    .map((each) => {
      const target = each.to.length === 0 ? "none" : each.to.map((link) => `link ${link}`).join(" and ");
      return [
        `${each.at}  takeover of ${each.peer}: link ${each.link} (${each.interfaceName}) -> ${target}`,
        `  why     ${each.why}`,
        `  times   detect ${ms(each.detectUs)} + decide ${ms(each.decideUs)} + switch ${ms(each.switchUs)} + replay 0 (TCP's own) = ${ms(each.totalUs)}`,
        "  seen",
        ...each.seen.map(({ fromDecisionMs, what }) => `  ${fromDecisionMs.toFixed(2).padStart(12)} ms  ${what}`),
        "",
      ].join("\n");
    })
    .join("\n");
}
