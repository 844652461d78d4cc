/** What UDP and TCP traffic between two servers of a lab feel, while a part of it fails or none does. */

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { userError } from "../../base/diagnostics.ts";
import { type ProbeFigures, type ProbeFlow, probeFigures } from "../probe/figures.ts";
import type { FromProbe, Marks, ProbeMarks, ToProbe } from "../probe/messages.ts";
import { inNamespace } from "./shell.ts";

export interface ProbeEnd {
  readonly namespace: string;
  readonly address: string;
}

export interface ProbeOptions {
  readonly from: ProbeEnd;
  readonly to: ProbeEnd;
  /** Of each protocol; each takes the path that its ports are hashed to. */
  readonly flows: number;
  /** Between two messages of a flow. */
  readonly intervalMs: number;
  readonly durationMs: number;
  /** After so long the fault is made; the other end of `fault` is up to the caller. */
  readonly faultAfterMs?: number;
  readonly fault?: () => Promise<void>;
  readonly signal: AbortSignal;
}

export interface ProbeResult {
  readonly udp: ProbeFigures;
  readonly tcp: ProbeFigures;
}

const answerMsMax = 15_000;
/** What was sent last may be on its way. */
const settleMs = 300;

/** Throws `lab/probe` when an end cannot run or reach the other. */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const { from, to, flows, intervalMs, durationMs, faultAfterMs = 0, fault, signal } = options;
  const sink = new ProbeProcess(to.namespace);
  const source = new ProbeProcess(from.namespace);
  try {
    sink.tell({ kind: "sink", address: to.address });
    const { udpPort, tcpPort } = await sink.next("listening");
    source.tell({ kind: "source", address: from.address, peer: to.address, udpPort, tcpPort, flows, intervalMs });
    await source.next("ready");
    const beginMs = nowMs();
    let faultMs: number | undefined;
    if (fault !== undefined) {
      await sleep(faultAfterMs, undefined, { signal });
      faultMs = nowMs();
      await fault();
    }
    await sleep(Math.max(0, beginMs + durationMs - nowMs()), undefined, { signal });
    source.tell({ kind: "stop" });
    const sent = await source.next("marks");
    const endMs = nowMs();
    await sleep(settleMs, undefined, { signal });
    sink.tell({ kind: "stop" });
    const arrived = await sink.next("marks");
    const time = { beginMs: beginMs + warmUpMs, endMs, faultMs };
    return { udp: figuresOf(sent, arrived, "udp", time), tcp: figuresOf(sent, arrived, "tcp", time) };
  } finally {
    sink.kill();
    source.kill();
  }
}

/** The first messages of a flow wait for neighbours to be resolved. */
const warmUpMs = 200;
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

function figuresOf(
  sent: ProbeMarks,
  arrived: ProbeMarks,
  protocol: "udp" | "tcp",
  time: Parameters<typeof probeFigures>[1],
): ProbeFigures {
  const arrivals = new Map(arrived[protocol].map(([flow, sequence, atMs]) => [`${flow} ${sequence}`, atMs]));
  return probeFigures(flowsOf(sent[protocol], arrivals), time);
}

function flowsOf(sent: Marks, arrivals: ReadonlyMap<string, number>): ProbeFlow[] {
  const flows = new Map<number, { sentMs: number[]; arrivedMs: (number | undefined)[] }>();
  for (const [flow, sequence, atMs] of sent) {
    const rows = flows.get(flow) ?? { sentMs: [], arrivedMs: [] };
    flows.set(flow, rows);
    rows.sentMs.push(atMs);
    rows.arrivedMs.push(arrivals.get(`${flow} ${sequence}`));
  }
  return [...flows.values()];
}

class ProbeProcess {
  readonly #child: ChildProcess;
  readonly #arrived: FromProbe[] = [];
  #failure: string | undefined;
  #wake: () => void = () => {};

  constructor(namespace: string) {
    const script = fileURLToPath(new URL("./probe-process.js", import.meta.url));
    const [command = "", ...words] = inNamespace(namespace, [process.execPath, script]);
    this.#child = spawn(command, words, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message) => {
      const heard = message as FromProbe;
      if (heard.kind === "failed") this.#fail(heard.message);
      else this.#arrived.push(heard);
      this.#wake();
    });
    this.#child.on("error", (error) => this.#fail(error.message));
    this.#child.on("exit", (code, signal) => this.#fail(`a process ended (${signal ?? code})`));
  }

  tell(message: ToProbe): void {
    if (this.#child.connected) this.#child.send(message);
  }

  async next<Kind extends FromProbe["kind"]>(kind: Kind): Promise<Extract<FromProbe, { kind: Kind }>> {
    const timer = setTimeout(() => this.#fail(`no ${kind} within ${answerMsMax / 1_000} s`), answerMsMax);
    try {
      for (;;) {
        const heard = this.#arrived.shift();
        if (heard?.kind === kind) return heard as Extract<FromProbe, { kind: Kind }>;
        if (heard !== undefined) continue;
        if (this.#failure !== undefined)
          throw userError(
            "lab/probe",
            `the probe did not run: ${this.#failure}`,
            "Look at twinspine lab status whether the two servers reach each other.",
          );
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #fail(message: string): void {
    this.#failure ??= message;
    this.#wake();
  }
}
