/** A whole AllReduce run: forks the ranks, joins them into a ring, and compares their sums with the reference. */

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { defined } from "../../base/assert.ts";
import type { LinkIndex, LinkState, TakeoverRecord } from "../../switching/index.ts";
import { TransportError } from "../errors.ts";
import { fingerprint, gradientsOf } from "./gradients.ts";
import type { FromRank, RankSession, ToRank } from "./messages.ts";
import { referenceSums } from "./ring.ts";

/** Where a rank runs. */
export interface RankPlace {
  /** Local addresses of its two links. */
  readonly hosts: readonly [string, string];
  /** Interfaces to bind the links to, whose carrier is watched. Default: those that hold the addresses. */
  readonly interfaces?: readonly [string, string];
  /** Words before the command, such as those that lead into a network namespace. */
  readonly prefix?: readonly string[];
}

export interface AllReduceOptions {
  /** Of each process in the ring, 2 to 64. */
  readonly places: readonly RankPlace[];
  /** float32 values each process contributes. */
  readonly elements: number;
  /** So many at most. */
  readonly iterations: number;
  readonly seed: number;
  readonly session: RankSession;
  /** Whether rank 0 loses its link 0 to rank 1 in the middle of the middle iteration. */
  readonly cut: boolean;
  /** Told when all ranks have ended an iteration. True ends the run after the one that has begun. */
  readonly onIteration?: (ended: IterationReport) => boolean;
  readonly signal?: AbortSignal;
}

/** One iteration over all ranks. */
export interface IterationReport {
  readonly iteration: number;
  /** Of the slowest rank. */
  readonly durationMs: number;
  /** The longest any rank waited for a piece. */
  readonly longestGapMs: number;
}

/** A link between a rank and the next changed its state. */
export interface RankLinkChange {
  readonly rank: number;
  readonly link: LinkIndex;
  readonly to: LinkState;
  /** What moved it. */
  readonly event: string;
  /** On the machine's monotonic clock. */
  readonly atMs: number;
}

export interface AllReduceResult {
  /** Of the slowest rank, iteration by iteration. */
  readonly durationsMs: readonly number[];
  /** The longest any rank waited for a piece, iteration by iteration. */
  readonly longestGapsMs: readonly number[];
  readonly cutIteration: number | undefined;
  /** How many of all sums of all ranks were the reference's to the bit. */
  readonly rightSums: number;
  readonly allSums: number;
  readonly takeovers: readonly TakeoverRecord[];
  /** Of every session, as its sending rank saw it, in the order of the ranks. */
  readonly linkChanges: readonly RankLinkChange[];
  readonly fingerprint: string;
}

/** While somebody may end the run, ranks are granted this many iterations from the one that runs on: nobody waits for a grant. */
const iterationsAhead = 2;

