/** Rules on the two cages alone, whatever is plugged in. */

import type { LinkEnd, LinkWish } from "../types.ts";
import type { EndRule, Finding } from "./rule.ts";

const breakoutText = ({ cage }: LinkEnd): string =>
  cage.breakouts.map(({ links, speedGbps }) => `${links} x ${speedGbps}G`).join(", ");

function onEachEnd(wish: LinkWish, find: (end: LinkEnd) => Finding | undefined): readonly Finding[] {
  const findings = [wish.near, wish.far].flatMap((end) => find(end) ?? []);
  return findings.length === 2 && findings[0]?.message === findings[1]?.message ? findings.slice(0, 1) : findings;
}

const deviceNetworkRule: EndRule = {
  code: "catalog/device-network",
  severity: "error",
  find: (wish) =>
    onEachEnd(wish, ({ device }) =>
      device.networks.includes(wish.network)
        ? undefined
        : {
            message: `${device.model} does not speak ${wish.network}, only ${device.networks.join(" and ")}`,
            remedy: `Choose a ${device.kind === "nic" ? "NIC" : "switch"} for ${wish.network}, or another network for the plane.`,
          },
    ),
};

const breakoutRule: EndRule = {
  code: "catalog/breakout",
  severity: "error",
  find: (wish) =>
    onEachEnd(wish, (end) =>
      end.cage.breakouts.some(({ links, speedGbps }) => links === end.linksPerCage && speedGbps === wish.speedGbps)
        ? undefined
        : {
            message: `a cage of ${end.device.model} cannot be used as ${end.linksPerCage} x ${wish.speedGbps}G`,
            remedy: `Its cages can be used as ${breakoutText(end)}.`,
          },
    ),
};

export const endRules: readonly EndRule[] = [deviceNetworkRule, breakoutRule];
