/**
 * Two hosts' engines, two links between them and somebody in between, on one simulated clock: what arrives is delayed, lost,
 * recorded or played again as the test says.
 */

import type { LinkIndex } from "../../switching/index.ts";
import { AgentEngine } from "../engine.ts";
import type { AgentEvent, TakeoverEvent } from "../events.ts";
import { heartbeatKey } from "../heartbeat/datagram.ts";
import { parseHost } from "../host/parse.ts";
import type { KernelState } from "../steering/operations.ts";

export type HostIndex = 0 | 1;

const key = heartbeatKey(Buffer.from("a secret that only tests know"));
const both = [0, 1] as const;
const firstInterface = 10;

/** A datagram on its way. */
export interface Flight {
  readonly to: HostIndex;
  readonly link: LinkIndex;
  readonly bytes: Buffer;
}

export interface WorldOptions {
  /** Lines of the host files. */
  readonly settings?: string;
  /** `agent`, or `bfd`: then the test itself is the router beyond the links of host 0. */
  readonly watch?: "agent" | "bfd";
  readonly delayUs?: number;
  readonly seed?: number;
}

const hostFile = (host: HostIndex, { settings = "", watch = "agent" }: WorldOptions) => `
name: host-${host}
keyFile: key
links:
  - { interface: l0, address: 10.0.0.${host + 1} }
  - { interface: l1, address: 10.0.1.${host + 1} }
peers:
  - { name: other, watch: ${watch}, addresses: [10.0.0.${2 - host}, 10.0.1.${2 - host}], prefixes: [10.9.0.${2 - host}] }
${settings}
`;

export class World {
  nowUs = 1_000_000;
  /** Whether what a host sends on a link arrives, by link and host. */
  readonly open: [[boolean, boolean], [boolean, boolean]] = [
    [true, true],
    [true, true],
  ];
  /** Hosts that take no part: stopped, or gone. */
  readonly stopped: [boolean, boolean] = [false, false];
  /** Called for every datagram when it is sent; what it returns arrives in its place. */
  inBetween: (flight: Flight) => readonly Flight[] = (flight) => [flight];
  readonly events: [AgentEvent[], AgentEvent[]] = [[], []];
  readonly engines: [AgentEngine, AgentEngine];
  readonly #options: WorldOptions;
  readonly #wanted: [KernelState | undefined, KernelState | undefined] = [undefined, undefined];
  readonly #carrier: [[boolean, boolean], [boolean, boolean]] = [
    [true, true],
    [true, true],
  ];
  readonly #delayUs: number;
  #flying: (Flight & { readonly atUs: number })[] = [];
  #starts = 0;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.#delayUs = options.delayUs ?? 30;
    this.engines = [this.#start(0), this.#start(1)];
  }

  /** The process of a host starts anew. */
  restart(host: HostIndex): void {
    this.engines[host] = this.#start(host);
  }

  #start(host: HostIndex): AgentEngine {
    const engine = new AgentEngine(
      {
        host: parseHost(hostFile(host, this.#options), "host.yaml"),
        key,
        seed: 1_000 * (this.#options.seed ?? 1) + this.#starts++,
        driver: "test",
        outputs: {
          send: (_, link, bytes) => this.#send(host, link, bytes),
          steer: (wanted) => {
            this.#wanted[host] = wanted;
            return this.nowUs;
          },
          endpoints() {},
          tell: (event) => this.events[host].push(event),
        },
      },
      this.nowUs,
    );
    for (const link of both) engine.interfaceChanged(link, this.#facts(host, link), this.nowUs);
    engine.act(this.nowUs);
    return engine;
  }

  #facts(host: HostIndex, link: LinkIndex) {
    return { interfaceIndex: firstInterface + link, enabled: true, carrier: this.#carrier[link][host] };
  }

  #send(from: HostIndex, link: LinkIndex, bytes: Buffer): void {
    if (!this.open[link][from]) return;
    const to = from === 0 ? 1 : 0;
    for (const each of this.inBetween({ to, link, bytes: Buffer.from(bytes) })) this.fly(each);
  }

  /** Puts a datagram on its way. */
  fly(flight: Flight): void {
    this.#flying.push({ ...flight, atUs: this.nowUs + this.#delayUs });
  }

  /** Both directions of a link break or heal. */
  setLink(link: LinkIndex, open: boolean): void {
    this.open[link] = [open, open];
  }

  setCarrier(host: HostIndex, link: LinkIndex, up: boolean): void {
    this.#carrier[link][host] = up;
    this.open[link] = [up, up];
    this.engines[host].interfaceChanged(link, this.#facts(host, link), this.nowUs);
    this.engines[host].act(this.nowUs);
  }

  drain(host: HostIndex, link: LinkIndex, reason: string | undefined): void {
    this.engines[host].drain(link, reason, this.nowUs);
    this.engines[host].act(this.nowUs);
  }

  /** Time passes. */
  run(forUs: number): void {
    const untilUs = this.nowUs + forUs;
    for (;;) {
      const deadlines = both.map((host) => (this.stopped[host] ? untilUs + 1 : this.engines[host].nextDeadlineUs()));
      const dueUs = Math.min(...deadlines, ...this.#flying.map(({ atUs }) => atUs));
      if (dueUs > untilUs) break;
      this.nowUs = Math.max(this.nowUs, dueUs);
      const arrived = this.#flying.filter(({ atUs, to }) => atUs <= this.nowUs && !this.stopped[to]);
      const stays = ({ atUs, to }: { atUs: number; to: HostIndex }) => atUs > this.nowUs && !this.stopped[to];
      this.#flying = this.#flying.filter(stays);
      for (const { to, link, bytes } of arrived) this.engines[to].received(0, link, bytes, this.nowUs);
      for (const host of both) {
        if (this.stopped[host]) continue;
        this.engines[host].tick(this.nowUs);
        this.engines[host].act(this.nowUs);
      }
    }
    this.nowUs = untilUs;
  }

  /** The links by which a host sends now. */
  ways(host: HostIndex): readonly LinkIndex[] {
    return this.engines[host].status(this.nowUs).peers[0]!.to;
  }

  states(host: HostIndex): readonly string[] {
    return this.engines[host].status(this.nowUs).peers[0]!.links.map(({ state }) => state);
  }

  /** What the kernel of a host was last told to have. */
  kernel(host: HostIndex): KernelState {
    return this.#wanted[host]!;
  }

  takeovers(host: HostIndex): readonly TakeoverEvent[] {
    return this.events[host].filter((each) => each.kind === "takeover");
  }
}
