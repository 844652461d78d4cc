/**
 * Two hosts, two links, and on each link a switch of its own between them, as network namespaces: so that carrier can be
 * lost at one end only, and packets in one direction only. For tests and benches that run as root.
 */

import { execFileSync, spawnSync } from "node:child_process";

export type HostIndex = 0 | 1;
export type Link = 0 | 1;

export type Fault =
  | { readonly kind: "carrier"; readonly host: HostIndex }
  /** What this host sends on the link is lost. */
  | { readonly kind: "darkFrom"; readonly host: HostIndex }
  | { readonly kind: "dark" }
  | { readonly kind: "slow"; readonly bitsPerSecond: number };

export interface Fabric {
  readonly names: readonly [string, string];
  /** Address of a host on a link, and its own that programs use. */
  address(host: HostIndex, link: Link): string;
  ownAddress(host: HostIndex): string;
  /** The same name on both hosts. */
  interfaceName(link: Link): string;
  breakLink(link: Link, fault: Fault): void;
  healLink(link: Link): void;
  /** Runs a command on a host; its output. */
  run(host: HostIndex, command: readonly string[], input?: string): string;
  /** The link by which host 0 sends most, over what was sent since the last call. */
  busierLink(): Link;
  /** The link that the kernel of host 0 chooses for its traffic to host 1's own address. */
  chosenLink(): Link;
  remove(): void;
}

const hosts = [0, 1] as const;

const ip = (...words: string[]) => execFileSync("ip", words, { stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });

/** Makes it; the names carry `tag` and the process number. */
export function makeFabric(tag: string): Fabric {
  const names = [`ts-${tag}-${process.pid}-a`, `ts-${tag}-${process.pid}-b`] as const;
  const switches = `ts-${tag}-${process.pid}-s`;
  const interfaceName = (link: Link) => `l${link}`;
  const port = (host: HostIndex, link: Link) => `${host === 0 ? "a" : "b"}${link}`;
  const address = (host: HostIndex, link: Link) => `10.77.${link}.${host + 1}`;
  const ownAddress = (host: HostIndex) => `10.99.0.${host + 1}`;
  const inside = (name: string, command: readonly string[], input = "") =>
    execFileSync("ip", ["netns", "exec", name, ...command], {
      encoding: "utf8",
      input,
      stdio: ["pipe", "pipe", "pipe"],
    });
  const remove = () => {
    for (const name of [...names, switches]) {
      // Whatever still runs in it would keep it alive.
      const pids = spawnSync("ip", ["netns", "pids", name], { encoding: "utf8" }).stdout.split("\n").filter(Boolean);
      if (pids.length > 0) spawnSync("kill", ["-9", ...pids], { stdio: "ignore" });
      spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
    }
  };
  try {
    for (const name of [...names, switches]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    for (const link of [0, 1] as const) {
      ip("-n", switches, "link", "add", `br${link}`, "type", "bridge", "forward_delay", "0", "mcast_snooping", "0");
      ip("-n", switches, "link", "set", `br${link}`, "up");
      for (const host of [0, 1] as const) {
        const [near, far] = [interfaceName(link), port(host, link)];
        ip("link", "add", near, "netns", names[host], "type", "veth", "peer", "name", far, "netns", switches);
        ip("-n", switches, "link", "set", far, "master", `br${link}`, "up");
        ip("-n", names[host], "address", "add", `${address(host, link)}/24`, "dev", near);
        ip("-n", names[host], "link", "set", near, "up");
      }
    }
    for (const host of [0, 1] as const) {
      ip("-n", names[host], "address", "add", `${ownAddress(host)}/32`, "dev", "lo");
      const settings = ["all", interfaceName(0), interfaceName(1)].map(
        (each) => `net.ipv4.conf.${each}.ignore_routes_with_linkdown=1`,
      );
      inside(names[host], ["sysctl", "-qw", "net.ipv4.fib_multipath_hash_policy=1", ...settings]);
    }
    const rules =
      "table bridge dark {\n set from { type ifname; }\n chain forward { type filter hook forward priority 0; iifname @from drop; }\n}\n";
    inside(switches, ["nft", "-f", "-"], rules);
  } catch (error) {
    remove();
    throw error;
  }
  /** Ports whose packets are lost, and ports that are down: only what is broken is healed. */
  const [darkPorts, downPorts] = [new Set<string>(), new Set<string>()];
  const slowLinks = new Set<Link>();
  /** In one transaction, so that both directions break and heal at once. */
  const dark = (verb: "add" | "delete", ports: readonly string[]) => {
    const changed = ports.filter((each) => darkPorts.has(each) === (verb === "delete"));
    if (changed.length === 0) return;
    const elements = `{ ${changed.map((each) => `"${each}"`).join(", ")} }`;
    inside(switches, ["nft", verb, "element", "bridge", "dark", "from", elements]);
    for (const each of changed) {
      if (verb === "add") darkPorts.add(each);
      else darkPorts.delete(each);
    }
  };
  let counted: readonly [number, number] = [0, 0];
  const sentBytes = (link: Link) =>
    Number(inside(names[0], ["cat", `/sys/class/net/${interfaceName(link)}/statistics/tx_bytes`]));
  return {
    names,
    address,
    ownAddress,
    interfaceName,
    breakLink(link, fault) {
      const ports = hosts.map((host) => port(host, link));
      if (fault.kind === "carrier") {
        ip("-n", switches, "link", "set", port(fault.host, link), "down");
        downPorts.add(port(fault.host, link));
      }
      if (fault.kind === "darkFrom") dark("add", [port(fault.host, link)]);
      if (fault.kind === "dark") dark("add", ports);
      if (fault.kind === "slow") {
        for (const each of ports) {
          const place = ["tc", "qdisc", "replace", "dev", each, "root"];
          inside(switches, [...place, "tbf", "rate", `${fault.bitsPerSecond}bit`, "burst", "65536", "latency", "20ms"]);
        }
        slowLinks.add(link);
      }
    },
    healLink(link) {
      const ports = hosts.map((host) => port(host, link));
      dark("delete", ports);
      for (const each of ports) {
        if (downPorts.delete(each)) ip("-n", switches, "link", "set", each, "up");
        if (slowLinks.has(link)) inside(switches, ["tc", "qdisc", "delete", "dev", each, "root"]);
      }
      slowLinks.delete(link);
    },
    run: (host, command, input) => inside(names[host], command, input),
    busierLink() {
      const now = [sentBytes(0), sentBytes(1)] as const;
      const grown = [now[0] - counted[0], now[1] - counted[1]] as const;
      counted = now;
      return grown[0] >= grown[1] ? 0 : 1;
    },
    chosenLink() {
      const route = inside(names[0], ["ip", "route", "get", ownAddress(1), "from", ownAddress(0)]);
      return route.includes(`dev ${interfaceName(1)} `) ? 1 : 0;
    },
    remove,
  };
}
