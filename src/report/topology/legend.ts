/** The legend: what colours, dashes and stacks mean. */

import type { Fabric } from "../../fabric/index.ts";
import type { Node } from "../svg.ts";
import { textWidth } from "../text-measure.ts";
import { box, label, line, type Point } from "./shapes.ts";

export const legendHeight = 26;

/** Draws the legend in one line at `at`. */
export function drawLegend(fabric: Fabric, at: Point, width: number): Node[] {
  const dual = fabric.linksPerEndpoint === 2;
  const entries: readonly (readonly [string, (x: number, y: number) => Node])[] = [
    [dual ? "link 1 of a NIC" : "link of a NIC", (x, y) => line({ x, y }, { x: x + 26, y }, "one-link", 2.4)],
    ...(dual
      ? ([["link 2 of a NIC", (x: number, y: number) => line({ x, y }, { x: x + 26, y }, "two-link", 2.4)]] as const)
      : []),
    ["link between switches", (x, y) => line({ x, y }, { x: x + 26, y }, "link", 1.6)],
    [
      "that many more, alike, not drawn",
      (x, y) => label("+N", { x: x + 2, y: y + 4 }, { tone: "soft bold", size: 11 }),
    ],
    ...(dual
      ? ([
          [
            "part that both links need",
            (x: number, y: number) => box({ x: x + 2, y: y - 6, width: 22, height: 12 }, "shared-box", 3),
          ],
        ] as const)
      : []),
    ["G, T, P: giga-, tera-, petabits a second", () => undefined],
  ];
  let x = at.x;
  return entries.flatMap(([text, sign]) => {
    const drawn = sign(x, at.y + 12);
    const textX = drawn === undefined ? x : x + 34;
    x = textX + textWidth(text, 11) + 18;
    return [
      drawn,
      label(text, { x: textX, y: at.y + 16 }, { tone: "soft", size: 11, widthMax: Math.max(0, at.x + width - textX) }),
    ];
  });
}
