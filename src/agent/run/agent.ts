/** The running agent: a worker that decides and steers, and around it log, journal, metrics, status and guardian. */

import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import type { Server } from "node:net";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { userError } from "../../base/diagnostics.ts";
import { nowUs } from "../../transport/clock.ts";
import { constants, loadLibc } from "../../transport/kernel/libc.ts";
import type { AgentEvent, AgentStatus } from "../events.ts";
import type { Host } from "../host/types.ts";
import { KernelSteering } from "../kernel/kernel-steering.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "../kernel/worker-messages.ts";
import { ownProtocol } from "../steering/operations.ts";
import { fallbackState } from "../steering/wanted.ts";
import { takeoverTimes } from "./explain.ts";
import { Guardian, releaseScript } from "./guardian.ts";
import { Journal } from "./journal.ts";
import { KernelCheck } from "./kernel-check.ts";
import { LinkMonitor } from "./link-monitor.ts";
import type { LinkReading } from "./link-reading.ts";
import { takeLock } from "./lock.ts";
import { AgentMetrics } from "./metrics.ts";
import { agentPlaces } from "./places.ts";
import { startPortable } from "./portable.ts";
import { serveStatus } from "./status-server.ts";

export interface AgentLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AgentOptions {
  readonly host: Host;
  readonly key: Buffer | undefined;
  readonly logger: AgentLogger;
  /** Of SCHED_FIFO, 1 to 99; 0 for none. */
  readonly realTimePriority: number;
  /** Use iproute2 and Node's sockets although netlink sockets can be had. */
  readonly portable: boolean;
  /** Ends the agent. */
  readonly signal: AbortSignal;
}

/** What drives the engine: the worker, or the event loop. */
export interface Driver {
  tell(message: ToWorker): void;
}

const statusEveryMs = 1_000;
const stopMsMax = 5_000;
const seedMax = 2 ** 47;

/** Runs until the signal; then the kernel is as it needs no agent. Throws a `UserError` when it cannot start. */
export async function runAgent(options: AgentOptions): Promise<void> {
  const { host, logger, signal } = options;
  const places = agentPlaces(host.stateFolder, true);
  const unlock = await takeLock(places);
  const journal = new Journal(places.journal);
  const metrics = new AgentMetrics();
  let status: AgentStatus | undefined;
  let readings: readonly (LinkReading | undefined)[] = [undefined, undefined];
  let failure: string | undefined;
  const stopped = new Latch();
  const servers: { close(): unknown }[] = [];

  const note = (event: AgentEvent) => {
    const happenedUs = event.kind === "takeover" ? event.decidedUs : event.atUs;
    const at = new Date(Date.now() - (nowUs() - happenedUs) / 1_000).toISOString();
    const problem = journal.append({ ...event, at });
    if (problem !== undefined)
      logger.warn({ journal: places.journal, error: problem }, "the journal cannot be written");
    logEvent(logger, host, event);
    if (event.kind === "takeover") metrics.takeover(event);
    if (event.kind === "kernelRefused") metrics.kernelRefused();
  };
  const hear = (message: FromWorker) => {
    switch (message.kind) {
      case "ready":
        logger.info({ driver: message.driver, pid: process.pid }, "steering");
        break;
      case "events":
        for (const event of message.events) note(event);
        break;
      case "status":
        status = message.status;
        metrics.show(message.status);
        if (message.inputs !== undefined && kernelCheck?.findsDifference(message.inputs))
          driver.tell({ kind: "reconcile" });
        break;
      case "stopped":
        stopped.open();
        break;
      case "failed":
        failure = message.reason;
        stopped.open();
        break;
    }
  };

  const guardian = new Guardian((reason) => logger.warn({ reason }, "the guardian is gone; another one starts"));
  const libc = options.portable ? undefined : loadLibc();
  const kernelCheck = libc === undefined ? undefined : new KernelCheck(libc, host);
  const driver = options.portable ? startPortable(options, hear) : startWorker(options, hear);
  const monitor = startMonitor(host, driver, note, logger, (latest) => {
    readings = latest;
    metrics.showReadings(latest);
  });
  const timer = setInterval(() => driver.tell({ kind: "status" }), statusEveryMs);
  driver.tell({ kind: "status" });
  try {
    const document = () => status && { pid: process.pid, status, readings: readings.map((each) => each ?? null) };
    servers.push(await serveStatus(places.socket, document));
    if (host.metricsPort !== undefined) servers.push((await serveMetrics(metrics, host.metricsPort)) as Server);
    await Promise.race([aborted(signal), stopped.opened]);
  } finally {
    clearInterval(timer);
    monitor?.stop();
    kernelCheck?.close();
    for (const server of servers) server.close();
    if (failure === undefined) {
      driver.tell({ kind: "stop" });
      const isStopped = await Promise.race([stopped.opened.then(() => true), later(stopMsMax)]);
      if (!isStopped) failure = `the deciding thread did not stop within ${stopMsMax / 1_000} s`;
    }
    if (failure === undefined) guardian.dismiss();
    else {
      guardian.release();
      releaseNow(host);
    }
    unlock();
  }
  if (failure !== undefined) throw new Error(failure);
  logger.info({}, "stopped; the kernel keeps both links");
}

