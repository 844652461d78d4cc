/** Prometheus metrics of a process's sessions. */

import type { Server } from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LinkIndex, LinkState } from "../switching/index.ts";
import { serveMetrics } from "./serve-metrics.ts";
import type { Session } from "./session.ts";

const states: readonly LinkState[] = ["detached", "proving", "up", "suspect", "failed", "holding"];
const takeoverSeconds = [0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1, 5];

export class SessionMetrics {
  readonly registry = new Registry();
  readonly #watched = new Map<string, Session>();
  readonly #takeover: Histogram<"link" | "part" | "trigger">;
  readonly #replayed: Counter;
  readonly #ended: Counter<"code">;
  /** What sessions that are over have carried, so that counters never go back. */
  readonly #past = { sent: [0, 0], received: [0, 0] };
  #sessions = 0;

  constructor() {
    const registers = [this.registry];
    this.#takeover = new Histogram({
      name: "twinspine_takeover_seconds",
      help: "Takeovers by their four times (detect, decide, switch, replay) and their sum (total).",
      labelNames: ["link", "part", "trigger"],
      buckets: takeoverSeconds,
      registers,
    });
    this.#replayed = new Counter({
      name: "twinspine_replayed_bytes_total",
      help: "Bytes sent again because a link failed.",
      registers,
    });
    this.#ended = new Counter({
      name: "twinspine_sessions_ended_total",
      help: "Sessions that are over, by the code of their end.",
      labelNames: ["code"],
      registers,
    });
    this.#addGauges();
    this.#addTraffic("sent", "Bytes each link has carried away from here.");
    this.#addTraffic("received", "Bytes each link has brought here.");
  }

  /** Counts this session in. */
  watch(session: Session): void {
    const name = String(++this.#sessions);
    this.#watched.set(name, session);
    session.on("takeover", (record) => {
      const labels = { link: String(record.link), trigger: record.trigger };
      this.#takeover.observe({ ...labels, part: "detect" }, record.detectUs / 1e6);
      this.#takeover.observe({ ...labels, part: "decide" }, record.decideUs / 1e6);
      this.#takeover.observe({ ...labels, part: "switch" }, record.switchUs / 1e6);
      this.#takeover.observe({ ...labels, part: "replay" }, record.replayUs / 1e6);
      this.#takeover.observe({ ...labels, part: "total" }, record.totalUs / 1e6);
      this.#replayed.inc(record.replayedBytes);
    });
    session.once("close", (end) => {
      this.#watched.delete(name);
      this.#ended.inc({ code: end.code });
      const { sentBytes, receivedBytes } = session.traffic();
      for (const link of [0, 1] as const) {
        this.#past.sent[link]! += sentBytes[link];
        this.#past.received[link]! += receivedBytes[link];
      }
    });
  }

  /** Serves /metrics on this loopback port. */
  serve(port: number): Promise<Server> {
    return serveMetrics(this.registry, port);
  }

  #addGauges(): void {
    const watched = this.#watched;
    const links: readonly LinkIndex[] = [0, 1];
    const gauge = (name: string, help: string, value: (session: Session, link: LinkIndex) => number) =>
      new Gauge({
        name,
        help,
        labelNames: ["session", "link"],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const [name, session] of watched)
            for (const link of links) this.set({ session: name, link: String(link) }, value(session, link));
        },
      });
    gauge("twinspine_link_carries", "1 while the link carries data.", (session, link) =>
      session.status().links[link].carries ? 1 : 0,
    );
    gauge(
      "twinspine_link_round_trip_seconds",
      "Smoothed round trip of the link, 0 while unknown.",
      (session, link) => session.status().links[link].roundTripUs / 1e6,
    );
    gauge(
      "twinspine_link_rate_bytes_per_second",
      "Measured rate of the link, 0 while unknown.",
      (session, link) => session.status().links[link].rateBytesPerSecond,
    );
    gauge(
      "twinspine_link_in_flight_bytes",
      "Sent on the link and not confirmed.",
      (session, link) => session.status().links[link].inFlightBytes,
    );
    new Gauge({
      name: "twinspine_link_state",
      help: "1 for the state the link is in (docs/switching.md), 0 for the others.",
      labelNames: ["session", "link", "state"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [session, each] of watched)
          for (const link of links)
            for (const state of states)
              this.set({ session, link: String(link), state }, each.status().links[link].state === state ? 1 : 0);
      },
    });
    new Gauge({
      name: "twinspine_sessions",
      help: "Sessions that live now.",
      registers: [this.registry],
      collect() {
        this.set(watched.size);
      },
    });
  }

  #addTraffic(direction: "sent" | "received", help: string): void {
    const sum = (link: LinkIndex) => {
      let bytes = this.#past[direction][link]!;
      for (const session of this.#watched.values())
        bytes += direction === "sent" ? session.traffic().sentBytes[link] : session.traffic().receivedBytes[link];
      return bytes;
    };
    new Counter({
      name: `twinspine_link_${direction}_bytes_total`,
      help,
      labelNames: ["link"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const link of [0, 1] as const) this.inc({ link: String(link) }, sum(link));
      },
    });
  }
}
