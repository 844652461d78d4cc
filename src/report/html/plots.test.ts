import { describe, expect, test } from "vitest";
import { barPlot } from "./plots.ts";

const options = { axis: "kept, %", valueMax: 100, tick: String, description: "Bandwidth kept" };
const rows = [
  { label: "leaf switch", value: 50, mark: 93.75, colour: "degraded", text: "50%" },
  { label: "NIC <of> a & b", value: 0, mark: 0, colour: "fatal", text: "fatal" },
];

describe("plots without a browser", () => {
  test("golden: bars with marks", async () => {
    await expect(barPlot(rows, options).replaceAll("><", ">\n<")).toMatchFileSnapshot("./golden/bars.svg");
  });

  test("a bar is as long as its value", () => {
    const svg = barPlot(
      [
        { label: "half", value: 50, colour: "degraded", text: "" },
        { label: "quarter", value: 25, colour: "degraded", text: "" },
      ],
      options,
    );
    const widths = [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(widths[0]! / widths[1]!).toBeCloseTo(2, 1);
  });

  test("rows of one label lie end to end, their sum is written once", () => {
    const stacked = [
      { label: "fabric", value: 30, colour: "split-1", text: "$100" },
      { label: "fabric", value: 70, colour: "split-2", text: "$100" },
    ];
    const svg = barPlot(stacked, { ...options, tick: () => "" });
    expect(svg.match(/\$100/g)).toHaveLength(1);
    const [first, second] = [...svg.matchAll(/<rect x="([\d.]+)" width="([\d.]+)"/g)].map((match) => [
      Number(match[1]),
      Number(match[2]),
    ]);
    expect(second![0]).toBeCloseTo(first![0]! + first![1]!, -1);
  });

  test("labels that are cut to the same text stay apart", () => {
    const long = "a very long name of a part that does not fit into the margin of the plot, number ";
    const svg = barPlot(
      [1, 2].map((number) => ({ label: long + number, value: number, colour: "fatal", text: "" })),
      options,
    );
    expect(svg.match(/ \(2\)/g)).toHaveLength(1);
  });

  test("nothing at all is drawn as an empty plot", () => {
    expect(
      barPlot([{ label: "none", value: 0, colour: "fatal", text: "0" }], { ...options, valueMax: 0 }),
    ).not.toContain("NaN");
  });
});
