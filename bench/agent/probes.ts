/** Streams between the hosts whose gaps can be asked for. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Fabric, HostIndex } from "../../test/agent/fabric.ts";
import type { ProbeReading, ProbeSetup } from "./probe-setup.ts";

const port = 5_201;

export type Kind = "udp" | "tcp";

export type Gaps = readonly ProbeReading[];

export interface Streams {
  /** Of each stream since the last call. */
  gaps(): Promise<Gaps>;
  /** Stops sending for a while. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/**
 * From host 0 to host 1, at the same time. UDP: a packet of 100 bytes every 100 us. TCP: 1 Gbit/s in writes of 25 kB, over
 * several paths (MPTCP) where asked for.
 */
export async function startStreams(
  fabric: Fabric,
  program: string,
  kinds: readonly Kind[],
  addresses: readonly [string, string],
  multipath: boolean,
): Promise<Streams> {
  const setup = (kind: Kind, host: HostIndex): Omit<ProbeSetup, "shared"> => ({
    protocol: kind,
    port,
    multipath: multipath && kind === "tcp",
    ...(kind === "udp" ? { bytes: 100, intervalUs: 100 } : { bytes: 25_000, intervalUs: 200 }),
    role: host === 0 ? "send" : "receive",
    // By MPTCP on all addresses: a subflow to the other one can only be made where somebody listens.
    localAddress: multipath && host === 1 ? "0.0.0.0" : addresses[host],
    peerAddress: addresses[host === 0 ? 1 : 0],
  });
  const start = (host: HostIndex) =>
    new ProbeProcess(
      fabric,
      host,
      program,
      kinds.map((kind) => setup(kind, host)),
    );
  const receiver = start(1);
  const processes = [receiver];
  const stop = async () => {
    for (const each of processes) await each.stop();
  };
  try {
    // The receiver of a TCP stream is ready when it listens; the connection makes it run.
    await receiver.next();
    const sender = start(0);
    processes.unshift(sender);
    await sender.next();
    return {
      gaps: async () => (await receiver.ask()) as Gaps,
      pause: () => sender.signal("SIGSTOP"),
      resume: () => sender.signal("SIGCONT"),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class ProbeProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(fabric: Fabric, host: HostIndex, program: string, setups: readonly Omit<ProbeSetup, "shared">[]) {
    const words = ["netns", "exec", fabric.names[host], process.execPath, program, JSON.stringify(setups)];
    this.#child = spawn("ip", words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  async next(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("a probe ended early");
    return JSON.parse(value as string);
  }

  ask(): Promise<unknown> {
    this.#child.stdin?.write("gaps\n");
    return this.next();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
