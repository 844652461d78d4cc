/** Carrier events of the kernel: by netlink in the heartbeat worker, else from `ip monitor`, else not at all. */

import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { nowUs } from "./clock.ts";
import { type CarrierListener, kernelHeartbeats } from "./kernel/kernel-heartbeats.ts";
import type { TransportLogger } from "./options.ts";

const listeners = new Set<CarrierListener>();
let stopMonitor: (() => void) | undefined;
let stopKernel: (() => void) | undefined;

/** Reports carrier changes of every interface until the returned function is called. */
export function watchCarrier(listener: CarrierListener, logger: TransportLogger): () => void {
  listeners.add(listener);
  if (listeners.size === 1) begin(logger);
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return;
    stopKernel?.();
    stopMonitor?.();
    stopMonitor = undefined;
    stopKernel = undefined;
  };
}

const report: CarrierListener = (interfaceName, up, atUs) => {
  for (const listener of listeners) listener(interfaceName, up, atUs);
};

function begin(logger: TransportLogger): void {
  const kernel = kernelHeartbeats();
  if (kernel !== undefined) {
    logger.info({ carrierEvents: "netlink" }, "carrier events by netlink");
    stopKernel = kernel.watchCarrier(report, (reason) => {
      logger.warn({ reason }, "no netlink: carrier events from ip monitor");
      beginMonitor(logger);
    });
  } else beginMonitor(logger);
}

function beginMonitor(logger: TransportLogger): void {
  stopMonitor = monitorCarrier(report, logger);
}

/** Reports carrier changes as `ip monitor` tells them until the returned function is called. */
export function monitorCarrier(listener: CarrierListener, logger: TransportLogger): () => void {
  const child = spawn("ip", ["-o", "monitor", "link"], { stdio: ["ignore", "pipe", "ignore"] });
  child.on("spawn", () => logger.info({ carrierEvents: "ip monitor" }, "carrier events from ip monitor"));
  child.on("error", () => {
    logger.info({ carrierEvents: "none" }, "no carrier events on this host: heartbeats alone find a failed link");
  });
  // Neither the process nor its pipe keeps ours alive.
  child.unref();
  (child.stdout as Partial<Socket>).unref?.();
  let rest = "";
  const carriers = new Map<string, boolean>();
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-4_096);
    for (const line of lines) {
      const change = parseMonitorLine(line);
      if (change === undefined || carriers.get(change.interfaceName) === change.up) continue;
      carriers.set(change.interfaceName, change.up);
      listener(change.interfaceName, change.up, nowUs());
    }
  });
  return () => child.kill();
}

/** One line of `ip -o monitor link`, as `5: eth0@if4: <BROADCAST,UP,LOWER_UP> mtu 1500 ...`. */
export function parseMonitorLine(line: string): { interfaceName: string; up: boolean } | undefined {
  const match = /^(Deleted )?\d+: ([^:@\s]+)(?:@[^:]*)?: <([A-Z0-9_,-]*)>/.exec(line);
  if (match === null) return undefined;
  const flags = match[3]!.split(",");
  return { interfaceName: match[2]!, up: match[1] === undefined && flags.includes("UP") && flags.includes("LOWER_UP") };
}
