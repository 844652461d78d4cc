import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { type BfdPacket, bfdBytes, decodeBfd, encodeBfd } from "./packet.ts";
import { type BfdOutput, BfdSession } from "./session.ts";

const intervalUs = 10_000;

/** Two sessions and a link between them of this delay, on one clock. */
function pair(delayUs: number, intervals: readonly [number, number] = [intervalUs, intervalUs]) {
  const sessions = ([0, 1] as const).map(
    (index) =>
      new BfdSession({ discriminator: index + 1, intervalUs: intervals[index], multiplier: 3 }, randomStream(index), 0),
  );
  const flying: { atUs: number; to: number; packet: BfdPacket }[] = [];
  const sentUs: number[][] = [[], []];
  const changes: string[] = [];
  let nowUs = 0;
  const open = [true, true];
  const act = (from: number, outputs: readonly BfdOutput[]) => {
    for (const output of outputs) {
      if (output.kind === "state") changes.push(`${from} ${output.to} ${nowUs}`);
      else {
        sentUs[from]!.push(nowUs);
        const packet = decodeBfd(encodeBfd(output.packet));
        if (open[from] && packet !== undefined) flying.push({ atUs: nowUs + delayUs, to: 1 - from, packet });
      }
    }
  };
  const run = (untilUs: number) => {
    for (;;) {
      const dueUs = Math.min(...sessions.map((each) => each.nextDeadlineUs()), ...flying.map(({ atUs }) => atUs));
      if (dueUs > untilUs) break;
      nowUs = Math.max(nowUs, dueUs);
      for (let index = flying.length - 1; index >= 0; index--) {
        const each = flying[index]!;
        if (each.atUs > nowUs) continue;
        flying.splice(index, 1);
        act(each.to, sessions[each.to]!.receive(each.packet, nowUs));
      }
      for (const [index, session] of sessions.entries()) act(index, session.tick(nowUs));
    }
    nowUs = untilUs;
  };
  return { sessions, run, open, sentUs, changes };
}

