/** The live line of a link pair: what each link carries, redrawn in place on a terminal. */

import type { Session } from "../transport/index.ts";

const drawEveryMs = 250;

export interface LinkDisplay {
  /** Writes a line (a log line) above the live one. */
  write(line: string): void;
  stop(): void;
}

/** Draws on standard error while it is a terminal; elsewhere only passes lines through. `current` gives the sessions. */
export function linkDisplay(current: () => readonly Session[]): LinkDisplay {
  const { stderr } = process;
  if (!stderr.isTTY) return { write: (line) => void stderr.write(line), stop: () => {} };
  const rates = new Map<Session, RateMeter>();
  const clear = () => stderr.write("\r\u001b[2K");
  const draw = () => {
    const sessions = current();
    for (const known of rates.keys()) if (!sessions.includes(known)) rates.delete(known);
    const parts = sessions.map((session) => {
      const meter = rates.get(session) ?? new RateMeter(session);
      rates.set(session, meter);
      return meter.line();
    });
    clear();
    stderr.write((parts.length === 0 ? "waiting for the peer" : parts.join("  ||  ")).slice(0, stderr.columns - 1));
  };
  const timer = setInterval(draw, drawEveryMs);
  return {
    write(line) {
      clear();
      stderr.write(line);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}

/** Rates of one session between two drawings. */
class RateMeter {
  readonly #session: Session;
  #atMs = performance.now();
  #before: readonly [number, number];
  #takeovers = 0;
  #lastTakeoverMs = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#before = totals(session);
    session.on("takeover", (record) => {
      this.#takeovers += 1;
      this.#lastTakeoverMs = record.totalUs / 1_000;
    });
  }

  line(): string {
    const nowMs = performance.now();
    const now = totals(this.#session);
    const status = this.#session.status();
    const links = status.links.map(({ state, carries, roundTripUs }, link) => {
      const rate = ((now[link]! - this.#before[link]!) / (nowMs - this.#atMs)) * 1_000;
      const roundTrip = roundTripUs === 0 ? "" : ` ${(roundTripUs / 1_000).toFixed(2)} ms`;
      return `link ${link} ${carries ? "*" : " "}${state} ${formatRate(rate)}${roundTrip}`;
    });
    this.#atMs = nowMs;
    this.#before = now;
    const takeovers =
      this.#takeovers === 0 ? "" : ` | takeovers ${this.#takeovers}, last ${this.#lastTakeoverMs.toFixed(1)} ms`;
    return `${links.join(" | ")} | streams ${status.streams}${takeovers}`;
  }
}

function totals(session: Session): readonly [number, number] {
  const { sentBytes, receivedBytes } = session.traffic();
  return [sentBytes[0] + receivedBytes[0], sentBytes[1] + receivedBytes[1]];
}

/** Bytes a second with a unit that keeps the number short. */
export function formatRate(bytesPerSecond: number): string {
  const units = ["B/s", "kB/s", "MB/s", "GB/s"];
  let value = bytesPerSecond;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 ? 0 : 1)} ${units[unit]}`;
}
