/** Two hosts and two links between them as network namespaces, for tests and benches that run as root. */

import { execFileSync, spawnSync } from "node:child_process";

export interface TwoHosts {
  /** Namespaces of the hosts. */
  readonly names: readonly [string, string];
  /** address(host, link). */
  address(host: 0 | 1, link: 0 | 1): string;
  interfaceName(host: 0 | 1, link: 0 | 1): string;
  /** Takes the carrier of a link away from both ends, or gives it back. */
  setCarrier(link: 0 | 1, up: boolean): void;
  /** Drops everything on a link while its carrier stays up (`one`: only what host 0 sends); or no longer. */
  setBlackHole(link: 0 | 1, dark: boolean, direction?: "both" | "one"): void;
  /** Limits a link to this many bits a second in both directions; undefined: no limit. */
  shape(link: 0 | 1, bitsPerSecond: number | undefined): void;
  /** Runs a command on a host; its output. */
  run(host: 0 | 1, command: readonly string[]): string;
  remove(): void;
}

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Makes the namespaces; their names carry `tag` and the process number, so that only our own are ever touched. */
export function twoHosts(tag: string): TwoHosts {
  const names = [`ts-${tag}-${process.pid}-a`, `ts-${tag}-${process.pid}-b`] as const;
  const interfaceName = (host: 0 | 1, link: 0 | 1) => `l${link}h${host}`;
  const address = (host: 0 | 1, link: 0 | 1) => `10.77.${link}.${host + 1}`;
  const inside = (host: 0 | 1, command: readonly string[], input?: string) =>
    execFileSync("ip", ["netns", "exec", names[host], ...command], { encoding: "utf8", input: input ?? "" });
  const remove = () => {
    for (const name of names) spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
  };
  try {
    for (const name of names) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    for (const link of [0, 1] as const) {
      const [near, far] = [interfaceName(0, link), interfaceName(1, link)];
      // Linux puts the loss of carrier off by up to a second where both ends of a veth have the same index.
      const index = (host: 0 | 1) => ["index", `${10 + 2 * link + host}`];
      ip(
        "link",
        "add",
        near,
        "netns",
        names[0],
        ...index(0),
        "type",
        "veth",
        "peer",
        "name",
        far,
        "netns",
        names[1],
        ...index(1),
      );
      for (const host of [0, 1] as const) {
        ip("-n", names[host], "address", "add", `${address(host, link)}/24`, "dev", interfaceName(host, link));
        ip("-n", names[host], "link", "set", interfaceName(host, link), "up");
      }
    }
    for (const host of [0, 1] as const)
      inside(
        host,
        ["nft", "-f", "-"],
        "table inet dark {\n set links { type ifname; }\n set deaf { type ifname; }\n chain in { type filter hook input priority 0; iifname @links drop; iifname @deaf drop; }\n chain out { type filter hook output priority 0; oifname @links drop; }\n}\n",
      );
  } catch (error) {
    remove();
    throw error;
  }
  return {
    names,
    address,
    interfaceName,
    setCarrier: (link, up) => ip("-n", names[1], "link", "set", interfaceName(1, link), up ? "up" : "down"),
    setBlackHole(link, dark, direction = "both") {
      const set = direction === "both" ? "links" : "deaf";
      const element = ["element", "inet", "dark", set, `{ "${interfaceName(1, link)}" }`];
      inside(1, ["nft", "add", ...element]);
      if (!dark) inside(1, ["nft", "delete", ...element]);
    },
    shape(link, bitsPerSecond) {
      for (const host of [0, 1] as const) {
        const device = interfaceName(host, link);
        spawnSync("ip", ["netns", "exec", names[host], "tc", "qdisc", "delete", "dev", device, "root"], {
          stdio: "ignore",
        });
        if (bitsPerSecond === undefined) continue;
        const burst = Math.max(Math.ceil(bitsPerSecond / 8 / 1_000), 65_536);
        inside(host, [
          "tc",
          "qdisc",
          "add",
          "dev",
          device,
          "root",
          "tbf",
          "rate",
          `${bitsPerSecond}bit`,
          "burst",
          `${burst}`,
          "latency",
          "20ms",
        ]);
      }
    },
    run: (host, command) => inside(host, command),
    remove,
  };
}
