/** Draws the servers: a few by themselves with their NICs and both links of each, the rest as counts. */

import { type Fabric, serverName } from "../../fabric/index.ts";
import { formatCount, formatCounted } from "../format.ts";
import type { Node } from "../svg.ts";
import type { ServerGroups } from "./groups.ts";
import { type Area, box, label, line, type Point } from "./shapes.ts";
import { boxHeight, labelWidth, type PlaneDrawing } from "./tiers.ts";

/** A server that is drawn: its own card, standing for `stands` servers. */
interface Card {
  readonly server: number;
  readonly caption: string;
  /** Sheets behind the card, when it stands for more than itself. */
  readonly stacked: boolean;
}

export const serverBandHeight = 132;
const nicsMax = 8;

/** Draws the server band into `area`; lines go up to the leaves that are drawn. */
export function drawServers(
  fabric: Fabric,
  groups: ServerGroups,
  planes: readonly PlaneDrawing[],
  area: Area,
): { lines: Node[]; boxes: Node[] } {
  const places = new Map(planes.flatMap((plane) => [...plane.places]));
  const shown = [...new Set([...places.keys()].map((index) => groups.groupOfLeaf[index]!))]
    .filter((group) => group >= 0)
    .sort((left, right) => left - right);
  const content = {
    x: area.x + labelWidth,
    width: area.width - labelWidth - 10,
    y: area.y + 24,
    height: area.height - 34,
  };
  const lines: Node[] = [box(area, "band", 8)];
  const boxes: Node[] = [...bandLabel(fabric, groups, area)];
  if (shown.length > 2) drawGroups(fabric, groups, shown, places, content, lines, boxes);
  else drawCards(fabric, cardsOf(fabric, groups, shown), places, content, lines, boxes);
  return { lines, boxes };
}

function bandLabel(fabric: Fabric, groups: ServerGroups, area: Area): Node[] {
  const x = area.x + 12;
  const widthMax = labelWidth - 20;
  const gpus = fabric.serverCount * fabric.gpusPerServer;
  const count = groups.groups.length;
  return [
    label(formatCounted(fabric.serverCount, "server"), { x, y: area.y + 30 }, { tone: "bold", size: 13, widthMax }),
    label(formatCounted(gpus, "GPU"), { x, y: area.y + 47 }, { tone: "soft", size: 11, widthMax }),
    label(
      `${formatCounted(fabric.railsPerServer, "rail")} each`,
      { x, y: area.y + 63 },
      { tone: "soft", size: 11, widthMax },
    ),
    count > 1
      ? label(formatCounted(count, "group"), { x, y: area.y + 79 }, { tone: "soft", size: 11, widthMax })
      : undefined,
  ];
}

function cardsOf(fabric: Fabric, groups: ServerGroups, shown: readonly number[]): Card[] {
  const all = groups.groups.length;
  if (shown.length === 1) {
    const { firstServer, lastServer, servers } = groups.groups[shown[0]!]!;
    const numbers =
      servers <= 3 ? Array.from({ length: servers }, (_, index) => firstServer + index) : [firstServer, lastServer];
    return numbers.map((server) => ({ server, caption: formatCounted(fabric.gpusPerServer, "GPU"), stacked: false }));
  }
  return shown.map((group, place) => {
    const { firstServer, lastServer, servers } = groups.groups[group]!;
    const gpus = servers * fabric.gpusPerServer;
    return {
      server: place === 0 ? firstServer : lastServer,
      caption: `group ${formatCount(group + 1)} of ${formatCount(all)}: ${formatCounted(servers, "server")}, ${formatCounted(gpus, "GPU")}`,
      stacked: servers > 1,
    };
  });
}

function drawCards(
  fabric: Fabric,
  cards: readonly Card[],
  places: ReadonlyMap<number, Point>,
  content: Area,
  lines: Node[],
  boxes: Node[],
): void {
  const cell = content.width / cards.length;
  const width = Math.min(400, cell - 40);
  for (const [place, card] of cards.entries()) {
    const x = content.x + cell * place + (cell - width) / 2;
    const area = { x, y: content.y, width, height: content.height - 12 };
    if (card.stacked) {
      for (const offset of [10, 5]) boxes.push(box({ ...area, x: area.x + offset, y: area.y + offset }, "sheet", 6));
    }
    drawCard(fabric, card, area, places, lines, boxes);
    const next = cards[place + 1];
    if (next === undefined) continue;
    const hidden = next.server - card.server - 1;
    if (hidden <= 0) continue;
    const middle = { x: content.x + cell * (place + 1), y: content.y + content.height / 2 };
    const widthMax = cell - width - 24;
    boxes.push(
      label(`+${formatCount(hidden)}`, middle, { anchor: "middle", tone: "bold", size: 13, widthMax }),
      label(
        hidden === 1 ? "server" : "servers",
        { x: middle.x, y: middle.y + 15 },
        { anchor: "middle", tone: "soft", size: 11, widthMax },
      ),
    );
  }
}

