/** FRR's daemons on a host of a {@link Fabric}. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Fabric, HostIndex } from "./fabric.ts";

export type FrrDaemon = "zebra" | "bfdd" | "bgpd";

const folderOfDaemons = "/usr/lib/frr";

/** Starts the daemons with this configuration; the returned function ends them. */
export function startFrrHost(
  fabric: Fabric,
  host: HostIndex,
  folder: string,
  daemons: readonly FrrDaemon[],
  config: string,
): () => void {
  // The daemons run as their own user, which must reach the folder.
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  execFileSync("chmod", ["a+x", dirname(folder)]);
  const file = join(folder, "frr.conf");
  writeFileSync(file, config);
  execFileSync("chown", ["-R", "frr:frr", folder]);
  const pidFile = (daemon: FrrDaemon) => join(folder, `${daemon}.pid`);
  for (const daemon of daemons) {
    const sockets = ["-z", join(folder, "zserv.api"), "--vty_socket", folder, "-P", "0"];
    const words = ["-d", "-u", "frr", "-g", "frr", "-f", file, "-i", pidFile(daemon), ...sockets];
    const own = daemon === "bfdd" ? ["--bfdctl", join(folder, "bfdd.sock")] : [];
    const program = ["netns", "exec", fabric.names[host], join(folderOfDaemons, daemon)];
    execFileSync("ip", [...program, ...words, ...own], { stdio: ["ignore", "ignore", "ignore"] });
  }
  return () => {
    for (const daemon of [...daemons].reverse()) {
      if (!existsSync(pidFile(daemon))) continue;
      const pid = Number(readFileSync(pidFile(daemon), "utf8"));
      if (pid > 1) spawnSync("kill", ["-9", String(pid)], { stdio: "ignore" });
    }
  };
}