/** Runs it; rejects with a `TransportError` when a process fails. */
export async function runAllReduce(options: AllReduceOptions): Promise<AllReduceResult> {
  const { places, elements, iterations, seed, session, onIteration } = options;
  const ranks = places.length;
  const expected = fingerprint(
    referenceSums(Array.from({ length: ranks }, (_, rank) => gradientsOf(seed, rank, elements))),
  );
  const cutIteration = options.cut ? Math.floor(iterations / 2) : undefined;
  const ended: IterationReport[] = [];
  let isOver = false;
  let wasLast = false;
  const grant = (through: number) => {
    if (wasLast) return;
    wasLast = isOver || through >= iterations - 1;
    for (const each of processes) each.tell({ kind: "go", through: Math.min(through, iterations - 1), last: wasLast });
  };
  const noteReport = () => {
    const reports = processes.flatMap((each) => each.iterations[ended.length] ?? []);
    if (reports.length < ranks || isOver) return;
    const report = worstOf(reports);
    ended.push(report);
    isOver = onIteration?.(report) ?? false;
    if (onIteration !== undefined) grant(report.iteration + (isOver ? 1 : iterationsAhead));
  };
  const processes = places.map(({ prefix }) => new RankProcess(prefix ?? [], noteReport));
  const kill = () => {
    for (const each of processes) each.kill();
  };
  options.signal?.addEventListener("abort", kill);
  try {
    for (const [rank, each] of processes.entries()) {
      const mine = rank === 0 ? cutIteration : undefined;
      const { hosts, interfaces } = defined(places[rank], "place");
      each.tell({
        kind: "setup",
        rank,
        ranks,
        elements,
        seed,
        session,
        hosts,
        interfaces,
        cutIteration: mine,
      });
    }
    const listening = await Promise.all(processes.map((each) => each.next("listening")));
    for (const [rank, each] of processes.entries()) {
      const next = (rank + 1) % ranks;
      each.tell({
        kind: "connect",
        hosts: defined(places[next], "place").hosts,
        ports: defined(listening[next], "ports").ports,
      });
    }
    await Promise.all(processes.map((each) => each.next("ready")));
    grant(onIteration === undefined ? iterations - 1 : iterationsAhead - 1);
    await Promise.all(processes.map((each) => each.next("done")));
  } finally {
    kill();
    options.signal?.removeEventListener("abort", kill);
  }
  const reports = processes.flatMap(({ iterations: each }) => each);
  const done = Math.min(...processes.map((each) => each.iterations.length));
  const worst = Array.from({ length: done }, (_, index) =>
    worstOf(reports.filter(({ iteration }) => iteration === index)),
  );
  return {
    durationsMs: worst.map(({ durationMs }) => durationMs),
    longestGapsMs: worst.map(({ longestGapMs }) => longestGapMs),
    cutIteration,
    rightSums: reports.filter((report) => report.fingerprint === expected).length,
    allSums: ranks * done,
    takeovers: processes.flatMap(({ takeovers }) => takeovers),
    linkChanges: processes.flatMap(({ linkChanges }, rank) =>
      linkChanges.map(({ link, to, event, atMs }) => ({ rank, link, to, event, atMs })),
    ),
    fingerprint: expected,
  };
}

function worstOf(reports: readonly IterationReport[]): IterationReport {
  return {
    iteration: reports[0]!.iteration,
    durationMs: Math.max(...reports.map(({ durationMs }) => durationMs)),
    longestGapMs: Math.max(...reports.map(({ longestGapMs }) => longestGapMs)),
  };
}

class RankProcess {
  readonly iterations: Extract<FromRank, { kind: "iteration" }>[] = [];
  readonly takeovers: TakeoverRecord[] = [];
  readonly linkChanges: Extract<FromRank, { kind: "link" }>[] = [];
  readonly #child: ChildProcess;
  readonly #arrived: FromRank[] = [];
  #wake: () => void = () => {};
  #failure: string | undefined;

  readonly #noteReport: () => void;

  constructor(prefix: readonly string[], noteReport: () => void) {
    this.#noteReport = noteReport;
    const [command = process.execPath, ...words] = [
      ...prefix,
      process.execPath,
      fileURLToPath(new URL("./rank.js", import.meta.url)),
    ];
    this.#child = spawn(command, words, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("error", (error) => {
      this.#failure ??= error.message;
      this.#wake();
    });
    this.#child.on("message", (message) => this.#hear(message as FromRank));
    this.#child.on("exit", (code, signal) => {
      this.#failure ??= `a process ended early (${signal ?? code})`;
      this.#wake();
    });
  }

  tell(message: ToRank): void {
    if (this.#child.connected) this.#child.send(message);
  }

  async next<K extends FromRank["kind"]>(kind: K): Promise<Extract<FromRank, { kind: K }>> {
    for (;;) {
      const index = this.#arrived.findIndex((message) => message.kind === kind);
      if (index >= 0) return this.#arrived.splice(index, 1)[0] as Extract<FromRank, { kind: K }>;
      if (this.#failure !== undefined) throw new TransportError("transport/rank", this.#failure);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  kill(): void {
    this.#child.kill();
  }

  #hear(message: FromRank): void {
    if (message.kind === "iteration") {
      this.iterations.push(message);
      this.#noteReport();
    } else if (message.kind === "takeover") this.takeovers.push(message.record);
    else if (message.kind === "link") this.linkChanges.push(message);
    else if (message.kind === "failed") this.#failure = message.message;
    else this.#arrived.push(message);
    this.#wake();
  }
}
