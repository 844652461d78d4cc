/** Which links an adversary has given reason to be blamed, and until when. */

import type { LinkIndex } from "../config.ts";
import { blameUs, type Fault, type Scenario } from "./scenario.ts";

/** Long enough after a fault for everything it causes to have come out. */
export function graceUs(scenario: Scenario): number {
  const latest = Math.max(...scenario.links.map(({ conditions }) => conditions.delayUs + conditions.jitterUs));
  return 2 * blameUs(scenario) + 2 * scenario.heartbeatIntervalUs + 3 * latest + scenario.progressTimeoutUs;
}

/** Whether blaming this link at `atUs` can be understood. */
export function mayBeBlamed(scenario: Scenario, link: LinkIndex, atUs: number): boolean {
  const { drop, corrupt } = scenario.links[link].conditions;
  if (drop > 0 || corrupt > 0) return true;
  return scenario.faults.some(
    (fault) => harms(fault, link) && atUs >= fault.startUs && atUs <= fault.endUs + graceUs(scenario),
  );
}

function harms(fault: Fault, link: LinkIndex): boolean {
  if (fault.kind === "blackout") return true;
  return "link" in fault && fault.link === link;
}

/** Whether the session may end although nobody closed it: a restart, or nothing heard for too long. */
export function mayEnd(scenario: Scenario): boolean {
  return (
    scenario.faults.some((fault) => fault.kind === "restart") || longestOutageUs(scenario) >= scenario.sessionLifeUs / 2
  );
}

/** An upper bound for how long both links can have been unusable at once. */
function longestOutageUs(scenario: Scenario): number {
  const spans = scenario.faults.map((fault) => fault.endUs - fault.startUs);
  return spans.reduce((sum, span) => sum + span, 0);
}
