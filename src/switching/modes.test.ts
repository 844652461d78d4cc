import { describe, expect, test } from "vitest";
import { carryingRank, type LinkState } from "./link-states.ts";
import { type Carries, chooseCarrying } from "./modes.ts";

const states: readonly LinkState[] = ["detached", "proving", "up", "suspect", "failed", "holding"];
const every = states.flatMap((first) => states.map((second) => [first, second] as const));
const befores: readonly Carries[] = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
];
const standby = { mode: "active-standby", primary: 0, revertive: true } as const;

describe("which links carry", () => {
  test.each(["active-standby", "load-balancing", "duplication"] as const)(
    "%s: a link carries exactly when any can, and none that cannot",
    (mode) => {
      for (const [first, second] of every)
        for (const before of befores) {
          const carries = chooseCarrying({ ...standby, mode }, [first, second], before);
          const usable = [carryingRank[first] > 0, carryingRank[second] > 0];
          expect(carries[0] || carries[1]).toBe(usable[0] || usable[1]);
          expect((carries[0] && !usable[0]) || (carries[1] && !usable[1])).toBe(false);
          if (mode === "active-standby") expect(carries[0] && carries[1]).toBe(false);
        }
    },
  );

  test("active-standby: the table of a revertive pair with primary 0", () => {
    const choose = (first: LinkState, second: LinkState, before: Carries) =>
      chooseCarrying(standby, [first, second], before);
    expect(choose("up", "up", [false, false])).toEqual([true, false]);
    expect(choose("suspect", "up", [true, false])).toEqual([true, false]);
    expect(choose("failed", "up", [true, false])).toEqual([false, true]);
    expect(choose("holding", "up", [false, true])).toEqual([false, true]);
    expect(choose("up", "up", [false, true])).toEqual([true, false]);
    expect(choose("holding", "failed", [false, true])).toEqual([true, false]);
    expect(choose("failed", "failed", [false, true])).toEqual([false, false]);
  });

  test("active-standby, not revertive: data stays where it is", () => {
    const stays = { ...standby, revertive: false };
    expect(chooseCarrying(stays, ["up", "up"], [false, true])).toEqual([false, true]);
  });

  test("load-balancing keeps new data off a suspected link; duplication does not", () => {
    expect(chooseCarrying({ ...standby, mode: "load-balancing" }, ["suspect", "up"], [true, true])).toEqual([
      false,
      true,
    ]);
    expect(chooseCarrying({ ...standby, mode: "duplication" }, ["suspect", "up"], [true, true])).toEqual([true, true]);
  });
});
