import { AssertionError } from "node:assert";
import { setImmediate as immediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { nowUs } from "./clock.ts";
import { type Runnable, RunQueue } from "./run-queue.ts";

/** Runs until it has done `turns`, and may do something in each. */
function runnable(turns: number, inTurn: () => void = () => {}): Runnable & { done: number } {
  return {
    done: 0,
    run() {
      this.done += 1;
      inTurn();
      return this.done < turns;
    },
  };
}

test("what is queued in a turn is run after it, never within it, however long the chain", () => {
  const queue = new RunQueue();
  let depth = 0;
  let deepest = 0;
  const chain = Array.from(
    { length: 20_000 },
    (_, index): Runnable => ({
      run() {
        depth += 1;
        deepest = Math.max(deepest, depth);
        const next = chain[index + 1];
        if (next !== undefined) queue.add(next);
        depth -= 1;
        return false;
      },
    }),
  );
  queue.add(chain[0]!);
  expect(deepest).toBe(1);
});

test("turns go round: nobody waits for another to be through", () => {
  const queue = new RunQueue();
  const order: string[] = [];
  const one = runnable(3, () => order.push("one"));
  const two = runnable(3, () => order.push("two"));
  queue.during(() => {
    queue.add(one);
    queue.add(two);
  });
  expect(order).toEqual(["one", "two", "one", "two", "one", "two"]);
});

test("the event loop has its turn though there is always more to do", async () => {
  const queue = new RunQueue();
  const endless = runnable(Number.POSITIVE_INFINITY);
  const startUs = nowUs();
  queue.add(endless);
  expect(nowUs() - startUs).toBeLessThan(1_000_000);
  const before = endless.done;
  await immediate();
  await immediate();
  expect(endless.done).toBeGreaterThan(before);
  queue.remove(endless);
});

test("an error in one turn is the caller's, and the others have theirs", async () => {
  const queue = new RunQueue();
  const failing: Runnable & { done: number } = runnable(2, () => {
    if (failing.done === 1) throw new Error("the user's");
  });
  const other = runnable(1);
  expect(() =>
    queue.during(() => {
      queue.add(failing);
      queue.add(other);
    }),
  ).toThrow("the user's");
  while (failing.done < 2 || other.done < 1) await immediate();
});

test("entering the loop from within is a mistake of ours", () => {
  const queue = new RunQueue();
  let caught: unknown;
  queue.during(() => {
    try {
      queue.during(() => {});
    } catch (error) {
      caught = error;
    }
  });
  expect((caught as Error).name).toContain(AssertionError.name);
});

test("between two turns what must not wait is looked at", () => {
  const queue = new RunQueue();
  let polls = 0;
  queue.poll = () => {
    polls += 1;
  };
  queue.add(runnable(5));
  expect(polls).toBe(5);
});
