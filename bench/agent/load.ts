/** Full load between the hosts. */

import { type ChildProcess, spawn } from "node:child_process";
import type { Fabric } from "../../test/agent/fabric.ts";

const port = "5301";

/** iperf3 over the hosts' own addresses, as fast as it goes; the returned function ends it. */
export function startLoad(fabric: Fabric): () => void {
  const start = (host: 0 | 1, words: readonly string[]): ChildProcess =>
    spawn("ip", ["netns", "exec", fabric.names[host], "iperf3", "-p", port, ...words], { stdio: "ignore" });
  const client = () => start(0, ["-c", fabric.ownAddress(1), "-B", fabric.ownAddress(0), "-t", "86400", "-P", "2"]);
  const server = start(1, ["-s"]);
  let sender = client();
  // The server may need a moment, and a long outage ends the client.
  const again = setInterval(() => {
    if (sender.exitCode !== null) sender = client();
  }, 300);
  return () => {
    clearInterval(again);
    sender.kill("SIGKILL");
    server.kill("SIGKILL");
  };
}
