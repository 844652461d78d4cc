/** The built agent on a host of a {@link Fabric}. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askStatus, type StatusDocument } from "../../src/agent/run/status-server.ts";
import type { Fabric, HostIndex, Link } from "./fabric.ts";

/** A link as the host file has it. */
export interface LinkPlace {
  readonly interfaceName: string;
  readonly address: string;
  readonly gateway?: string;
}

/** Lines of YAML in place of or beside the usual ones. */
export interface HostFileOptions {
  /** The links of each host, where they are not those of the fabric. */
  readonly place?: (host: HostIndex, link: Link) => LinkPlace;
  readonly settings?: string;
  readonly peerSettings?: string;
  /** Every peer's line by itself, in place of the other host. */
  readonly peers?: string;
}

/** Writes a host file and the key beside it; the path. */
export function writeHostFile(fabric: Fabric, host: HostIndex, folder: string, options: HostFileOptions = {}): string {
  const other: HostIndex = host === 0 ? 1 : 0;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "agent.key"), "a secret that only tests know\n", { mode: 0o600 });
  const usual = (each: HostIndex, link: Link): LinkPlace => ({
    interfaceName: fabric.interfaceName(link),
    address: fabric.address(each, link),
  });
  const place = options.place ?? usual;
  const links = ([0, 1] as const).map((link) => {
    const { interfaceName, address, gateway } = place(host, link);
    const router = gateway === undefined ? "" : `, gateway: "${gateway}"`;
    return `  - { interface: ${interfaceName}, address: ${address}${router} }`;
  });
  const peer = `  - name: host-${other}
    addresses: [${place(other, 0).address}, ${place(other, 1).address}]
    prefixes: [${fabric.ownAddress(other)}]
    source: ${fabric.ownAddress(host)}
${options.peerSettings ?? ""}`;
  const text = `name: host-${host}
keyFile: agent.key
links:
${links.join("\n")}
stateFolder: ${join(folder, "state")}
${options.settings ?? ""}
peers:
${options.peers ?? peer}
`;
  const path = join(folder, `host-${host}.yaml`);
  writeFileSync(path, text);
  return path;
}

const upMsMax = 30_000;

export class RunningAgent {
  readonly process: ChildProcess;
  readonly #fabric: Fabric;
  readonly #host: HostIndex;
  readonly #root: string;
  readonly #file: string;
  readonly #logFile: string;

  constructor(root: string, fabric: Fabric, host: HostIndex, file: string, words: readonly string[] = []) {
    this.#fabric = fabric;
    this.#host = host;
    this.#root = root;
    this.#file = file;
    const command = ["netns", "exec", fabric.names[host], process.execPath, join(root, "dist/cli/main.js")];
    this.#logFile = `${file}.log`;
    const log = openSync(this.#logFile, "w");
    this.process = spawn("ip", [...command, "agent", "run", file, ...words], { stdio: ["ignore", "ignore", log] });
    closeSync(log);
  }

  /** What it has written on standard error. */
  get log(): string {
    return readFileSync(this.#logFile, "utf8");
  }

  /** The latest state of each link that the log tells, by its number from 1: sooner than a status. */
  get loggedStates(): ReadonlyMap<number, string> {
    const states = new Map<number, string>();
    for (const [, link, to] of this.log.matchAll(/"link":(\d)[^\n]*"to":"(\w+)"[^\n]*"msg":"link state"/g))
      states.set(Number(link), to!);
    return states;
  }

  /** Resolves when both links to every peer are up; rejects after 30 s or when the agent ends. */
  async allUp(): Promise<void> {
    for (const endMs = Date.now() + upMsMax; Date.now() < endMs; ) {
      if (this.process.exitCode !== null || this.process.signalCode !== null) break;
      const status = await this.status();
      if (status?.status.peers.every(({ links }) => links.every(({ state }) => state === "up"))) return;
      await sleep(20);
    }
    throw new Error(
      `the agent of host ${this.#host} did not come up (exit ${this.process.exitCode}, ${this.process.signalCode}):\n${this.log}`,
    );
  }

  /** Undefined while no agent answers. Asked directly: starting a command for it takes seconds on a busy machine. */
  async status(): Promise<StatusDocument | undefined> {
    try {
      return await askStatus(this.#socket());
    } catch {
      return undefined;
    }
  }

  /** A status that was taken after this call. */
  async freshStatus(): Promise<StatusDocument["status"]> {
    const before = await this.status();
    for (const endMs = Date.now() + upMsMax; Date.now() < endMs; await sleep(20)) {
      const now = await this.status();
      if (now !== undefined && now.status.atUs !== before?.status.atUs) return now.status;
    }
    throw new Error(`the agent of host ${this.#host} gave no fresh status within ${upMsMax} ms:\n${this.log}`);
  }

  /** The socket is named after the network namespace. */
  #socket(): string {
    return join(
      dirname(this.#file),
      "state",
      `agent-${statSync(`/run/netns/${this.#fabric.names[this.#host]}`).ino}.sock`,
    );
  }

  /** Output of another command of the agent on this host. */
  command(verb: string, ...words: string[]): string {
    const node = [process.execPath, join(this.#root, "dist/cli/main.js")];
    return execFileSync(
      "ip",
      ["netns", "exec", this.#fabric.names[this.#host], ...node, "agent", verb, this.#file, ...words],
      {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
  }

  /** Processor seconds so far, and resident megabytes. */
  usage(): { readonly cpuSeconds: number; readonly megabytes: number } {
    const { pid } = this.process;
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, megabytes: (pages * 4_096) / 1e6 };
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, "exit");
    this.process.kill(signal);
    // One that a test has stopped takes no signal before it goes on.
    this.process.kill("SIGCONT");
    await exited;
  }
}
