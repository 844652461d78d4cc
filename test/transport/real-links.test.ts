import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { type TwoHosts, twoHosts } from "./namespaces.ts";

/** A process of test/transport/host.mjs on one host, and what it has said. */
class Host {
  readonly #child: ChildProcess;
  readonly said: Record<string, unknown>[] = [];
  #wake = () => {};

  constructor(name: string, settings: object) {
    this.#child = spawn(
      "ip",
      ["netns", "exec", name, process.execPath, join(root, "test/transport/host.mjs"), JSON.stringify(settings)],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.said.push(JSON.parse(line));
      this.#wake();
    });
  }

  async next(what: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.said.findIndex((each) => each.what === what);
      if (found >= 0) return this.said.splice(found, 1)[0]!;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  tell(word: string): void {
    this.#child.stdin!.write(`${word}\n`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, "exit");
  }
}

const canRun = requirement("network-namespaces", "nftables");

describe.skipIf(!canRun)("real links between two network namespaces", () => {
  let hosts: TwoHosts;
  beforeAll(() => {
    hosts = twoHosts("test");
  });
  afterAll(() => hosts?.remove());

  async function session(mode: string) {
    const links = ([0, 1] as const).map((link) => ({ host: hosts.address(1, link), port: 7_000 }));
    const receiver = new Host(hosts.names[1], { role: "receive", mode, links });
    onTestFinished(() => receiver.stop());
    await receiver.next("listening");
    const sender = new Host(hosts.names[0], {
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
      hosts.setCarrier(0, false);
      const carrier = await sender.next("takeover");
      expect(carrier).toMatchObject({ link: 0 });
      expect(["carrierLost", "peerDeaf", "silenceConfirmed", "connectionLost"]).toContain(carrier.trigger);
      hosts.setCarrier(0, true);
      await sender.next("bothUp");
      hosts.setBlackHole(0, true);
      const dark = await sender.next("takeover");
      expect(dark).toMatchObject({ link: 0 });
      expect(["silenceConfirmed", "peerDeaf"]).toContain(dark.trigger);
      hosts.setBlackHole(0, false);
      await sender.next("bothUp");
      sender.tell("stop");
      const { sent } = await sender.next("sent");
      const result = await receiver.next("received");
      expect(result).toEqual({
        what: "received",
        messages: sent,
        lost: 0,
        doubled: 0,
        wrong: 0,
        longestGapMs: expect.any(Number),
      });
    });
  });
});
