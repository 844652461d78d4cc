/** Lays the links of one tier: cages, modules and cables at their positions. */

import { assert } from "../../base/assert.ts";
import type { SwitchModel } from "../../catalog/types.ts";
import type { Attachment } from "../../cluster/types.ts";
import type { Stage } from "../types.ts";
import type { LinkColumns, PartColumns } from "./columns.ts";
import type { LinkChoice } from "./link-choice.ts";
import type { ServerPorts } from "./servers.ts";
import { CableRow, CageRow, type PortEnd, type SwitchRows } from "./switches.ts";

/** What a fabric is built of while it is built. */
export interface Site {
  readonly parts: PartColumns;
  readonly links: LinkColumns;
  readonly switches: SwitchRows;
  readonly servers: ServerPorts;
  readonly attachment: Attachment;
}

/** The five parts of a link, as columns. */
function series(lower: PortEnd, cable: number, upper: PortEnd) {
  return {
    lowerPort: lower.port,
    lowerModule: lower.module,
    cable,
    upperModule: upper.module,
    upperPort: upper.port,
    lowerLane: lower.lane,
    upperLane: upper.lane,
  };
}

/** Lays every server's links to its leaves; `place` names the leaf (switch index) and the position on it. Returns their number. */
export function layAccess(
  site: Site,
  plane: number,
  choice: LinkChoice,
  sides: readonly number[],
  place: (server: number, rail: number, side: number) => { leaf: number; position: number },
): number {
  const { servers } = site;
  const { assembly } = choice;
  const cages = new CageRow(site.parts, site.switches, "access-link", assembly, "far");
  const cables = new CableRow(site.parts, "access-link", assembly);
  const before = site.links.count;
  for (let server = 0; server < servers.count; server++) {
    for (let rail = 0; rail < servers.rails; rail++) {
      for (const side of sides) {
        const { leaf, position } = place(server, rail, side);
        const lower = servers.portOf(server, rail, side, assembly);
        const upper = cages.at(leaf, 1, position);
        const link = site.links.add({
          tier: 0,
          plane,
          speedGbps: assembly.speedGbps,
          endpoint: server * servers.rails + rail,
          side,
          lowerSwitch: -1,
          upperSwitch: leaf,
          ...series(lower, cables.between(lower, upper), upper),
        });
        servers.connect(server, rail, side, link);
      }
    }
  }
  return site.links.count - before;
}

export interface UplinkTier {
  readonly tier: 1 | 2;
  readonly stage: Stage;
  readonly choice: LinkChoice;
  readonly lowerModel: SwitchModel;
  /** Uplinks of each lower switch. */
  readonly uplinks: number;
}

/**
 * Lays all uplinks of one tier; the last cages of the lower switch are its uplink cages. `place` names the upper switch
 * (switch index) and the position on it. Returns their number.
 */
export function layUplinks(
  site: Site,
  plane: number,
  { tier, stage, choice, lowerModel, uplinks }: UplinkTier,
  lowers: readonly number[],
  place: (lowerOrdinal: number, uplink: number) => { upper: number; position: number },
): number {
  const { assembly } = choice;
  const lowerCages = new CageRow(site.parts, site.switches, stage, assembly, "near");
  const upperCages = new CageRow(site.parts, site.switches, stage, assembly, "far");
  const cables = new CableRow(site.parts, stage, assembly);
  const allCages = lowerModel.cages.reduce((sum, group) => sum + group.count, 0);
  const firstCage = allCages - Math.ceil(uplinks / assembly.nearLinksPerCage) + 1;
  assert(firstCage >= 1, "uplink cages fit on the switch");
  for (const [ordinal, lowerSwitch] of lowers.entries()) {
    for (let uplink = 0; uplink < uplinks; uplink++) {
      const { upper: upperSwitch, position } = place(ordinal, uplink);
      const lower = lowerCages.at(lowerSwitch, firstCage, uplink);
      const upper = upperCages.at(upperSwitch, 1, position);
      site.links.add({
        tier,
        plane,
        speedGbps: assembly.speedGbps,
        endpoint: -1,
        side: 0,
        lowerSwitch,
        upperSwitch,
        ...series(lower, cables.between(lower, upper), upper),
      });
    }
  }
  return lowers.length * uplinks;
}
