import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linkStatesAsMermaid, linkTransitions, nextLinkState } from "./link-states.ts";

test("no state has two moves on one event", () => {
  const moves = linkTransitions.map(({ from, on }) => `${from} ${on}`);
  expect(new Set(moves).size).toBe(moves.length);
});

test("every state can be reached and left", () => {
  const states = new Set(linkTransitions.flatMap(({ from, to }) => [from, to]));
  const reached = new Set(["detached"]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { from, to } of linkTransitions) if (reached.has(from)) reached.add(to);
  }
  expect(reached).toEqual(states);
  for (const state of states) expect(linkTransitions.some(({ from }) => from === state)).toBe(true);
});

test("a move that is not in the table is a bug", () => {
  expect(() => nextLinkState("failed", "holdDownOver")).toThrow("invariant broken");
});

test("the diagram in the guide is drawn from the table", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../docs/switching.md"), "utf8");
  expect(guide).toContain(linkStatesAsMermaid());
});
