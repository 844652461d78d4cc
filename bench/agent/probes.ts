/** A stream between the hosts whose longest gap can be asked for. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import type { Fabric, HostIndex } from "../../test/agent/fabric.ts";
import type { ProbeSetup } from "./probe-setup.ts";

const port = 5_201;

export interface Gap {
  readonly longestGapUs: number;
  readonly received: number;
  readonly lost: number;
}

class ProbeProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(fabric: Fabric, host: HostIndex, program: string, setup: Omit<ProbeSetup, "shared">) {
    const words = ["netns", "exec", fabric.names[host], process.execPath, program, JSON.stringify(setup)];
    this.#child = spawn("ip", words, { stdio: ["pipe", "pipe", "inherit"] });
    const lines: Interface = createInterface({ input: this.#child.stdout! });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  async next(): Promise<Record<string, number>> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("a probe ended early");
    return JSON.parse(value as string) as Record<string, number>;
  }

  ask(): Promise<Record<string, number>> {
    this.#child.stdin?.write("gap\n");
    return this.next();
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

export interface Stream {
  /** The longest gap since the last call. */
  gap(): Promise<Gap>;
  stop(): Promise<void>;
}

export type Kind = "udp" | "tcp";

/** UDP: a packet of 100 bytes every 100 us. TCP: 1 Gbit/s in writes of 25 kB. From host 0 to host 1. */
export async function startStream(
  fabric: Fabric,
  program: string,
  kind: Kind,
  addresses: readonly [string, string],
  multipath: boolean,
): Promise<Stream> {
  const pace = kind === "udp" ? { bytes: 100, intervalUs: 100 } : { bytes: 25_000, intervalUs: 200 };
  const common = { protocol: kind, port, multipath, ...pace };
  const setup = (host: HostIndex) => ({ localAddress: addresses[host], peerAddress: addresses[host === 0 ? 1 : 0] });
  const receiver = new ProbeProcess(fabric, 1, program, { ...common, role: "receive", ...setup(1) });
  await receiver.next();
  const sender = new ProbeProcess(fabric, 0, program, { ...common, role: "send", ...setup(0) });
  await sender.next();
  return {
    async gap() {
      const { longestGapUs = 0, received = 0, lost = 0 } = await receiver.ask();
      return { longestGapUs, received, lost };
    },
    async stop() {
      await sender.stop();
      await receiver.stop();
    },
  };
}
