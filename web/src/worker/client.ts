/** The page's side of a worker: a question is a call that resolves to its answer. */

import { type Diagnostic, UserError } from "../../../src/base/diagnostics.ts";
import type { Answered, Asked, QuestionKind, Questions } from "./protocol.ts";

/** Asked when the worker needs a file beside the cluster file. */
export class FileNeeded extends Error {
  readonly file: string;
  constructor(file: string) {
    super(`needs ${file}`);
    this.file = file;
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Engine {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;

  /** Resolves to the answer; rejects with a `UserError`, a {@link FileNeeded}, or our bug. */
  ask<Kind extends QuestionKind>(kind: Kind, ask: Questions[Kind]["ask"]): Promise<Questions[Kind]["answer"]> {
    const id = this.#next++;
    this.#worker ??= this.#start();
    const asked: Asked<Kind> = { id, kind, ask };
    this.#worker.postMessage(asked);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** Ends the worker and with it all that it works on; the next question starts a new one. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Stopped());
    this.#waiting.clear();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answered>) => {
      const waiting = this.#waiting.get(data.id);
      if (waiting === undefined) return;
      this.#waiting.delete(data.id);
      if (data.ok) waiting.resolve(data.answer as never);
      else waiting.reject(errorOf(data));
    };
    worker.onerror = (event) => {
      const error = new Error(
        event.message || "The page's worker could not start; is the studio's server still running?",
      );
      worker.terminate();
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    return worker;
  }
}

/** The worker was ended before it had answered. */
export class Stopped extends Error {}

function errorOf(answer: Extract<Answered, { ok: false }>): Error {
  if ("diagnostics" in answer) return new UserError(answer.diagnostics);
  return "needs" in answer ? new FileNeeded(answer.needs) : new Error(answer.bug);
}

/** Something that is wrong, for people. */
export type Problem = Pick<Diagnostic, "severity" | "message"> & Partial<Diagnostic>;

/** What is wrong, of any error. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof UserError) return error.diagnostics;
  return [{ severity: "error", message: error instanceof Error ? error.message : String(error) }];
}
