/** What people use without touching the transport: BGP on the hosts over both links, watched by BFD (FRR). */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TwoHosts } from "../../test/transport/namespaces.ts";

const daemonsFolder = "/usr/lib/frr";
const convergeMsMax = 20_000;

/** The address of a host that routing leads to over whichever link is up. */
export const routedAddress = (host: 0 | 1) => `10.99.0.${host + 1}`;

export interface Routing {
  /** Waits until the route from host 0 to host 1 goes over this link. */
  routesOver(link: 0 | 1): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts zebra, bfdd and bgpd on both hosts with real-time priority; link 0 is preferred. BFD: 3 x 10 ms. Resolves once
 * the routes are there.
 */
export async function startRouting(hosts: TwoHosts): Promise<Routing> {
  const folder = mkdtempSync(join(tmpdir(), "twinspine-frr-"));
  const daemons: ChildProcess[] = [];
  const begin = (host: 0 | 1, daemon: string, configuration: string, more: readonly string[] = []) => {
    const place = join(folder, `${host}`);
    mkdirSync(place, { recursive: true });
    const file = join(place, `${daemon}.conf`);
    writeFileSync(file, configuration);
    // They give root up for Debian's user frr, who must own what they write.
    execFileSync("chown", ["-R", "frr:frr", folder]);
    const common = ["-f", file, "-z", join(place, "zserv.api"), "--vty_socket", place];
    const command = [join(daemonsFolder, daemon), ...common, "-i", join(place, `${daemon}.pid`), "-P", "0", ...more];
    const real = ["netns", "exec", hosts.names[host], "chrt", "-r", "10", ...command];
    daemons.push(spawn("ip", real, { stdio: "ignore" }));
  };
  for (const host of [0, 1] as const) {
    hosts.run(host, ["ip", "address", "replace", `${routedAddress(host)}/32`, "dev", "lo"]);
    begin(host, "zebra", "no log stdout\n");
  }
  await sleep(500);
  for (const host of [0, 1] as const) {
    const peer = host === 0 ? 1 : 0;
    begin(host, "bfdd", "bfd\n profile fast\n  receive-interval 10\n  transmit-interval 10\n  detect-multiplier 3\n", [
      "--bfdctl",
      join(folder, `${host}`, "bfdd.sock"),
    ]);
    const neighbours = ([0, 1] as const).flatMap((link) => {
      const name = ` neighbor ${hosts.address(peer, link)}`;
      return [
        `${name} remote-as ${65_001 + peer}`,
        `${name} bfd profile fast`,
        `${name} timers 1 3`,
        `${name} timers connect 1`,
        `${name} advertisement-interval 0`,
      ];
    });
    const weights = ([0, 1] as const).map(
      (link) => `  neighbor ${hosts.address(peer, link)} weight ${200 - 100 * link}`,
    );
    const lines = [
      `router bgp ${65_001 + host}`,
      ` bgp router-id ${routedAddress(host)}`,
      " no bgp ebgp-requires-policy",
      " no bgp network import-check",
      ...neighbours,
      " address-family ipv4 unicast",
      `  network ${routedAddress(host)}/32`,
      ...weights,
    ];
    begin(host, "bgpd", `${lines.join("\n")}\n`);
  }
  const routing: Routing = {
    async routesOver(link) {
      for (let waitedMs = 0; waitedMs < convergeMsMax; waitedMs += 50) {
        const routes = ([0, 1] as const).map((host) =>
          hosts.run(host, ["ip", "route", "show", routedAddress(host === 0 ? 1 : 0)]),
        );
        if (routes.every((route, host) => route.includes(`dev ${hosts.interfaceName(host as 0 | 1, link)}`))) return;
        await sleep(50);
      }
      throw new Error(`no route over link ${link} within ${convergeMsMax} ms`);
    },
    async stop() {
      for (const daemon of daemons) {
        if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
        daemon.kill("SIGKILL");
        await once(daemon, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await routing.routesOver(0);
  } catch (error) {
    await routing.stop();
    throw error;
  }
  return routing;
}
