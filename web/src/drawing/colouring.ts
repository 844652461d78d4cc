/** What boxes and lines are coloured by. */

import type { PartVerdicts } from "../../../src/audit/part-verdicts.ts";
import { verdicts } from "../../../src/audit/types.ts";
import { formatShare } from "../../../src/report/format.ts";
import { serverGroups } from "../../../src/report/topology/groups.ts";
import type { Bunch } from "./bunches.ts";
import { itemPart } from "./names.ts";
import { type Palette, planeColours, rampColour, rampInk } from "./palette.ts";
import type { Rows } from "./rows.ts";

export const colourings = ["plane", "rail", "verdict", "utilisation"] as const;
export type ColourBy = (typeof colourings)[number];

export interface Colouring {
  /** Fill, stroke and, where it must differ from the usual, ink of a box. */
  readonly box: (bunch: Bunch) => readonly [fill: string, stroke: string, ink?: string];
  /** A word under the name of a single item; empty for none. */
  readonly note: (bunch: Bunch) => string;
  /** Stroke of a link; undefined: the usual. */
  readonly line: (link: number) => string | undefined;
  readonly legend: readonly { readonly fill: string; readonly stroke: string; readonly text: string }[];
}

/** What the colourings need besides the fabric; undefined until it has been worked out. */
export interface ColourData {
  readonly verdicts: PartVerdicts | undefined;
  /** Share of its links' capacity that each switch carries. */
  readonly utilisation: ArrayLike<number> | undefined;
  /** Share of its capacity that each link carries, in its busier direction. Default: that of its upper switch. */
  readonly linkLoad?: Float32Array | undefined;
}

export function colouringOf(by: ColourBy, rows: Rows, palette: Palette, data: ColourData): Colouring {
  if (by === "rail") return byRail(rows, palette);
  if (by === "verdict" && data.verdicts !== undefined) return byVerdict(rows, palette, data.verdicts);
  if (by === "utilisation" && data.utilisation !== undefined)
    return byUtilisation(rows, palette, data.utilisation, data.linkLoad);
  return byPlane(rows, palette);
}

const plain = (palette: Palette) => [palette.card, palette.line] as const;

function byPlane({ fabric }: Rows, palette: Palette): Colouring {
  return {
    box: ({ row }) => (row.plane < 0 ? plain(palette) : planeColours(palette, row.plane)),
    note: () => "",
    line: (link) => planeColours(palette, fabric.links.plane[link]!)[1],
    legend: fabric.planes.map(({ name, network }, plane) => ({
      fill: planeColours(palette, plane)[0],
      stroke: planeColours(palette, plane)[1],
      text: `plane ${name}, ${network === "infiniband" ? "InfiniBand" : "Ethernet"}`,
    })),
  };
}

function byRail({ fabric }: Rows, palette: Palette): Colouring {
  const { railOfLeaf } = serverGroups(fabric);
  const railOf = (link: number) =>
    fabric.links.tier[link] === 0 ? fabric.links.endpoint[link]! % fabric.railsPerServer : -1;
  const colour = (rail: number) => palette.rails[rail % palette.rails.length]!;
  const commonRail = ({ row, from, to }: Bunch): number => {
    if (row.tier !== 0) return -1;
    const rail = railOfLeaf[row.items[from]!]!;
    for (let place = from; place < to; place++) if (railOfLeaf[row.items[place]!] !== rail) return -1;
    return rail;
  };
  return {
    box: (bunch) => {
      const rail = commonRail(bunch);
      return rail < 0 ? plain(palette) : [palette.card, colour(rail)];
    },
    note: (bunch) => (commonRail(bunch) < 0 ? "" : `rail ${commonRail(bunch) + 1}`),
    line: (link) => (railOf(link) < 0 ? undefined : colour(railOf(link))),
    legend: Array.from({ length: Math.min(fabric.railsPerServer, 16) }, (_, rail) => ({
      fill: palette.card,
      stroke: colour(rail),
      text: `rail ${rail + 1}`,
    })),
  };
}

function byVerdict(rows: Rows, palette: Palette, { verdict }: PartVerdicts): Colouring {
  const { fabric } = rows;
  const worstOf = ({ row, from, to }: Bunch): number => {
    let worst = -1;
    for (let place = from; place < to; place++) {
      const of = verdict[itemPart(fabric, row, place)]!;
      if (of < verdicts.length) worst = Math.max(worst, of);
    }
    return worst;
  };
  const ofLink = (link: number) => {
    const { lowerPort, lowerModule, cable, upperModule, upperPort } = fabric.links;
    return [lowerPort, lowerModule, cable, upperModule, upperPort].reduce((worst, column) => {
      const part = column[link]!;
      const of = part < 0 ? 255 : verdict[part]!;
      return of < verdicts.length ? Math.max(worst, of) : worst;
    }, 0);
  };
  return {
    box: (bunch) => palette.verdicts[worstOf(bunch)] ?? plain(palette),
    note: (bunch) => verdicts[worstOf(bunch)] ?? "",
    line: (link) => palette.verdicts[ofLink(link)]![1],
    legend: verdicts.map((word, index) => ({
      fill: palette.verdicts[index]![0],
      stroke: palette.verdicts[index]![1],
      text: `${word} if it fails alone`,
    })),
  };
}

function byUtilisation(
  { fabric }: Rows,
  palette: Palette,
  shares: ArrayLike<number>,
  linkLoad: Float32Array | undefined,
): Colouring {
  const most = ({ row, from, to }: Bunch): number => {
    let share = 0;
    for (let place = from; place < to; place++) share = Math.max(share, shares[row.items[place]!] ?? 0);
    return share;
  };
  return {
    box: (bunch) => {
      if (bunch.row.kind === "servers") return plain(palette);
      const share = most(bunch);
      return [rampColour(palette, share), palette.line, rampInk(palette, share)];
    },
    note: (bunch) => (bunch.row.kind === "servers" ? "" : formatShare(Math.round(most(bunch) * 1000) / 1000)),
    line: (link) => {
      const share = linkLoad === undefined ? (shares[fabric.links.upperSwitch[link]!] ?? 0) : linkLoad[link]!;
      return share === 0 ? undefined : rampColour(palette, Math.max(0.4, share));
    },
    legend: [0, 0.25, 0.5, 0.75, 1].map((share) => ({
      fill: rampColour(palette, share),
      stroke: palette.line,
      text: share < 1 ? `${share * 100}%` : "100% busy while gradients flow",
    })),
  };
}
