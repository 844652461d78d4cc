import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { Host } from "./host.ts";
import { type TwoHosts, twoHosts } from "./namespaces.ts";

const canRun = requirement("network-namespaces", "nftables");

describe.skipIf(!canRun)("real links between two network namespaces", () => {
  let hosts: TwoHosts;
  beforeAll(() => {
    hosts = twoHosts("test");
  });
  afterAll(() => hosts?.remove());

  async function session(mode: string) {
    const links = ([0, 1] as const).map((link) => ({ host: hosts.address(1, link), port: 7_000 }));
    const receiver = new Host(root, hosts.names[1], { role: "receive", mode, links });
    onTestFinished(() => receiver.stop());
    await receiver.next("listening");
    const sender = new Host(root, hosts.names[0], {
      role: "send",
      mode,
      links: links.map((each, link) => ({ ...each, localAddress: hosts.address(0, link as 0 | 1) })),
    });
    onTestFinished(() => sender.stop());
    await sender.next("bothUp");
    return { sender, receiver };
  }

  describe.each(["active-standby", "load-balancing", "duplication"])("%s", (mode) => {
    test("carrier lost, then a silent black hole: every message arrives once and in order", async () => {
      const { sender, receiver } = await session(mode);
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
