/** A server that is drawn large enough shows its NICs, each link by itself. */

import { nicLabel } from "../../../src/fabric/names.ts";
import type { Box } from "./boxes.ts";
import type { Rows } from "./rows.ts";

/** The end of one link at a server. */
export interface Port {
  readonly box: Box;
  readonly server: number;
  readonly link: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly label: string;
  readonly isNic: boolean;
}

/** Pixels that a link needs. */
const linkPx = 9;

/** The ports of a box of one server; none where it is too narrow. */
export function insideServer(rows: Rows, box: Box): Port[] {
  const { fabric, rowOfSwitch } = rows;
  const { railsPerServer, linksPerEndpoint, accessLink, links, nicsPerEndpoint } = fabric;
  if (box.to - box.from > 1 || box.width < railsPerServer * linksPerEndpoint * linkPx) return [];
  const server = box.from;
  const railPx = (box.width - 12) / railsPerServer;
  const ports: Port[] = [];
  for (let rail = 0; rail < railsPerServer; rail++)
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[(server * railsPerServer + rail) * linksPerEndpoint + side]!;
      if (link < 0) continue;
      const isAbove = rowOfSwitch[links.upperSwitch[link]!]! < rows.serverRow;
      const isAlone = rows.rows.length > rows.serverRow + 1 || linksPerEndpoint === 1;
      const shift = isAlone ? 0 : (side - 0.5) * railPx * 0.42;
      ports.push({
        box,
        server,
        link,
        x: box.x + 6 + (rail + 0.5) * railPx + shift,
        y: isAbove ? box.y : box.y + box.height,
        width: Math.min(34, railPx * (isAlone ? 0.7 : 0.36)),
        label: nicLabel({ nicsPerEndpoint }, rail * nicsPerEndpoint + 1 + (nicsPerEndpoint === 2 ? side : 0)),
        isNic: (side === 0 || nicsPerEndpoint === 2) && isAbove,
      });
    }
  return ports;
}
