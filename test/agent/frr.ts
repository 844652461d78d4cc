/** FRR's daemons on a host of a {@link Fabric}. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Fabric, HostIndex } from "./fabric.ts";

export type FrrDaemon = "zebra" | "bfdd" | "bgpd";

const daemonsInOrder: readonly FrrDaemon[] = ["zebra", "bfdd", "bgpd"];
const folderOfDaemons = "/usr/lib/frr";

/**
 * Starts the daemons, each with a configuration of its own: one that does not know a block of another's would leave the
 * configuration at that block's end. `bfdRealTimePriority`: of bfdd by SCHED_FIFO, where given. The returned function ends
 * them.
 */
export function startFrrHost(
  fabric: Fabric,
  host: HostIndex,
  folder: string,
  configs: Readonly<Partial<Record<FrrDaemon, string>>>,
  bfdRealTimePriority?: number,
): () => void {
  // The daemons run as their own user, which must reach the folder.
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  execFileSync("chmod", ["a+x", dirname(folder)]);
  const daemons = daemonsInOrder.filter((daemon) => configs[daemon] !== undefined);
  const file = (daemon: FrrDaemon) => join(folder, `${daemon}.conf`);
  for (const daemon of daemons) writeFileSync(file(daemon), configs[daemon] ?? "");
  execFileSync("chown", ["-R", "frr:frr", folder]);
  const pidFile = (daemon: FrrDaemon) => join(folder, `${daemon}.pid`);
  for (const daemon of daemons) {
    const sockets = ["-z", join(folder, "zserv.api"), "--vty_socket", folder, "-P", "0"];
    const words = ["-d", "-u", "frr", "-g", "frr", "-f", file(daemon), "-i", pidFile(daemon), ...sockets];
    const own = daemon === "bfdd" ? ["--bfdctl", join(folder, "bfdd.sock")] : [];
    const urgent = daemon === "bfdd" && bfdRealTimePriority !== undefined;
    const priority = urgent ? ["chrt", "-f", `${bfdRealTimePriority}`] : [];
    const program = ["netns", "exec", fabric.names[host], ...priority, join(folderOfDaemons, daemon)];
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
