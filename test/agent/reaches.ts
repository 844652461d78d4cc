import { spawnSync } from "node:child_process";
import type { Fabric } from "./fabric.ts";

/** Whether a datagram of host 0 reaches host 1's own address: its closed port answers, and that is the proof. */
export function reaches(fabric: Fabric): boolean {
  const program = `
    const socket = require("node:dgram").createSocket("udp4");
    socket.on("error", (error) => process.exit(error.code === "ECONNREFUSED" ? 7 : 1));
    socket.bind(0, "${fabric.ownAddress(0)}", () => socket.connect(9, "${fabric.ownAddress(1)}", () => {
      socket.send("x");
      setTimeout(() => process.exit(0), 1_000);
    }));`;
  return spawnSync("ip", ["netns", "exec", fabric.names[0], process.execPath, "-e", program]).status === 7;
}
