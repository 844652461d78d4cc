/** Links of other kinds: routers that are known by their IPv6 link-local addresses only, and an interface that counts errors. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, type HostIndex, type Link, makeFabric } from "./fabric.ts";
import { reaches } from "./reaches.ts";
import { type LinkPlace, RunningAgent, writeHostFile } from "./running-agent.ts";

describe.skipIf(!requirement("network-namespaces", "nftables"))("links", () => {
  let fabric: Fabric;
  let folder: string;
  let agents: RunningAgent[] = [];

  beforeAll(() => {
    fabric = makeFabric("links");
    folder = mkdtempSync(join(tmpdir(), "twinspine-links-"));
  });
  afterEach(async () => {
    for (const each of agents) await each.end("SIGTERM");
    agents = [];
    for (const link of [0, 1] as const) fabric.healLink(link);
  });
  afterAll(() => {
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(place: (host: HostIndex, link: Link) => LinkPlace, settings: string): Promise<RunningAgent> {
    agents = ([0, 1] as const).map((host) => {
      const file = writeHostFile(fabric, host, join(folder, `host-${host}`), { settings, place });
      return new RunningAgent(root, fabric, host, file);
    });
    await Promise.all(agents.map((each) => each.allUp()));
    return agents[0]!;
  }
  const goesBy = (agent: RunningAgent, link: Link) =>
    until(
      `traffic goes by link ${link + 1}`,
      async () => (await agent.status())?.status.peers[0]?.to.join() === `${link}`,
      () => agent.log,
    );

  test("IPv4 goes by routers that have only an IPv6 link-local address, with the agent and after it", async () => {
    const ownLinkLocal = (host: HostIndex, link: Link) => {
      const show = ["ip", "-6", "-o", "address", "show", "dev", fabric.interfaceName(link), "scope", "link"];
      return /inet6 (fe80:[^/]+)/.exec(fabric.run(host, show))?.[1] ?? "";
    };
    await until("the hosts have link-local addresses", () => ownLinkLocal(0, 0) !== "" && ownLinkLocal(1, 1) !== "");
    const place = (host: HostIndex, link: Link): LinkPlace => ({
      interfaceName: fabric.interfaceName(link),
      address: fabric.address(host, link),
      gateway: ownLinkLocal(host === 0 ? 1 : 0, link),
    });
    const agent = await start(place, "holdDown: 100ms");
    const way = () => fabric.run(0, ["ip", "route", "get", fabric.ownAddress(1)]);
    const arrives = () => until("a datagram reaches the peer", () => reaches(fabric), way);
    expect(way()).toMatch(/via inet6 fe80:.* dev l0/);
    await arrives();
    fabric.breakLink(0, { kind: "dark" });
    await goesBy(agent, 1);
    expect(way()).toMatch(/via inet6 fe80:.* dev l1/);
    await arrives();
    fabric.healLink(0);
    await goesBy(agent, 0);
    // The kernel is compared every 5 s: what it tells must be what was put in.
    await until("the kernel was compared", async () => {
      const { atUs, sinceUs } = await agent.freshStatus();
      return atUs - sinceUs > 6_500_000;
    });
    expect((await agent.freshStatus()).reconciliations).toBe(0);
    expect(agent.log).not.toContain("refused");
    await agent.end("SIGTERM");
    const left = fabric.run(0, ["ip", "route", "show", fabric.ownAddress(1)]);
    expect(left).toMatch(/via inet6 fe80:.* dev l0[\s\S]*via inet6 fe80:.* dev l1/);
    expect(left).not.toContain("nhid");
    await arrives();
  });

  test.skipIf(!requirement("python3"))("a link that counts errors is left although its heartbeats pass", async () => {
    // Link 1 is a tunnel, because a tunnel counts frames as errors that somebody can send.
    const tunnel = (host: HostIndex) => `10.78.0.${host + 1}`;
    for (const host of [0, 1] as const) {
      const ends = ["local", fabric.address(host, 0), "remote", fabric.address(host === 0 ? 1 : 0, 0)];
      fabric.run(host, [
        "ip",
        "link",
        "add",
        "t0",
        "type",
        "vxlan",
        "id",
        "5",
        ...ends,
        "dstport",
        "4789",
        "dev",
        "l0",
      ]);
      fabric.run(host, ["ip", "address", "add", `${tunnel(host)}/24`, "dev", "t0"]);
      fabric.run(host, ["ip", "link", "set", "t0", "up"]);
    }
    const place = (host: HostIndex, link: Link): LinkPlace =>
      link === 0
        ? { interfaceName: "t0", address: tunnel(host) }
        : { interfaceName: fabric.interfaceName(1), address: fabric.address(host, 1) };
    const agent = await start(place, "holdDown: 60s\nerrors: { perSecond: 20, seconds: 2 }");
    await goesBy(agent, 0);
    const program = ["python3", join(root, "test/agent/bad-frames.py"), fabric.address(0, 0), "5", "4"];
    const sender = spawn("ip", ["netns", "exec", fabric.names[1], ...program], { stdio: "inherit" });
    const ended = once(sender, "exit");
    await goesBy(agent, 1);
    const [takeover] = JSON.parse(agent.command("explain", "--json", "--last", "1")) as {
      trigger: string;
      why: string;
    }[];
    expect(takeover).toMatchObject({
      trigger: "errorsExceeded",
      why: expect.stringContaining("t0 counted more than 20"),
    });
    await ended;
    for (const host of [0, 1] as const) fabric.run(host, ["ip", "link", "delete", "t0"]);
  });
});