async function serveMetrics(metrics: AgentMetrics, port: number) {
  try {
    return await metrics.serve(port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw userError(
      "agent/interface",
      `metrics cannot be served on port ${port} (${code})`,
      "Choose another metricsPort.",
    );
  }
}

function startWorker(options: AgentOptions, hear: (message: FromWorker) => void): Driver {
  const libc = loadLibc();
  if (libc === undefined) return startPortable(options, hear);
  const wakeFd = libc.eventfd(0, constants.eventNonblocking);
  const one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  const { host, key, realTimePriority } = options;
  const workerData: WorkerSetup = { host, key, seed: randomInt(1, seedMax), wakeFd, realTimePriority };
  // V8 shares a collection of young objects with threads of ordinary priority: on a busy processor the deciding thread, for all
  // its priority, would wait for them (17 to 119 ms were seen).
  setFlagsFromString("--no-parallel-scavenge");
  // Nor does V8 forget the code of takeovers because they are rare.
  setFlagsFromString("--no-flush-bytecode");
  const worker = new Worker(new URL("../kernel/worker.js", import.meta.url), { workerData });
  worker.on("message", hear);
  worker.on("error", (error) => hear({ kind: "failed", reason: error.stack ?? String(error) }));
  return {
    tell(message) {
      worker.postMessage(message);
      libc.write(wakeFd, one, 8);
    },
  };
}

function startMonitor(
  host: Host,
  driver: Driver,
  note: (event: AgentEvent) => void,
  logger: AgentLogger,
  show: (readings: readonly (LinkReading | undefined)[]) => void,
): LinkMonitor | undefined {
  const libc = loadLibc();
  if (libc === undefined) return undefined;
  try {
    return new LinkMonitor(libc, host, {
      errorsExceeded: (link) => driver.tell({ kind: "errors", link }),
      measure: (sentBytes, elapsedS) => driver.tell({ kind: "measure", sentBytes, elapsedS }),
      nominal: (link, gbps) => driver.tell({ kind: "nominal", link, gbps }),
      drain: (link, reason) => driver.tell({ kind: "drain", link, reason }),
      readings: show,
      noDiagnostics: (link, reason) =>
        logger.info({ link: link + 1, interface: host.links[link].interfaceName, reason }, "no module diagnostics"),
    });
  } catch (error) {
    note({ kind: "kernelRefused", operation: "reading counters", error: String(error), atUs: nowUs() });
    return undefined;
  }
}

/** Takes the steered routes away from this thread, because the worker cannot. */
function releaseNow(host: Host): void {
  const libc = loadLibc();
  if (libc === undefined) return;
  const steering = new KernelSteering(libc);
  const interfaces = steering.interfaces();
  const facts = ([0, 1] as const).map((link) => {
    const found = interfaces.find(({ name }) => name === host.links[link].interfaceName);
    return { interfaceIndex: found?.index ?? 0, enabled: found?.enabled ?? false, carrier: found?.carrier ?? false };
  });
  steering.reconcile(fallbackState(host, [facts[0]!, facts[1]!]));
  steering.socket.close();
}

const removeRoutesScript = `ip route flush table all protocol ${ownProtocol}\nip -6 route flush table all protocol ${ownProtocol}`;

/** Puts the kernel back to the route over both links; with `everything`, takes that away as well. */
export function releaseKernel(host: Host, everything: boolean): void {
  const libc = loadLibc();
  if (libc === undefined) {
    const script = everything ? `${releaseScript}\n${removeRoutesScript}` : releaseScript;
    execFileSync("/bin/sh", ["-c", script], { stdio: ["ignore", "ignore", "inherit"] });
    return;
  }
  if (!everything) releaseNow(host);
  else {
    const steering = new KernelSteering(libc);
    steering.reconcile({ nexthops: new Map(), groups: new Map(), routes: new Map(), rules: new Map() });
    steering.socket.close();
  }
}

function logEvent(logger: AgentLogger, host: Host, event: AgentEvent): void {
  const nameOf = (link: 0 | 1) => host.links[link].interfaceName;
  switch (event.kind) {
    case "takeover": {
      const { peer, link, trigger, reason } = event;
      const times = takeoverTimes(event);
      logger.warn(
        {
          peer,
          link: link + 1,
          interface: nameOf(link),
          trigger,
          reason,
          ...times,
          to: event.to.map((each) => each + 1),
        },
        "takeover",
      );
      break;
    }
    case "linkState": {
      const { peer, link, from, to } = event;
      logger.info({ peer, link: link + 1, interface: nameOf(link), from, to, event: event.event }, "link state");
      break;
    }
    case "kernelRefused":
      logger.error({ operation: event.operation, error: event.error }, "the kernel refused");
      break;
    case "reconciled":
      logger.warn({ operations: event.operations }, "somebody changed what is ours: put right");
      break;
    case "drain":
    case "carrier": {
      const { kind, atUs: _, ...rest } = event;
      logger.warn({ ...rest, link: event.link + 1, interface: nameOf(event.link) }, kind);
      break;
    }
    case "bfd": {
      const { peer, link, from, to } = event;
      logger.info({ peer, link: link + 1, interface: nameOf(link), from, to }, "BFD session");
      break;
    }
    case "steered":
      logger.info({ peer: event.peer, to: event.to.map((each) => each + 1), switchUs: event.switchUs }, "steered");
      break;
    default: {
      const { kind, atUs: _, ...rest } = event;
      logger.info(rest, kind);
    }
  }
}

function later(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), ms).unref());
}

class Latch {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
