import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Deadline, Deadlines } from "./deadlines.ts";

test("every deadline is due when a plain list says so, however often it is moved", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), which: fc.nat(4), inUs: fc.oneof(fc.nat(50), fc.nat(5_000)) }),
    fc.record({ kind: fc.constant("never" as const), which: fc.nat(4) }),
    fc.record({ kind: fc.constant("stop" as const), which: fc.nat(4) }),
    fc.record({ kind: fc.constant("pass" as const), us: fc.nat(400) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const deadlines = new Deadlines();
      const all = Array.from({ length: 5 }, () => new Deadline(() => {}));
      const expected = all.map(() => Number.POSITIVE_INFINITY);
      const stopped = new Set<number>();
      let nowUs = 0;
      for (const each of steps) {
        if (each.kind === "pass") {
          nowUs += each.us;
          const due = expected.flatMap((dueUs, index) => (dueUs <= nowUs && !stopped.has(index) ? [index] : []));
          const got = deadlines.takeDue(nowUs).map((deadline) => all.indexOf(deadline));
          expect(got.sort()).toEqual(due);
          for (const index of due) expected[index] = Number.POSITIVE_INFINITY;
          const earliest = Math.min(...expected.filter((_, index) => !stopped.has(index)), Number.POSITIVE_INFINITY);
          expect(deadlines.nextUs).toBeLessThanOrEqual(earliest);
        } else if (each.kind === "stop") {
          stopped.add(each.which);
          all[each.which]!.fire = undefined;
        } else if (!stopped.has(each.which)) {
          const dueUs = each.kind === "set" ? nowUs + each.inUs : Number.POSITIVE_INFINITY;
          expected[each.which] = dueUs;
          deadlines.set(all[each.which]!, dueUs);
        }
      }
    }),
  );
});

test("a deadline that moves back and forth does not fill the heap", () => {
  const deadlines = new Deadlines();
  const deadline = new Deadline(() => {});
  for (let nowUs = 0; nowUs < 1_000_000; nowUs += 100) {
    deadlines.takeDue(nowUs);
    deadlines.set(deadline, nowUs + 30_000_000);
    deadlines.set(deadline, nowUs + 500);
    expect(deadline.heapTimesUs.length).toBeLessThan(8);
  }
});
