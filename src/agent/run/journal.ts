/** The agent's memory of what it saw and did, as lines of JSON in two files of bounded size. */

import { appendFileSync, existsSync, readFileSync, renameSync, statSync } from "node:fs";
import type { AgentEvent } from "../events.ts";

/** A journal file is put aside when it has this many bytes; the one put aside before is forgotten. */
export const journalBytesMax = 1_048_576;

/** An event with the wall clock of when it happened. */
export type JournalEntry = AgentEvent & { readonly at: string };

export class Journal {
  readonly #path: string;
  #bytes: number;
  #isFailing = false;

  constructor(path: string) {
    this.#path = path;
    this.#bytes = existsSync(path) ? statSync(path).size : 0;
  }

  /** Keeps an entry. A full disk ends no agent: returns why entries are not kept, when that begins. */
  append(entry: JournalEntry): string | undefined {
    const line = `${JSON.stringify(entry)}\n`;
    try {
      if (this.#bytes + line.length > journalBytesMax && this.#bytes > 0) {
        renameSync(this.#path, older(this.#path));
        this.#bytes = 0;
      }
      appendFileSync(this.#path, line, { mode: 0o644 });
      this.#bytes += Buffer.byteLength(line);
      this.#isFailing = false;
      return undefined;
    } catch (error) {
      const isNews = !this.#isFailing;
      this.#isFailing = true;
      return isNews ? String(error) : undefined;
    }
  }
}

const older = (path: string) => `${path}.1`;

/** All entries that are kept, oldest first; lines cut off by a crash are passed over. */
export function readJournal(path: string): JournalEntry[] {
  return [older(path), path]
    .filter((each) => existsSync(each))
    .flatMap((each) => readFileSync(each, "utf8").split("\n"))
    .flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
}
