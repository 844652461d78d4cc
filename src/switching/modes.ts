/** Which links carry data: a pure function of the mode and the states of the two links. */

import type { LinkIndex, PairConfig } from "./config.ts";
import { carryingRank, type LinkState } from "./link-states.ts";

export type Carries = readonly [boolean, boolean];

/** The four answers, shared so that an unchanged answer is the same object. */
const answers: readonly Carries[] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];

const carriers = (first: boolean, second: boolean): Carries => answers[(first ? 1 : 0) + (second ? 2 : 0)]!;

/**
 * The links that carry, given those that carried until now.
 * A link in hold-down or suppressed by damping (`holding`) carries only while no other can: a doubtful link is better
 * than none. In active-standby a suspected link keeps its data until it is blamed; in load-balancing new data avoids it.
 */
export function chooseCarrying(
  config: Pick<PairConfig, "mode" | "primary" | "revertive">,
  states: readonly [LinkState, LinkState],
  before: Carries,
): Carries {
  const first = carryingRank[states[0]];
  const second = carryingRank[states[1]];
  const best = Math.max(first, second);
  if (best === 0) return carriers(false, false);
  switch (config.mode) {
    case "active-standby": {
      const link = chooseActive(config, [first, second], before);
      return carriers(link === 0, link === 1);
    }
    case "load-balancing":
      return carriers(first === best, second === best);
    case "duplication":
      return carriers(
        first === best || first >= carryingRank.suspect,
        second === best || second >= carryingRank.suspect,
      );
  }
}

function chooseActive(
  config: Pick<PairConfig, "primary" | "revertive">,
  ranks: readonly [number, number],
  before: Carries,
): LinkIndex {
  const active: LinkIndex = before[0] === before[1] ? config.primary : before[0] ? 0 : 1;
  const other: LinkIndex = active === 0 ? 1 : 0;
  if (config.revertive && ranks[config.primary] === carryingRank.up) return config.primary;
  if (ranks[active] >= carryingRank.suspect) return active;
  return ranks[other] > ranks[active] ? other : active;
}
