import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { Host } from "./host.ts";
import { type TwoHosts, twoHosts } from "./namespaces.ts";

/**
 * What is tested is who is blamed and what arrives, not how soon: three missed heartbeats of 1 ms are less than what a process waits for a
 * processor on a machine that does other work.
 */
const heartbeatIntervalMs = 10;

const canRun = requirement("network-namespaces", "nftables");

describe.skipIf(!canRun)("real links between two network namespaces", () => {
  let hosts: TwoHosts;
  beforeAll(() => {
    hosts = twoHosts("test");
  });
  afterAll(() => hosts?.remove());

  async function session(mode: string, bind: "address" | "interface" = "address") {
    const on = (host: 0 | 1, link: 0 | 1) =>
      bind === "interface"
        ? { interfaceName: hosts.interfaceName(host, link) }
        : host === 0
          ? { localAddress: hosts.address(0, link) }
          : {};
    const targets = ([0, 1] as const).map((link) => ({ host: hosts.address(1, link), port: 7_000 }));
    const links = targets.map((target, link) => ({ ...target, ...on(1, link as 0 | 1) }));
    const common = { mode, heartbeatIntervalMs };
    const receiver = new Host(root, hosts.names[1], { role: "receive", ...common, links });
    onTestFinished(() => receiver.stop());
    await receiver.next("listening");
    const sender = new Host(root, hosts.names[0], {
      role: "send",
      ...common,
      links: targets.map((target, link) => ({ ...target, ...on(0, link as 0 | 1) })),
    });
    onTestFinished(() => sender.stop());
    await sender.next("bothUp");
    return { sender, receiver };
  }

  test.each(["sender", "receiver"] as const)(
    "a %s whose event loop is blocked blames no link and is not blamed",
    async (who) => {
      const both = await session("load-balancing");
      for (const milliseconds of [40, 300, 900]) {
        both[who].tell(`block ${milliseconds}`);
        await both[who].next("blocked");
      }
      both.sender.tell("stop");
      const { sent } = await both.sender.next("sent");
      expect(await both.receiver.next("received")).toMatchObject({ messages: sent, lost: 0, doubled: 0 });
      expect([both.sender.take("failed"), both.receiver.take("failed")]).toEqual([undefined, undefined]);
    },
  );

  test("links bound to interfaces keep to them, whatever the routes say", async () => {
    hosts.run(0, ["ip", "route", "add", `${hosts.address(1, 1)}/32`, "dev", hosts.interfaceName(0, 0)]);
    onTestFinished(() => void hosts.run(0, ["ip", "route", "del", `${hosts.address(1, 1)}/32`]));
    const { sender, receiver } = await session("load-balancing", "interface");
    for (const host of [0, 1] as const) {
      const connections = hosts.run(host, ["ss", "-Htn", "state", "established"]);
      for (const link of [0, 1] as const)
        expect(connections).toContain(`${hosts.address(host, link)}%${hosts.interfaceName(host, link)}:`);
    }
    hosts.setCarrier(0, false);
    await sender.next("takeover");
    hosts.setCarrier(0, true);
    await sender.next("bothUp");
    sender.tell("stop");
    const { sent } = await sender.next("sent");
    expect(await receiver.next("received")).toMatchObject({ messages: sent, lost: 0, doubled: 0 });
  });

  test.each(["monitor", "netlink"] as const)("carrier is heard by %s, which keeps no process alive", async (way) => {
    const watcher = new Host(root, hosts.names[0], way);
    onTestFinished(() => watcher.stop());
    await watcher.next("log");
    const interfaceName = hosts.interfaceName(0, 0);
    let hasHeard = false;
    const heard = (async () => {
      for (;;) {
        const said = await watcher.next("carrier");
        if (said.interfaceName === interfaceName && said.up === false) {
          hasHeard = true;
          return said;
        }
      }
    })();
    // The watcher's first word may come before it listens, so the carrier goes and comes until one loss is heard.
    let up = true;
    onTestFinished(() => hosts.setCarrier(0, true));
    await until(`${way} tells the loss of carrier`, () => {
      up = !up;
      hosts.setCarrier(0, up);
      return hasHeard;
    });
    expect(await heard).toEqual({ what: "carrier", interfaceName, up: false });
    expect(await watcher.finish()).toBe(0);
  });

  describe.each(["active-standby", "load-balancing", "duplication"])("%s", (mode) => {
    test("carrier lost, then a silent black hole: every message arrives once and in order", async () => {
      const { sender, receiver } = await session(mode);
      onTestFinished(() => {
        hosts.setCarrier(0, true);
        hosts.setBlackHole(0, false);
      });
      sender.forget();
      hosts.setCarrier(0, false);
      const carrier = await sender.next("takeover");
      expect(carrier).toMatchObject({ link: 0 });
      expect(["carrierLost", "peerDeaf", "silenceConfirmed", "connectionLost"]).toContain(carrier.trigger);
      sender.forget();
      hosts.setCarrier(0, true);
      await sender.next("bothUp");
      hosts.setBlackHole(0, true);
      const dark = await sender.next("takeover");
      expect(dark).toMatchObject({ link: 0 });
      expect(["silenceConfirmed", "peerDeaf"]).toContain(dark.trigger);
      hosts.setBlackHole(0, false);
      sender.tell("stop");
      const { sent } = await sender.next("sent");
      const result = await receiver.next("received");
      expect(result).toMatchObject({
        what: "received",
        messages: sent,
        lost: 0,
        doubled: 0,
        wrong: 0,
      });
    });
  });
});