/** A server with its NICs on top, each with a dot for every link. */
function drawCard(
  fabric: Fabric,
  card: Card,
  area: Area,
  places: ReadonlyMap<number, Point>,
  lines: Node[],
  boxes: Node[],
): void {
  boxes.push(box(area, "card", 6));
  const rails = railsShown(fabric.railsPerServer);
  const pitch = (area.width - 16) / rails.length;
  for (const [slot, rail] of rails.entries()) {
    const x = area.x + 8 + pitch * slot;
    if (rail < 0) {
      boxes.push(label("…", { x: x + pitch / 2, y: area.y + 8 }, { anchor: "middle", tone: "soft bold" }));
      continue;
    }
    const nic = { x: x + 2, y: area.y - 12, width: pitch - 4, height: 26 };
    drawNic(fabric, card.server, rail, nic, places, lines, boxes);
  }
  const middle = area.x + area.width / 2;
  boxes.push(
    label(
      serverName(fabric, card.server),
      { x: middle, y: area.y + 40 },
      { anchor: "middle", tone: "bold", size: 13, widthMax: area.width - 12 },
    ),
    label(
      card.caption,
      { x: middle, y: area.y + 58 },
      { anchor: "middle", tone: "soft", size: 11, widthMax: area.width - 12 },
    ),
    ...gpuSquares(fabric.gpusPerServer, middle, area.y + 68),
  );
}

function gpuSquares(gpus: number, middle: number, y: number): Node[] {
  if (gpus > 16) return [];
  return Array.from({ length: gpus }, (_, index) =>
    box({ x: middle + (index - gpus / 2) * 14 + 2, y, width: 10, height: 10 }, "gpu", 2),
  );
}

/** Rails by index; -1 stands for those left out. */
function railsShown(rails: number): number[] {
  if (rails <= nicsMax) return Array.from({ length: rails }, (_, rail) => rail);
  return [0, 1, 2, 3, 4, -1, rails - 1];
}

function drawNic(
  fabric: Fabric,
  server: number,
  rail: number,
  area: Area,
  places: ReadonlyMap<number, Point>,
  lines: Node[],
  boxes: Node[],
): void {
  const { linksPerEndpoint, nicsPerEndpoint, accessLink, links } = fabric;
  if (nicsPerEndpoint === 2) {
    const half = area.width / 2 - 1;
    boxes.push(
      box({ ...area, width: half }, "one-box", 3),
      box({ ...area, x: area.x + half + 2, width: half }, "two-box", 3),
    );
  } else boxes.push(box(area, "sheet", 3));
  const middle = area.x + area.width / 2;
  const texts =
    nicsPerEndpoint === 2 ? [`${rail + 1}a`, `${rail + 1}b`] : [area.width >= 40 ? `NIC ${rail + 1}` : `${rail + 1}`];
  for (const [place, text] of texts.entries()) {
    const x = area.x + (area.width * (place + 0.5)) / texts.length;
    boxes.push(
      label(text, { x, y: area.y + 19 }, { anchor: "middle", size: 10.5, widthMax: area.width / texts.length }),
    );
  }
  for (let side = 0; side < linksPerEndpoint; side++) {
    const apart = linksPerEndpoint === 2 ? (side - 0.5) * (area.width / 2) : 0;
    const from = { x: middle + apart, y: area.y };
    const link = accessLink[(server * fabric.railsPerServer + rail) * linksPerEndpoint + side]!;
    const to = link < 0 ? undefined : places.get(links.upperSwitch[link]!);
    const className = side === 0 ? "one-link" : "two-link";
    const end = to === undefined ? { x: from.x, y: from.y - 16 } : { x: to.x + apart / 3, y: to.y + boxHeight };
    lines.push(line(from, end, className, 1.2));
    boxes.push(box({ x: from.x - 3, y: from.y - 3, width: 6, height: 6 }, side === 0 ? "one-dot" : "two-dot", 3));
  }
}

/** Many small groups: one card each with its number of servers, and its links as a bundle to each of its leaves. */
function drawGroups(
  fabric: Fabric,
  groups: ServerGroups,
  shown: readonly number[],
  places: ReadonlyMap<number, Point>,
  content: Area,
  lines: Node[],
  boxes: Node[],
): void {
  const cell = content.width / shown.length;
  const width = Math.min(130, cell - 14);
  for (const [place, group] of shown.entries()) {
    const { firstServer, servers } = groups.groups[group]!;
    const x = content.x + cell * place + (cell - width) / 2;
    const area = { x, y: content.y - 10, width, height: content.height - 8 };
    if (servers > 1)
      for (const offset of [8, 4]) boxes.push(box({ ...area, x: x + offset, y: area.y + offset }, "sheet", 6));
    boxes.push(box(area, "card", 6));
    const middle = x + width / 2;
    const text = (words: string, y: number, tone: string, size: number) =>
      label(words, { x: middle, y: area.y + y }, { anchor: "middle", tone, size, widthMax: width - 8 });
    boxes.push(
      text(formatCounted(servers, "server"), 24, "bold", 11.5),
      text(formatCounted(servers * fabric.gpusPerServer, "GPU"), 42, "soft", 11),
      text(serverName(fabric, firstServer), 60, "soft", 10.5),
      servers > 1 ? text("and on", 74, "soft", 10.5) : undefined,
    );
    for (const [index, to] of places) {
      if (groups.groupOfLeaf[index] !== group) continue;
      const sides = groups.sidesOfLeaf[index]!;
      for (const side of [0, 1]) {
        if ((sides & (1 << side)) === 0) continue;
        const apart = sides === 3 ? (side - 0.5) * 14 : 0;
        const from = { x: middle + apart, y: area.y };
        lines.push(line(from, { x: to.x + apart, y: to.y + boxHeight }, side === 0 ? "one-link" : "two-link", 2.4));
      }
    }
  }
}
