/** Full load between the hosts. */

import { type ChildProcess, spawn } from "node:child_process";
import type { Fabric } from "../../test/agent/fabric.ts";

const firstPort = 5_301;

export interface Load {
  pause(): void;
  resume(): void;
  stop(): void;
}

/** iperf3 between each pair of addresses (of host 0 and host 1), two connections, as fast as it goes. */
export function startLoad(fabric: Fabric, pairs: readonly (readonly [string, string])[]): Load {
  const loads = pairs.map((pair, index) => startPair(fabric, pair, `${firstPort + index}`));
  return {
    pause() {
      for (const each of loads) each.pause();
    },
    resume() {
      for (const each of loads) each.resume();
    },
    stop() {
      for (const each of loads) each.stop();
    },
  };
}

function startPair(fabric: Fabric, [near, far]: readonly [string, string], port: string): Load {
  const start = (host: 0 | 1, words: readonly string[]): ChildProcess =>
    spawn("ip", ["netns", "exec", fabric.names[host], "iperf3", "-p", port, ...words], { stdio: "ignore" });
  const client = () => start(0, ["-c", far, "-B", near, "-t", "86400", "-P", "2"]);
  const server = start(1, ["-s"]);
  let sender = client();
  let paused = false;
  // The server may need a moment, and a long outage ends the client.
  const again = setInterval(() => {
    if (sender.exitCode !== null && !paused) sender = client();
  }, 300);
  return {
    pause() {
      paused = true;
      sender.kill("SIGSTOP");
    },
    resume() {
      paused = false;
      sender.kill("SIGCONT");
    },
    stop() {
      clearInterval(again);
      sender.kill("SIGKILL");
      server.kill("SIGKILL");
    },
  };
}
