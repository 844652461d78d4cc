/** Application-level gaps: how long a receiver waits when a link loses carrier or goes dark. */

import { setTimeout as sleep } from "node:timers/promises";
import { Host, type Saying } from "../../test/transport/host.ts";
import type { TwoHosts } from "../../test/transport/namespaces.ts";

export type Fault = "carrier" | "black hole" | "one direction dark" | "none";

export interface GapCase {
  /** A switching mode, or `tcp` for one plain connection. */
  readonly mode: string;
  readonly full: boolean;
  readonly fault: Fault;
  readonly cuts: number;
  /** Put before both commands, for MPTCP. */
  readonly wrapper?: readonly string[];
  /** Addresses of the two hosts where they are not those of link 0, for routing. */
  readonly addresses?: readonly [string, string];
  /** What to wait for before each cut. */
  ready?(): Promise<void>;
}

export interface GapResult {
  readonly gapsMs: readonly number[];
  readonly lost: number;
  readonly doubled: number;
  /** Detect, decide, switch, replay and total of each takeover, in microseconds. */
  readonly takeovers: readonly Saying[];
}

export const port = 7_000;
/** Longer than any of the peers takes, but for those that wait out the outage. */
const outageMs = 300;
const sessionOutageMs = 150;
/** So long after an outage TCP may still wait to try again. */
const peerPauseMs = 600;
const holdDownMs = 100;
/** A link that is not back by then is left to the next round. */
const healMsMax = 5_000;

/** Links 0 and 1 fail in turn where both carry; in active-standby link 0 does, and data returns to it in between. */
export async function measureGaps(root: string, hosts: TwoHosts, each: GapCase): Promise<GapResult> {
  const links = ([0, 1] as const).map((link) => ({ host: each.addresses?.[1] ?? hosts.address(1, link), port }));
  const common = { mode: each.mode, full: each.full, holdDownMs, messageBytes: each.full ? 8_192 : 1_024 };
  const receiver = new Host(root, hosts.names[1], { ...common, role: "receive", links }, each.wrapper);
  const isSession = each.mode !== "tcp";
  let sender: Host | undefined;
  try {
    await receiver.next("listening");
    const from = links.map((target, link) => ({
      ...target,
      localAddress: each.addresses?.[0] ?? hosts.address(0, link as 0 | 1),
    }));
    sender = new Host(root, hosts.names[0], { ...common, role: "send", links: from }, each.wrapper);
    await sender.next("bothUp");
    await sleep(500);
    const gapsMs: number[] = [];
    const takeovers: Saying[] = [];
    for (let cut = 0; cut < each.cuts; cut++) {
      await each.ready?.();
      sender.forget();
      receiver.tell("gap");
      await receiver.next("gap");
      fail(hosts, each.fault, true);
      await sleep(isSession ? sessionOutageMs : outageMs);
      receiver.tell("gap");
      gapsMs.push((await receiver.next("gap")).longestGapMs as number);
      // A link that did not carry when it failed leaves nothing to take over.
      const takeover = isSession ? sender.take("takeover") : undefined;
      if (takeover !== undefined) takeovers.push(takeover);
      sender.forget();
      fail(hosts, each.fault, false);
      if (each.fault !== "none" && isSession) await Promise.race([sender.next("bothUp"), sleep(healMsMax)]);
      const isFailing = each.fault !== "none";
      await sleep(isSession || !isFailing ? 50 + 100 * Math.random() : peerPauseMs);
    }
    sender.tell("stop");
    const { lost, doubled } = await receiver.next("received");
    return { gapsMs, lost: lost as number, doubled: doubled as number, takeovers };
  } finally {
    fail(hosts, each.fault, false);
    await sender?.stop();
    await receiver.stop();
  }
}

function fail(hosts: TwoHosts, fault: Fault, broken: boolean): void {
  if (fault === "carrier") hosts.setCarrier(0, !broken);
  if (fault === "black hole") hosts.setBlackHole(0, broken);
  if (fault === "one direction dark") hosts.setBlackHole(0, broken, "one");
}
