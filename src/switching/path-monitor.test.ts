import { expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { bothLinks, endpointConfig, type LinkIndex } from "./config.ts";
import type { Endpoint } from "./endpoint.ts";
import type { LinkState } from "./link-states.ts";
import type { Output } from "./outputs.ts";
import { PathMonitor } from "./path-monitor.ts";
import { bothSides, type Side, SimulatedPair } from "./testing/simulated-pair.ts";
import { cleanConditions } from "./testing/simulated-path.ts";

const heartbeatIntervalUs = 1_000;
const missesMax = 3;
/** Silence, the confirming interval and the way. */
const blameUsMax = (missesMax + 2) * heartbeatIntervalUs;

type News = Exclude<Output, { kind: "send" }>;

/** Two processes whose links are monitored, and one session between them. */
function monitoredPair({ watched = false, misses = missesMax } = {}) {
  const options = { sessionId: 1, pair: { monitored: true, mode: "active-standby" as const } };
  const monitor = { heartbeatIntervalUs, missesMax: misses, watched };
  const pair = new SimulatedPair(
    [
      endpointConfig({ ...options, role: "initiator", incarnation: 1 }),
      endpointConfig({ ...options, role: "responder", incarnation: 2 }),
    ],
    () => ({ ...cleanConditions, keeps: true }),
    randomStream(1),
    [monitor, monitor],
  );
  const news: { side: Side; atUs: number; output: News }[] = [];
  pair.onOutput = (side, output) => news.push({ side, atUs: pair.nowUs, output });
  pair.attachAll();
  pair.run(50_000);
  const states = () =>
    bothSides.map((side) =>
      pair
        .endpoint(side)
        .status(pair.nowUs)
        .links.map(({ state }) => state),
    );
  return { pair, news, states };
}

const bothUp: LinkState[][] = [
  ["up", "up"],
  ["up", "up"],
];

/** How often an endpoint is told anything. */
function countInputs(endpoint: Endpoint): () => number {
  let count = 0;
  const handle = endpoint.handle.bind(endpoint);
  endpoint.handle = (...input) => {
    count += 1;
    return handle(...input);
  };
  return () => count;
}

test.each([false, true])("an idle session costs nothing while its monitor keeps the beat (watched: %s)", (watched) => {
  const { pair, states } = monitoredPair({ watched });
  expect(states()).toEqual(bothUp);
  const counts = bothSides.map((side) => countInputs(pair.endpoint(side)));
  const ticks = pair.eventsHandled;
  pair.run(10_000_000);
  // A tick of the harness tells the endpoint too; a driver of its own would not. None is the session's own deadline.
  for (const side of bothSides) {
    expect(pair.endpoint(side).nextDeadlineUs()).toBeGreaterThan(20_000_000);
    expect(counts[side]!()).toBeLessThanOrEqual(pair.eventsHandled - ticks);
  }
  expect(states()).toEqual(bothUp);
});

test.each([
  ["both directions", [0, 1]],
  ["one direction", [0]],
] as const)("a black hole in %s is blamed in time on both sides, and on its link only", (_name, sides) => {
  const { pair, news, states } = monitoredPair();
  news.length = 0;
  for (const side of sides) pair.setCut(side, 0, true);
  const cutUs = pair.nowUs;
  pair.run(cutUs + 20_000);
  for (const side of bothSides) {
    const failed = news.find(
      (each) => each.side === side && each.output.kind === "linkState" && each.output.to === "failed",
    );
    expect(failed?.output).toMatchObject({ link: 0 });
    expect(failed!.atUs - cutUs).toBeLessThanOrEqual(blameUsMax);
    const takeover = news.find((each) => each.side === side && each.output.kind === "takeover");
    expect(takeover?.output).toMatchObject({ record: { link: 0 } });
  }
  expect(states().map(([, second]) => second)).toEqual(["up", "up"]);
  for (const side of sides) pair.setCut(side, 0, false);
  pair.run(pair.nowUs + 2_500_000);
  expect(states()).toEqual(bothUp);
});

test.each([false, true])("a peer that is stopped is no fault of a link (watched: %s)", (watched) => {
  const { pair, news, states } = monitoredPair({ watched });
  news.length = 0;
  pair.stall(1, pair.nowUs + 1_500_000);
  pair.run(pair.nowUs + 2_000_000);
  expect(news.filter(({ output }) => output.kind === "linkState" && output.to === "failed")).toEqual([]);
  expect(states()).toEqual(bothUp);
});

test.each([false, true])(
  "an interval that changes blames nobody, and decides how soon a fault is found (watched: %s)",
  (watched) => {
    const { pair, news, states } = monitoredPair({ watched, misses: 6 });
    news.length = 0;
    for (const intervalUs of [16_000, 128_000, 1_000, 4_000, 2_000, 64_000]) {
      // The first words of it are lost on both links.
      for (const link of bothLinks) pair.setCut(0, link, true);
      pair.inputOfMonitor(0, { kind: "interval", intervalUs });
      pair.run(pair.nowUs + 3_000);
      for (const link of bothLinks) pair.setCut(0, link, false);
      // Changed again before it has been used, and after.
      pair.run(pair.nowUs + (intervalUs === 4_000 ? 10_000 : 5_000_000));
      expect(news.filter(({ output }) => output.kind === "linkState")).toEqual([]);
      expect(states()).toEqual(bothUp);
    }
    const cutUs = pair.nowUs;
    pair.setCut(0, 1, true);
    pair.run(cutUs + 1_000_000);
    const failed = news.find(({ output }) => output.kind === "linkState" && output.to === "failed");
    expect(failed!.atUs - cutUs).toBeLessThanOrEqual(8 * 64_000);
    expect(failed!.atUs - cutUs).toBeGreaterThan(5 * 64_000);
  },
);

test("the loss of carrier is told at once, and disproved by what is heard later", () => {
  const { pair, states, news } = monitoredPair();
  pair.carrier(0, 1, false);
  expect(states()[0]).toEqual(["up", "failed"]);
  pair.run(pair.nowUs + 1_000);
  expect(states()[1]).toEqual(["up", "failed"]);
  expect(news.at(-1)!.atUs).toBeLessThan(60_000);
  pair.run(pair.nowUs + 2_500_000);
  expect(states()).toEqual(bothUp);
});

test("a session whose last connection is gone for too long ends, though its peer's process lives", () => {
  const { pair, news } = monitoredPair();
  for (const link of bothLinks) pair.disconnect(link);
  pair.run(pair.nowUs + 31_000_000);
  const ends = news.flatMap(({ output }) => (output.kind === "ended" ? [output.end.code] : []));
  expect(ends).toEqual(["switching/session-expired", "switching/session-expired"]);
});

test("sessions that begin later are told how the links are, and one that fails alone takes no other with it", () => {
  const monitor = new PathMonitor({ heartbeatIntervalUs, missesMax, watched: false }, 0);
  const peer = new PathMonitor({ heartbeatIntervalUs, missesMax, watched: false }, 0);
  const exchange = (nowUs: number) => {
    for (const [from, to] of [
      [monitor, peer],
      [peer, monitor],
    ] as const)
      for (const output of from.handle({ kind: "tick" }, nowUs))
        if (output.kind === "send") to.handle({ kind: "frame", link: output.link, bytes: output.head.slice() }, nowUs);
  };
  for (const link of [0, 1] as LinkIndex[]) {
    expect(monitor.changesSoFar(link, 0)).toEqual([]);
    for (const each of [monitor, peer]) each.handle({ kind: "attach", link }, 0);
  }
  for (let nowUs = 0; nowUs < 20_000; nowUs += 500) exchange(nowUs);
  for (const link of [0, 1] as LinkIndex[]) {
    expect(monitor.changesSoFar(link, 20_000)).toMatchObject([{ event: "heard" }]);
    expect(monitor.roundTrips(link)).toBeGreaterThan(5);
    expect(monitor.aliveUs(link)).toBeGreaterThan(10_000);
  }
});
