import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { decodeBfd, encodeBfd } from "./bfd/packet.ts";
import { type BfdOutput, BfdSession } from "./bfd/session.ts";
import { type Flight, World, type WorldOptions } from "./testing/world.ts";

const second = 1_000_000;
/** Long simulated times take fewer heartbeats. */
const slow = "heartbeat: { interval: 20ms }";

/** Both hosts have found each other on both links. */
function met(options: WorldOptions = {}): World {
  const world = new World(options);
  world.run(second / 2);
  for (const host of [0, 1] as const) {
    expect(world.states(host)).toEqual(["up", "up"]);
    expect(world.ways(host)).toEqual([0]);
  }
  return world;
}

function allOn(world: World, link: 0 | 1): void {
  for (const host of [0, 1] as const) expect(world.ways(host), `host ${host}`).toEqual([link]);
}

describe("two hosts", () => {
  test("leave a dark link within four intervals, and return after the hold-down", () => {
    const world = met();
    world.setLink(0, false);
    world.run(4_000);
    allOn(world, 1);
    expect(world.takeovers(0)).toHaveLength(1);
    world.setLink(0, true);
    world.run(900_000);
    allOn(world, 1);
    world.run(200_000);
    allOn(world, 0);
  });

  test("both leave a link that is dark in one direction, and one of them by the other's word", () => {
    const world = met();
    world.open[0][0] = false;
    world.run(5_000);
    allOn(world, 1);
    expect([0, 1].map((host) => world.takeovers(host as 0 | 1)[0]?.trigger).sort()).toEqual([
      "peerDeaf",
      "silenceConfirmed",
    ]);
  });

  test("a peer that is stopped, and one that starts anew, make no link suspicious", () => {
    const world = met();
    world.stopped[1] = true;
    world.run(2 * second);
    world.stopped[1] = false;
    world.run(second);
    expect(world.takeovers(0)).toEqual([]);
    expect(world.states(0)).toEqual(["up", "up"]);
    world.restart(1);
    world.run(second);
    for (const host of [0, 1] as const) expect(world.states(host)).toEqual(["up", "up"]);
    expect(world.takeovers(0)).toEqual([]);
  });

  test("a drained link stays empty on both hosts while heartbeats pass on it, and is used again after the drain", () => {
    const world = met();
    world.drain(0, 0, "receive power low");
    world.run(5_000);
    allOn(world, 1);
    expect(world.takeovers(0)[0]).toMatchObject({ trigger: "carrierLost", reason: "receive power low" });
    for (let turn = 0; turn < 50; turn++) {
      world.run(100_000);
      allOn(world, 1);
    }
    world.drain(0, 0, undefined);
    world.run(2 * second);
    allOn(world, 0);
    expect(world.takeovers(0)).toHaveLength(1);
  });

  test("a drained link that still works serves when the other goes dark", () => {
    const world = met();
    world.drain(0, 0, "receive power low");
    world.run(second);
    world.setLink(1, false);
    world.run(10_000);
    allOn(world, 0);
    world.run(5 * second);
    allOn(world, 0);
    world.setLink(1, true);
    world.run(2 * second);
    allOn(world, 1);
  });

  test("with both links drained traffic still has a way", () => {
    const world = met();
    for (const link of [0, 1] as const) world.drain(0, link, "hot");
    world.run(second);
    for (const host of [0, 1] as const) expect(world.ways(host).length).toBeGreaterThan(0);
    expect(world.kernel(0).routes.size).toBe(2);
  });

  test("a link that counts errors in three seconds of ten is left; two are no reason", () => {
    const world = met();
    const errors = (seconds: number) => {
      for (let each = 0; each < seconds; each++) {
        world.engines[0].errorsExceeded(0, world.nowUs);
        world.engines[0].act(world.nowUs);
        world.run(second);
      }
    };
    errors(2);
    expect(world.takeovers(0)).toEqual([]);
    world.run(10 * second);
    errors(3);
    expect(world.takeovers(0)[0]?.trigger).toBe("errorsExceeded");
  });

  test("a link that goes up and down is held out longer and longer, but never longer than the most", () => {
    const world = met({ settings: "holdDown: 100ms\nheartbeat: { interval: 5ms }" });
    for (let flap = 0; flap < 5; flap++) {
      world.setLink(0, false);
      world.run(20_000);
      world.setLink(0, true);
      world.run(200_000);
    }
    // Five penalties of 1000 that halve in 15 s: far above 1200 for the next seconds, although the hold-down is 100 ms.
    world.run(10 * second);
    allOn(world, 1);
    expect(world.engines[0].status(world.nowUs).peers[0]!.links[0].flapPenalty).toBeGreaterThan(1_200);
    world.run(25 * second);
    allOn(world, 0);
  });

  test("a class held back flows again, and bulk moves with its link", () => {
    const world = met({
      settings: `holdDown: 100ms
classes: [{ name: bulk, mark: 1, prefer: 2 }, { name: held, mark: 2, prefer: 1, onFailure: hold }]`,
    });
    const classes = () => world.engines[0].status(world.nowUs).peers[0]!.classes;
    expect(classes()).toEqual([1, 0]);
    world.setLink(1, false);
    world.run(10_000);
    expect(classes()).toEqual([0, "hold"]);
    world.setLink(1, true);
    world.run(second);
    expect(classes()).toEqual([1, 0]);
  });

  test("after any faults and any time, healed links are used by both, and nothing oscillates", () => {
    const fault = fc.record({
      what: fc.constantFrom("link", "way", "carrier", "drain", "restart", "stop", "errors"),
      link: fc.constantFrom(0 as const, 1 as const),
      host: fc.constantFrom(0 as const, 1 as const),
      on: fc.boolean(),
      forUs: fc.integer({ min: 0, max: 2 * second }),
    });
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 12 }), fc.nat(1_000), (faults, seed) => {
        const world = new World({ settings: `holdDown: 50ms\n${slow}`, seed: seed + 2 });
        for (const { what, link, host, on, forUs } of faults) {
          if (what === "link") world.setLink(link, on);
          else if (what === "way") world.open[link][host] = on;
          else if (what === "carrier") world.setCarrier(host, link, on);
          else if (what === "drain") world.drain(host, link, on ? undefined : "optics");
          else if (what === "restart") world.restart(host);
          else if (what === "stop") world.stopped[host] = !on;
          else world.engines[host].errorsExceeded(link, world.nowUs);
          world.run(forUs);
          // Whatever happens, there is a way.
          for (const each of [0, 1] as const) expect(world.ways(each).length).toBeGreaterThan(0);
        }
        for (const link of [0, 1] as const)
          for (const host of [0, 1] as const) {
            world.stopped[host] = false;
            world.setCarrier(host, link, true);
            world.drain(host, link, undefined);
          }
        world.run(32 * second);
        for (const host of [0, 1] as const) expect(world.states(host)).toEqual(["up", "up"]);
        allOn(world, 0);
        const told = world.events.map((each) => each.length);
        world.run(second);
        expect(world.events.map((each) => each.length)).toEqual(told);
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});

describe("somebody who has no key", () => {
  /** Plays what was recorded, at any time and on any link, to either host. */
  test("talks no host off its link by recordings of whatever age", () => {
    fc.assert(
      fc.property(fc.nat(10_000), (seed) => {
        const random = randomStream(seed);
        const world = new World({ settings: slow, seed: seed + 2 });
        const recorded: Flight[] = [];
        world.inBetween = (flight) => {
          if (recorded.length < 2_000 && random.chance(0.2)) recorded.push(flight);
          const old = recorded.length === 0 || random.chance(0.5) ? [] : [random.pick(recorded)];
          return [
            flight,
            ...old.map((each) => (random.chance(0.3) ? { ...each, link: random.pick([0, 1] as const) } : each)),
          ];
        };
        world.run(second / 2);
        // Recordings of a time when a link was dead, and of a process that is no more.
        world.setLink(0, false);
        world.run(200_000);
        world.setLink(0, true);
        world.run(35 * second);
        world.stopped[1] = true;
        world.run(200_000);
        world.stopped[1] = false;
        world.restart(1);
        world.run(2 * second);
        for (const host of [0, 1] as const) expect(world.states(host)).toEqual(["up", "up"]);
        const before = world.takeovers(0).length + world.takeovers(1).length;
        world.run(2 * second);
        expect(world.takeovers(0).length + world.takeovers(1).length).toBe(before);
        allOn(world, 0);
      }),
      { numRuns: 4 },
    );
  }, 60_000);

  test("does not keep a healed link away by a recording after every heartbeat", () => {
    const world = met();
    const recorded: (Flight | undefined)[] = [undefined, undefined];
    world.inBetween = (flight) => {
      recorded[flight.to] ??= flight.link === 0 ? flight : undefined;
      return [flight];
    };
    world.run(10_000);
    world.setLink(0, false);
    world.run(second);
    world.inBetween = (flight) => (flight.link === 0 ? [flight, recorded[flight.to]!] : [flight]);
    world.setLink(0, true);
    world.run(2 * second);
    allOn(world, 0);
  });

  test("cannot keep a link alive with what it held back of the peer's earlier process", () => {
    const world = met();
    const held: Flight[] = [];
    // On link 1 the heartbeats of host 1 are held back, and one goes on each 50 ms: still in time, still in order.
    let holds = true;
    world.inBetween = (flight) => {
      if (flight.to !== 0 || flight.link !== 1) return [flight];
      if (holds) held.push(flight);
      return [];
    };
    const drip = (times: number) => {
      let counted = 0;
      const received = () => world.engines[0].status(world.nowUs).peers[0]!.links[1].received;
      for (let turn = 0; turn < times; turn++) {
        const before = received();
        world.fly(held.shift()!);
        world.run(50_000);
        counted += received() - before;
      }
      return counted;
    };
    world.run(50_000);
    expect(drip(10)).toBe(10);
    holds = false;
    world.stopped[1] = true;
    expect(drip(4)).toBe(4);
    world.stopped[1] = false;
    world.restart(1);
    drip(2);
    const counted = drip(10);
    expect(counted).toBe(0);
    allOn(world, 0);
  });
});

describe("a router that speaks BFD", () => {
  /** A session of the router's on each link; they drop what comes while the link is closed. */
  function withRouter() {
    const world = new World({ watch: "bfd", settings: "holdDown: 100ms" });
    world.stopped[1] = true;
    const sessions = [0, 1].map(
      (link) =>
        new BfdSession(
          { discriminator: 77 + link, intervalUs: 50_000, multiplier: 3 },
          randomStream(link),
          world.nowUs,
        ),
    );
    const open = [true, true];
    const answer = (link: 0 | 1, outputs: readonly BfdOutput[]) => {
      for (const output of outputs)
        if (output.kind === "send" && open[link]) world.fly({ to: 0, link, bytes: encodeBfd(output.packet) });
    };
    world.inBetween = ({ link, bytes }) => {
      const packet = decodeBfd(bytes);
      if (packet !== undefined && open[link]) answer(link, sessions[link]!.receive(packet, world.nowUs));
      return [];
    };
    const run = (forUs: number) => {
      for (const untilUs = world.nowUs + forUs; world.nowUs < untilUs; ) {
        world.run(1_000);
        for (const link of [0, 1] as const) answer(link, sessions[link]!.tick(world.nowUs));
      }
    };
    run(5 * second);
    expect(world.states(0)).toEqual(["up", "up"]);
    expect(world.ways(0)).toEqual([0]);
    return { world, run, open, sessions };
  }

  test("its link is left when the session goes down, and taken again", () => {
    const { world, run, open } = withRouter();
    open[0] = false;
    run(200_000);
    expect(world.ways(0)).toEqual([1]);
    open[0] = true;
    run(5 * second);
    expect(world.ways(0)).toEqual([0]);
  });

  test("a carrier lost for less than the detection time takes the link away, and its return brings it back", () => {
    const { world, run, sessions } = withRouter();
    world.setCarrier(0, 0, false);
    run(60_000);
    expect(world.ways(0)).toEqual([1]);
    world.setCarrier(0, 0, true);
    run(second);
    expect(sessions[0]!.state).toBe("up");
    expect(world.ways(0)).toEqual([0]);
  });

  test("a drained link stays empty while its session is up, and is used again after the drain", () => {
    const { world, run, open } = withRouter();
    world.drain(0, 0, "hot");
    run(5 * second);
    expect(world.ways(0)).toEqual([1]);
    // Nor does a session that comes up anew bring it back.
    open[0] = false;
    run(second);
    open[0] = true;
    run(5 * second);
    expect(world.ways(0)).toEqual([1]);
    world.drain(0, 0, undefined);
    run(second);
    expect(world.ways(0)).toEqual([0]);
  });

  test("after too many errors the link comes back by itself", () => {
    const { world, run } = withRouter();
    for (let each = 0; each < 3; each++) world.engines[0].errorsExceeded(0, world.nowUs);
    world.engines[0].act(world.nowUs);
    expect(world.ways(0)).toEqual([1]);
    run(5 * second);
    expect(world.ways(0)).toEqual([0]);
  });
});
