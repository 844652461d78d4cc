import { expect, test } from "vitest";
import { playSeed } from "./swarm.ts";

test("a quick swarm finds nothing", () => {
  const failures = [];
  for (let seed = 0; seed < 1_000; seed++) {
    const result = playSeed(seed);
    if (result.failure !== undefined) failures.push(result);
  }
  expect(failures.slice(0, 3).map(({ seed, failure }) => `${seed}: ${failure}`)).toEqual([]);
}, 60_000);

test("a seed plays the same run again", () => {
  expect(playSeed(42)).toEqual(playSeed(42));
});
