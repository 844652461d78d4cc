import { expect, test } from "vitest";
import { HeartbeatLoad } from "./heartbeat-load.ts";

const pathUs = 80;

test("few paths have the interval they want, many share a quarter of the processor, and the steps are few", () => {
  const load = new HeartbeatLoad(pathUs);
  let changes = 0;
  const stop = load.watch(() => {
    changes += 1;
  });
  const closings: (() => void)[] = [];
  for (let paths = 1; paths <= 4_096; paths++) {
    closings.push(load.open());
    if (paths <= 8) expect(load.leastIntervalUs).toBe(0);
    else {
      expect(load.leastIntervalUs).toBeGreaterThanOrEqual(paths * pathUs);
      expect(load.leastIntervalUs).toBeLessThanOrEqual(Math.max(1_000, 1.5 * paths * pathUs));
    }
  }
  expect(changes).toBeLessThan(25);
  for (const close of closings) {
    close();
    close();
  }
  expect(load.leastIntervalUs).toBe(0);
  stop();
});