describe("BFD", () => {
  test("the packet is that of RFC 5880", () => {
    const bytes = Buffer.from("20c0031800000001000000020000c3500000c35000000000", "hex");
    const packet = decodeBfd(bytes);
    expect(packet).toEqual({
      diagnostic: 0,
      state: "up",
      poll: false,
      final: false,
      demand: false,
      detectMultiplier: 3,
      myDiscriminator: 1,
      yourDiscriminator: 2,
      desiredMinTransmitUs: 50_000,
      requiredMinReceiveUs: 50_000,
    });
    expect(encodeBfd(packet!)).toEqual(bytes);
  });

  test("any bytes are a packet or refused, never a crash", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const packet = decodeBfd(Buffer.from(bytes));
        if (packet !== undefined) expect(decodeBfd(encodeBfd(packet))).toEqual({ ...packet });
      }),
    );
    expect(decodeBfd(Buffer.alloc(bfdBytes))).toBeUndefined();
  });

  test("two sessions come up, send at the negotiated pace with jitter, and stay up", () => {
    const { sessions, run, sentUs, changes } = pair(500, [10_000, 30_000]);
    run(10_000_000);
    expect(sessions.map(({ state }) => state)).toEqual(["up", "up"]);
    expect(changes.filter((each) => each.includes("down"))).toEqual([]);
    for (const times of sentUs) {
      const gaps = times
        .slice(-100)
        .map((each, index, all) => each - (all[index - 1] ?? each))
        .slice(1);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.75 * 30_000);
      expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
    }
    expect(sessions[0]!.detectionUs).toBe(90_000);
  });

  test("a peer that takes packets slowly until it is up, as FRR does, gets them fast from then on", () => {
    const session = new BfdSession({ discriminator: 1, intervalUs, multiplier: 3 }, randomStream(7), 0);
    const peer = {
      ...decodeBfd(Buffer.from("20c0031800000002000000010000c3500000c35000000000", "hex"))!,
      desiredMinTransmitUs: 1_000_000,
    };
    session.tick(0);
    session.receive({ ...peer, state: "down", yourDiscriminator: 0, requiredMinReceiveUs: 1_000_000 }, 1_000);
    session.receive({ ...peer, state: "init", requiredMinReceiveUs: 1_000_000 }, 2_000);
    session.tick(2_000);
    expect(session.state).toBe("up");
    session.receive({ ...peer, requiredMinReceiveUs: intervalUs }, 3_000);
    expect(session.nextDeadlineUs()).toBeLessThanOrEqual(3_000 + intervalUs);
  });

  test("silence takes a session down after the detection time, and it comes back", () => {
    const { sessions, run, open, changes } = pair(200);
    run(5_000_000);
    open[1] = false;
    changes.length = 0;
    run(5_200_000);
    const [who, state, atUs] = changes[0]!.split(" ");
    expect([who, state]).toEqual(["0", "down"]);
    expect(Number(atUs) - 5_000_000).toBeGreaterThanOrEqual(2 * intervalUs);
    expect(Number(atUs) - 5_000_000).toBeLessThanOrEqual(3 * intervalUs + 200);
    // The other learns it from the packets that still come.
    expect(sessions[1]!.state).toBe("down");
    open[1] = true;
    run(12_000_000);
    expect(sessions.map(({ state }) => state)).toEqual(["up", "up"]);
  });

  test("a goodbye takes the other down at once, and a stranger's discriminator does nothing", () => {
    const { sessions, run } = pair(200);
    run(5_000_000);
    const goodbye = sessions[1]!.close()[0];
    expect(goodbye?.kind === "send" && goodbye.packet.state).toBe("adminDown");
    const packet = (goodbye as { packet: BfdPacket }).packet;
    expect(sessions[0]!.receive({ ...packet, yourDiscriminator: 77 }, 5_000_001)).toEqual([]);
    expect(sessions[0]!.receive(packet, 5_000_002)).toContainEqual({ kind: "state", from: "up", to: "down" });
  });

  test("a poll is answered with a final", () => {
    const { sessions, run } = pair(200);
    run(5_000_000);
    const poll: BfdPacket = {
      ...decodeBfd(Buffer.from("20c0031800000002000000010000c3500000c35000000000", "hex"))!,
      poll: true,
    };
    const answers = sessions[0]!.receive(poll, 5_000_001);
    expect(answers.some((each) => each.kind === "send" && each.packet.final && !each.packet.poll)).toBe(true);
  });

  const peerPacket = (changes: Partial<BfdPacket>): BfdPacket => ({
    ...decodeBfd(Buffer.from("20c0031800000002000000010000c3500000c35000000000", "hex"))!,
    ...changes,
  });
  const sent = (outputs: readonly BfdOutput[]) =>
    outputs.flatMap((each) => (each.kind === "send" ? [each.packet] : []));

  test("a peer not heard for its detection time is forgotten in every state: it may start anew and know us no more", () => {
    const session = new BfdSession({ discriminator: 1, intervalUs, multiplier: 3 }, randomStream(3), 0);
    session.receive(peerPacket({ state: "adminDown" }), 1_000);
    expect(session.state).toBe("down");
    expect(sent(session.tick(1_000))[0]?.yourDiscriminator).toBe(2);
    expect(sent(session.tick(1_100_000))[0]?.yourDiscriminator).toBe(0);
  });

  test("a poll is answered at once with a final; a peer that demands silence gets it only when it is up too", () => {
    const session = new BfdSession({ discriminator: 1, intervalUs, multiplier: 3 }, randomStream(3), 0);
    session.receive(peerPacket({ state: "init", demand: true }), 1_000);
    expect(session.state).toBe("up");
    const [final] = sent(session.receive(peerPacket({ state: "init", poll: true, demand: true }), 2_000));
    expect(final).toMatchObject({ final: true, poll: false });
    // Our own poll ends with the peer's final; then only the peer's state is in the way of silence.
    session.receive(peerPacket({ state: "init", final: true, demand: true }), 3_000);
    expect(sent(session.tick(60_000))).toHaveLength(1);
    session.receive(peerPacket({ state: "up", demand: true }), 61_000);
    expect(sent(session.tick(140_000))).toEqual([]);
  });
});
