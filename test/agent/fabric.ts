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
  remove(): void;
}

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
    for (const name of [...names, switches]) spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
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
  const dark = (host: HostIndex, link: Link) =>
    inside(switches, ["nft", "add", "element", "bridge", "dark", "from", `{ "${port(host, link)}" }`]);
  let counted: readonly [number, number] = [0, 0];
  const sentBytes = (link: Link) =>
    Number(inside(names[0], ["cat", `/sys/class/net/${interfaceName(link)}/statistics/tx_bytes`]));
  return {
    names,
    address,
    ownAddress,
    interfaceName,
    breakLink(link, fault) {
      if (fault.kind === "carrier") ip("-n", switches, "link", "set", port(fault.host, link), "down");
      if (fault.kind === "darkFrom") dark(fault.host, link);
      if (fault.kind === "dark") for (const host of [0, 1] as const) dark(host, link);
      if (fault.kind === "slow")
        for (const host of [0, 1] as const)
          inside(switches, [
            "tc",
            "qdisc",
            "replace",
            "dev",
            port(host, link),
            "root",
            "tbf",
            "rate",
            `${fault.bitsPerSecond}bit`,
            "burst",
            "65536",
            "latency",
            "20ms",
          ]);
    },
    healLink(link) {
      inside(switches, ["nft", "flush", "set", "bridge", "dark", "from"]);
      for (const host of [0, 1] as const) {
        ip("-n", switches, "link", "set", port(host, link), "up");
        spawnSync("ip", ["netns", "exec", switches, "tc", "qdisc", "delete", "dev", port(host, link), "root"], {
          stdio: "ignore",
        });
      }
    },
    run: (host, command, input) => inside(names[host], command, input),
    busierLink() {
      const now = [sentBytes(0), sentBytes(1)] as const;
      const grown = [now[0] - counted[0], now[1] - counted[1]] as const;
      counted = now;
      return grown[0] >= grown[1] ? 0 : 1;
    },
    remove,
  };
}
