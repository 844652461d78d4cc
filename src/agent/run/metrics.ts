/** Prometheus metrics of an agent. */

import type { Server } from "node:http";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { LinkState } from "../../switching/index.ts";
import { serveMetrics } from "../../transport/serve-metrics.ts";
import type { AgentStatus, PeerLinkStatus, TakeoverEvent } from "../events.ts";
import { takeoverTimes } from "./explain.ts";
import type { LinkReading } from "./link-reading.ts";

const states: readonly LinkState[] = ["detached", "proving", "up", "suspect", "failed", "holding"];
const takeoverSeconds = [0.0005, 0.001, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1, 5];

export class AgentMetrics {
  readonly registry = new Registry();
  readonly #takeover: Histogram<"peer" | "link" | "part" | "trigger">;
  readonly #refused: Counter;
  #status: AgentStatus | undefined;
  #readings: readonly (LinkReading | undefined)[] = [];

  constructor() {
    const registers = [this.registry];
    this.#takeover = new Histogram({
      name: "twinspine_agent_takeover_seconds",
      help: "Takeovers by their times (detect, decide, switch) and their sum (total); replay is TCP's own.",
      labelNames: ["peer", "link", "part", "trigger"],
      buckets: takeoverSeconds,
      registers,
    });
    this.#refused = new Counter({
      name: "twinspine_agent_kernel_refusals_total",
      help: "Changes that the kernel did not take.",
      registers,
    });
    this.#addPeerGauges();
    this.#addLinkGauges();
    this.#addOwnGauges();
  }

  takeover(event: TakeoverEvent): void {
    const times = takeoverTimes(event);
    const labels = { peer: event.peer, link: String(event.link + 1), trigger: event.trigger };
    for (const [part, us] of [
      ["detect", times.detectUs],
      ["decide", times.decideUs],
      ["switch", times.switchUs],
      ["total", times.totalUs],
    ] as const)
      this.#takeover.observe({ ...labels, part }, us / 1e6);
  }

  kernelRefused(): void {
    this.#refused.inc();
  }

  show(status: AgentStatus): void {
    this.#status = status;
  }

  showReadings(readings: readonly (LinkReading | undefined)[]): void {
    this.#readings = readings;
  }

  /** Serves /metrics on this loopback port; port 0 takes any that is free. */
  serve(port: number): Promise<Server> {
    return serveMetrics(this.registry, port);
  }

  #addPeerGauges(): void {
    const status = () => this.#status;
    const gauge = (name: string, help: string, value: (link: PeerLinkStatus) => number) =>
      new Gauge({
        name: `twinspine_agent_${name}`,
        help,
        labelNames: ["peer", "link"],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const peer of status()?.peers ?? [])
            for (const link of [0, 1] as const)
              this.set({ peer: peer.name, link: String(link + 1) }, value(peer.links[link]));
        },
      });
    gauge("link_carries", "1 while the link carries traffic to the peer.", ({ carries }) => (carries ? 1 : 0));
    gauge(
      "link_round_trip_seconds",
      "Smoothed round trip of heartbeats, 0 while unknown.",
      (link) => link.roundTripUs / 1e6,
    );
    gauge("link_flap_penalty", "Penalty for going up and down.", (link) => link.flapPenalty);
    gauge("heartbeats_received", "Heartbeats or BFD packets that counted since the start.", (link) => link.received);
    gauge(
      "heartbeats_stale",
      "Authentic heartbeats that did not count: recordings, or of another start.",
      (link) => link.stale,
    );
    gauge("link_suspicions", "Times the link was suspected because heartbeats were late.", (link) => link.suspected);
    gauge("heartbeats_forged", "Datagrams that nobody with the key has sent.", (link) => link.forged);
    new Gauge({
      name: "twinspine_agent_link_state",
      help: "1 for the state the link to the peer is in (docs/switching.md), 0 for the others.",
      labelNames: ["peer", "link", "state"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const peer of status()?.peers ?? [])
          for (const link of [0, 1] as const)
            for (const state of states)
              this.set({ peer: peer.name, link: String(link + 1), state }, peer.links[link].state === state ? 1 : 0);
      },
    });
  }

  #addLinkGauges(): void {
    const status = () => this.#status;
    const readings = () => this.#readings;
    const gauge = (name: string, help: string, value: (link: 0 | 1) => number | undefined) =>
      new Gauge({
        name: `twinspine_agent_${name}`,
        help,
        labelNames: ["link", "interface"],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const link of [0, 1] as const) {
            const number = value(link);
            const name = status()?.links[link].interfaceName;
            if (number !== undefined && name !== undefined)
              this.set({ link: String(link + 1), interface: name }, number);
          }
        },
      });
    gauge("carrier", "1 while the interface has carrier.", (link) => (status()?.links[link].carrier ? 1 : 0));
    gauge("drained", "1 while the link is drained.", (link) => (status()?.links[link].drained === undefined ? 0 : 1));
    gauge("weight", "Weight in load-balancing.", (link) => status()?.links[link].weight);
    gauge(
      "interface_errors",
      "Receive, send and frame errors since the interface was made.",
      (link) => readings()[link]?.errors,
    );
    gauge("module_temperature_celsius", "Temperature of the module.", (link) => readings()[link]?.module?.temperatureC);
    gauge("module_voltage_volts", "Supply voltage of the module.", (link) => readings()[link]?.module?.voltageV);
    gauge("module_receive_power_dbm", "Weakest lane's receive power.", (link) =>
      least(readings()[link]?.module?.receivePowerDbm),
    );
    gauge("module_send_power_dbm", "Weakest lane's send power.", (link) =>
      least(readings()[link]?.module?.sendPowerDbm),
    );
    gauge("module_bias_milliamperes", "Highest lane's laser bias current.", (link) =>
      most(readings()[link]?.module?.biasMa),
    );
    gauge("fec_corrected_blocks", "FEC blocks corrected.", (link) => readings()[link]?.fec?.correctedBlocks);
    gauge(
      "fec_uncorrectable_blocks",
      "FEC blocks beyond repair.",
      (link) => readings()[link]?.fec?.uncorrectableBlocks,
    );
  }

  #addOwnGauges(): void {
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value());
        },
      });
    gauge(
      "twinspine_agent_reconciliations",
      "Times the kernel was put right.",
      () => this.#status?.reconciliations ?? 0,
    );
    gauge("process_cpu_seconds_total", "Processor time of the agent.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    gauge("process_resident_memory_bytes", "Resident memory of the agent.", () => process.memoryUsage.rss());
  }
}

const least = (values: readonly number[] | undefined) =>
  values === undefined || values.length === 0 ? undefined : Math.min(...values);
const most = (values: readonly number[] | undefined) =>
  values === undefined || values.length === 0 ? undefined : Math.max(...values);
