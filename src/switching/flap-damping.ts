/**
 * Flap damping as in SONiC's link event damping (sonic-net/SONiC, doc/link_event_damping/Link-event-damping-HLD.md,
 * revision 0.1): every down event adds a penalty; the penalty halves every half-life; above the suppress threshold the
 * link is suppressed, until the penalty has decayed to the reuse threshold. The penalty never exceeds the ceiling
 * reuse x 2^(max-suppress / half-life), so that no link stays suppressed longer than max-suppress after its last
 * down event.
 *
 * One thing differs by intent: a suppressed link may still carry when there is no other (see modes.ts).
 */

export interface DampingConfig {
  /** Added by each down event; default 1000 (the published default). 0 switches damping off. */
  readonly flapPenalty: number;
  /** The link is suppressed when the penalty exceeds this; default 1600 (the published example). */
  readonly suppressThreshold: number;
  /** A suppressed link is released when the penalty has decayed to this; default 1200 (the published example). */
  readonly reuseThreshold: number;
  /** Microseconds in which the penalty halves; default 15 s (the published example). */
  readonly halfLifeUs: number;
  /** Longest suppression after the last down event, in microseconds; default 30 s (the published example). */
  readonly maxSuppressUs: number;
}

export const defaultDamping: DampingConfig = {
  flapPenalty: 1000,
  suppressThreshold: 1600,
  reuseThreshold: 1200,
  halfLifeUs: 15_000_000,
  maxSuppressUs: 30_000_000,
};

/** The penalty of one link, as it was at `updatedUs`. */
export interface Damping {
  readonly penalty: number;
  readonly updatedUs: number;
  readonly suppressed: boolean;
}

export const undamped: Damping = { penalty: 0, updatedUs: 0, suppressed: false };

/** The largest penalty a link can have. */
export function penaltyCeiling(config: DampingConfig): number {
  return config.reuseThreshold * 2 ** (config.maxSuppressUs / config.halfLifeUs);
}

/** The penalty at `nowUs`, decayed since the last event. */
export function penaltyAt(damping: Damping, config: DampingConfig, nowUs: number): number {
  if (damping.penalty === 0) return 0;
  return damping.penalty * 2 ** (-(nowUs - damping.updatedUs) / config.halfLifeUs);
}

/** Counts a down event at `nowUs`. */
export function penalise(damping: Damping, config: DampingConfig, nowUs: number): Damping {
  if (config.flapPenalty === 0) return undamped;
  const decayed = penaltyAt(damping, config, nowUs);
  const stillSuppressed = damping.suppressed && decayed > config.reuseThreshold;
  const penalty = Math.min(decayed + config.flapPenalty, penaltyCeiling(config));
  return { penalty, updatedUs: nowUs, suppressed: stillSuppressed || penalty > config.suppressThreshold };
}

/** The first microsecond at which the link is not suppressed; 0 when it is not suppressed. */
export function releasedUs(damping: Damping, config: DampingConfig): number {
  if (!damping.suppressed) return 0;
  return damping.updatedUs + Math.ceil(config.halfLifeUs * Math.log2(damping.penalty / config.reuseThreshold));
}
