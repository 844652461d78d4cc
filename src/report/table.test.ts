import { describe, expect, test } from "vitest";
import { table } from "./table.ts";

const columns = [{ title: "stage" }, { title: "count", align: "right" }, { title: "example" }] as const;
const rows = [
  ["access-link", "2,048", "srv-0001/nic-1/port-1/cable"],
  ["leaf-switch", "16", "leaf-a-01"],
];

describe("table", () => {
  test("aligns text left and numbers right", () => {
    expect(table(columns, rows, { width: 100, colour: false })).toBe(
      [
        "stage        count  example",
        "───────────  ─────  ───────────────────────────",
        "access-link  2,048  srv-0001/nic-1/port-1/cable",
        "leaf-switch     16  leaf-a-01",
      ].join("\n"),
    );
  });

  test("keeps to the width of the terminal", () => {
    const text = table(columns, [["access-link", "2,048", "a long sentence that has to be wrapped somewhere"]], {
      width: 44,
      colour: false,
    });
    expect(text.split("\n").map((line) => line.length)).toSatisfy((widths: number[]) => Math.max(...widths) <= 44);
    expect(text.replaceAll(/\s+/g, " ")).toContain("somewhere");
  });

  test("colours only the head, and only when asked to", () => {
    const text = table(columns, rows, { width: 100, colour: true });
    expect(text.split("\n")[0]).toBe("\u001b[1mstage        count  example\u001b[22m");
    expect(table(columns, rows, { width: 100, colour: false })).not.toContain("\u001b");
  });

  test("control characters of names do not reach the terminal", () => {
    const text = table([{ title: "name" }], [["\u001b[2Jwiped\nnext\u202e"]], { width: 80, colour: false });
    for (const character of ["\u001b", "\u202e"]) expect(text).not.toContain(character);
    expect(text.split("\n")[2]).toContain("[2Jwiped next");
  });
});
