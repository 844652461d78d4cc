/** What one side knows about one link. Plain data; pair-controller.ts decides on it. */

import type { HealthConfig, LinkIndex } from "./config.ts";
import { type Damping, undamped } from "./flap-damping.ts";
import { carryingRank, type LinkEvent, type LinkState, nextLinkState } from "./link-states.ts";

/** Long before any time a driver gives. */
export const never = Number.NEGATIVE_INFINITY;

export interface LinkHealth {
  readonly link: LinkIndex;
  state: LinkState;
  stateSinceUs: number;
  /** Whether the driver has a connection on this link. */
  attached: boolean;
  carrier: boolean;
  /** When carrier was last lost, by the word of whoever watches it. */
  carrierLostUs: number;
  lastHeardUs: number;
  /** Whether we hear the peer here: from the first frame until silence is proven, or carrier or connection are lost. */
  heard: boolean;
  /** The peer's clock in its latest heartbeat on this link. */
  lastPeerSentUs: number;
  /** How far our clock was ahead of the peer's when that came: the link's delay and the difference of the clocks. */
  arrivalOffsetUs: number;
  /** Heartbeats which the peer, by word of the other link, has sent since: their number, and the latest on its clock. */
  missedBeats: number;
  lastBeatUs: number;
  /** When so many have been missed that the silence is proven; infinity before. */
  silenceProvenUs: number;
  /** True while the driver vouches that everything sent arrives (`path`), so that no silence need be timed. */
  hearsContinuously: boolean;
  /** Whether the path of a monitored link carries both ways. */
  pathIsUp: boolean;
  /** The peer's latest word on whether it hears us here, and the peer's clock then. */
  peerHears: boolean;
  peerReportUs: number;
  suspectedUs: number;
  /** Whether the link carried data when it was suspected. */
  carriedWhenSuspected: boolean;
  /** How often the blame was put off because our own process, or the peer, was late. */
  postponements: number;
  holdUntilUs: number;
  damping: Damping;
  errors: number;
  errorWindowEndUs: number;
}

export function createLinkHealth(link: LinkIndex): LinkHealth {
  return {
    link,
    state: "detached",
    stateSinceUs: 0,
    attached: false,
    carrier: true,
    carrierLostUs: never,
    lastHeardUs: never,
    heard: false,
    lastPeerSentUs: never,
    arrivalOffsetUs: 0,
    missedBeats: 0,
    lastBeatUs: never,
    silenceProvenUs: Number.POSITIVE_INFINITY,
    hearsContinuously: false,
    pathIsUp: false,
    peerHears: false,
    peerReportUs: never,
    suspectedUs: never,
    carriedWhenSuspected: false,
    postponements: 0,
    holdUntilUs: 0,
    damping: undamped,
    errors: 0,
    errorWindowEndUs: never,
  };
}

/** Moves the link along its state table; returns the state it left. */
export function move(health: LinkHealth, event: LinkEvent, nowUs: number): LinkState {
  const from = health.state;
  health.state = nextLinkState(from, event);
  health.stateSinceUs = nowUs;
  return from;
}

export function canCarry(health: LinkHealth): boolean {
  return carryingRank[health.state] > 0;
}

/** Silence after which a link is suspected. */
export function suspectAfterUs(config: HealthConfig, intervalUs: number): number {
  return (config.missesMax - 1) * intervalUs;
}

/** Silence after which a link is blamed. */
export function blameAfterUs(config: HealthConfig, intervalUs: number): number {
  return config.missesMax * intervalUs;
}

/** How often a process whose driver repeats its heartbeats at least makes a new one, which shows that it lives. */
export function afreshUs(config: HealthConfig, intervalUs: number): number {
  return Math.max(intervalUs, Math.min(8 * intervalUs, Math.floor(config.progressTimeoutUs / 8)));
}

/** Two new heartbeats of a process that is not stalled come no further apart than this. */
export function aliveSpanUs(config: HealthConfig, intervalUs: number): number {
  return (5 / 4) * afreshUs(config, intervalUs);
}

/** Takes note of a heartbeat sent at `peerSentUs` of the peer's clock on this link. */
export function noteHeartbeat(health: LinkHealth, peerSentUs: number, nowUs: number): void {
  if (peerSentUs <= health.lastPeerSentUs) return;
  health.lastPeerSentUs = peerSentUs;
  health.arrivalOffsetUs = nowUs - peerSentUs;
  health.missedBeats = 0;
  health.lastBeatUs = peerSentUs;
  health.silenceProvenUs = Number.POSITIVE_INFINITY;
}

/**
 * Takes note that the peer sent a heartbeat on both links at `peerSentUs` of its clock, as heard on the other one. Once all
 * but one of the allowed misses are known to have been sent, the silence is proven an interval after the last of them
 * should have come. A peer that was stalled has sent none, so it makes no link suspicious; a far link is given its time.
 */
export function noteMissedBeat(health: LinkHealth, config: HealthConfig, intervalUs: number, peerSentUs: number): void {
  if (health.lastPeerSentUs === never || peerSentUs - health.lastBeatUs < intervalUs / 2) return;
  health.lastBeatUs = peerSentUs;
  health.missedBeats += 1;
  if (health.missedBeats === config.missesMax - 1)
    health.silenceProvenUs = peerSentUs + health.arrivalOffsetUs + intervalUs;
}

/**
 * Whether a heartbeat shows that the link has carrier although its loss was told: it was sent long enough after the loss,
 * so it did not only wait to be read. The word of its return may have been lost.
 */
export function disprovesCarrierLoss(
  health: LinkHealth,
  config: HealthConfig,
  intervalUs: number,
  peerSentUs: number,
  nowUs: number,
): boolean {
  const afterUs = health.carrierLostUs + blameAfterUs(config, intervalUs);
  const expectedUs = health.lastPeerSentUs === never ? nowUs : peerSentUs + health.arrivalOffsetUs;
  return Math.min(expectedUs, nowUs) >= afterUs;
}

/** Counts an error; true when there have been too many within the window. */
export function countError(health: LinkHealth, config: HealthConfig, nowUs: number): boolean {
  if (nowUs >= health.errorWindowEndUs) {
    health.errors = 0;
    health.errorWindowEndUs = nowUs + config.errorWindowUs;
  }
  health.errors += 1;
  return health.errors >= config.errorsMax;
}
