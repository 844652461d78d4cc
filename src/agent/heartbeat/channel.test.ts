import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HeartbeatChannel } from "./channel.ts";
import { type Heartbeat, heartbeatKey, openHeartbeat, sealHeartbeat } from "./datagram.ts";

const key = heartbeatKey(Buffer.from("a secret that only tests know"));
const lostAfterUs = 100_000;

function side(incarnation: bigint) {
  let nonces = incarnation * 1_000n;
  let sentUs = Number(incarnation);
  const channel = new HeartbeatChannel(incarnation, () => ++nonces, lostAfterUs);
  const next = (): Buffer =>
    sealHeartbeat(
      {
        probe: false,
        onBoth: true,
        link: 0,
        hears: 3,
        incarnation,
        sentUs: ++sentUs,
        echoedNonce: channel.peerNonce,
        nonce: channel.nonce,
        echoSentUs: 0,
        echoHeldUs: 0,
        intervalUs: 1_000,
      },
      key,
    );
  const take = (bytes: Buffer, nowUs: number) => {
    const heartbeat = openHeartbeat(bytes, key);
    return heartbeat !== undefined && channel.accept(heartbeat, nowUs);
  };
  return { channel, next, take };
}

/** Two sides that have found each other by `nowUs`. */
function met(nowUs: number) {
  const [one, other] = [side(1n), side(2n)];
  one.take(other.next(), nowUs);
  other.take(one.next(), nowUs);
  expect(one.take(other.next(), nowUs)).toBe(true);
  expect(other.take(one.next(), nowUs)).toBe(true);
  return { one, other };
}

describe("heartbeats", () => {
  test("survive the datagram, and any other byte does not", () => {
    const { other } = met(0);
    const bytes = other.next();
    const opened = openHeartbeat(bytes, key) as Heartbeat;
    expect(sealHeartbeat(opened, key)).toEqual(bytes);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const forged = Buffer.from(bytes);
        forged[at]! ^= change;
        expect(openHeartbeat(forged, key)).toBeUndefined();
      }),
    );
    expect(openHeartbeat(bytes, heartbeatKey(Buffer.from("another secret entirely")))).toBeUndefined();
  });

  test("a recording never counts, whenever it is played", () => {
    const { one, other } = met(0);
    const recorded = [other.next(), other.next()];
    for (const each of recorded) expect(one.take(each, 1_000)).toBe(true);
    for (const atUs of [1_001, 50_000, 101_001, 500_000, 10_000_000])
      for (const each of recorded) expect(one.take(each, atUs)).toBe(false);
  });

  test("while the peer is heard, a recording of its earlier process does not disturb it", () => {
    const one = side(1n);
    const before = side(2n);
    one.take(before.next(), 0);
    before.take(one.next(), 0);
    const recorded = before.next();
    expect(one.take(recorded, 1)).toBe(true);
    const after = side(3n);
    // The peer starts anew: it is believed once the earlier one has been silent, and proves itself by a fresh nonce.
    const laterUs = 2 * lostAfterUs;
    expect(one.take(after.next(), laterUs)).toBe(false);
    after.take(one.next(), laterUs);
    expect(one.take(after.next(), laterUs)).toBe(true);
    for (let turn = 0; turn < 20; turn++) {
      expect(one.take(recorded, laterUs + turn)).toBe(false);
      expect(after.take(one.next(), laterUs + turn)).toBe(true);
      expect(one.take(after.next(), laterUs + turn)).toBe(true);
    }
  });

  test("our own heartbeat thrown back at us does not count", () => {
    const one = side(1n);
    for (let turn = 0; turn < 10; turn++) expect(one.take(one.next(), turn)).toBe(false);
  });

  test("after any silence, in either direction, the two find each other within two heartbeats each", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.boolean(),
        fc.boolean(),
        (silenceUs, oneHears, otherHears) => {
          const { one, other } = met(0);
          for (let atUs = 0; atUs < silenceUs; atUs += 10_000) {
            const [fromOne, fromOther] = [one.next(), other.next()];
            if (oneHears) one.take(fromOther, atUs);
            if (otherHears) other.take(fromOne, atUs);
          }
          const counted = [0, 1, 2].map(() => [other.take(one.next(), silenceUs), one.take(other.next(), silenceUs)]);
          expect(counted.at(-1)).toEqual([true, true]);
        },
      ),
    );
  });
});
