import { expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { defaultHealth, endpointConfig } from "./config.ts";
import { SimulatedPair } from "./testing/simulated-pair.ts";
import { cleanConditions } from "./testing/simulated-path.ts";

test.each([true, false])(
  "heartbeats every five seconds: nobody is blamed until a link is dark, watched: %s",
  (watched) => {
    const heartbeatIntervalUs = 5_000_000;
    const options = {
      sessionId: 1,
      sessionLifeUs: 120_000_000,
      pair: { watched, health: { ...defaultHealth, heartbeatIntervalUs } },
    };
    const pair = new SimulatedPair(
      [
        endpointConfig({ ...options, role: "initiator", incarnation: 1 }),
        endpointConfig({ ...options, role: "responder", incarnation: 2 }),
      ],
      () => ({ ...cleanConditions }),
      randomStream(1),
    );
    const failedUs: number[] = [];
    pair.onOutput = (_side, output) => {
      if (output.kind === "linkState" && output.to === "failed") failedUs.push(pair.nowUs);
    };
    pair.attachAll();
    const darkUs = 101_000_000;
    pair.run(darkUs);
    expect(failedUs).toEqual([]);
    expect(
      pair
        .endpoint(0)
        .status(pair.nowUs)
        .links.map(({ state }) => state),
    ).toEqual(["up", "up"]);
    for (const side of [0, 1] as const) pair.setCut(side, 0, true);
    pair.run(darkUs + 4 * heartbeatIntervalUs + 1_000);
    expect(failedUs).toHaveLength(2);
    expect(Math.min(...failedUs) - darkUs).toBeGreaterThan(2 * heartbeatIntervalUs);
  },
);
