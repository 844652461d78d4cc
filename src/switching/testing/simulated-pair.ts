/** Two endpoints, four paths and a clock: a whole session in simulated time. */

import { EventHeap } from "../../base/event-heap.ts";
import type { RandomStream } from "../../base/random.ts";
import { flagProbe } from "../codec/layout.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "../config.ts";
import { Endpoint } from "../endpoint.ts";
import type { Input } from "../inputs.ts";
import type { Output } from "../outputs.ts";
import { type MonitorConfig, type MonitorInput, PathMonitor } from "../path-monitor.ts";
import { type PathConditions, SimulatedPath } from "./simulated-path.ts";
import {
  isHeartbeat,
  type Repetition,
  type SimulatedWatch,
  watchOfEndpoint,
  watchOfMonitor,
} from "./simulated-watch.ts";

/** 0 the initiator, 1 the responder. */
export type Side = 0 | 1;
export const bothSides: readonly Side[] = [0, 1];

type Event =
  | {
      readonly kind: "arrival";
      readonly side: Side;
      readonly link: LinkIndex;
      readonly bytes: Uint8Array;
      readonly connection: number;
    }
  | { readonly kind: "arriving"; readonly side: Side; readonly link: LinkIndex; readonly connection: number }
  | { readonly kind: "tick"; readonly side: Side; readonly dueUs: number }
  | { readonly kind: "wake"; readonly side: Side }
  | { readonly kind: "watch"; readonly side: Side; readonly watch: SimulatedWatch }
  | { readonly kind: "writable"; readonly side: Side; readonly link: LinkIndex }
  | { readonly kind: "action"; readonly action: () => void };

interface Node {
  endpoint: Endpoint;
  tickDueUs: number;
  /** Until then the process does nothing; arrivals wait. */
  stalledUntilUs: number;
  readonly waiting: Input[];
  readonly waitingOfMonitor: MonitorInput[];
  readonly blocked: [boolean, boolean];
  /** Keeps the heartbeats, if the endpoint (or its monitor) is watched. */
  watch: SimulatedWatch | undefined;
  /** Watches the links for the endpoint, if they are monitored. */
  monitor: PathMonitor | undefined;
  ended: boolean;
}

const noPieces: readonly Uint8Array[] = [];

/** Data given to a path beyond this much sending time makes the link unwritable until half of it is gone. */
const bufferUs = 20_000;
/** A driver dials a connection that it has given up again after this. */
const redialUs = 1_000;
/** A session that is over keeps its connections for this long, so that the peer is told. */
const closingUs = 5_000;

/** Heartbeats of monitors have the tag of no session. */
function isMonitorFrame(bytes: Uint8Array): boolean {
  return isHeartbeat(bytes) && bytes[8] === 0 && bytes[9] === 0 && bytes[10] === 0 && bytes[11] === 0;
}

export class SimulatedPair {
  nowUs = 0;
  /** Every event handled so far. */
  eventsHandled = 0;
  readonly nodes: readonly [Node, Node];
  /** paths[side][link] leads away from `side`. */
  readonly paths: readonly [readonly [SimulatedPath, SimulatedPath], readonly [SimulatedPath, SimulatedPath]];
  /** Called with every output that is not a frame. */
  onOutput: (side: Side, output: Exclude<Output, { kind: "send" }>) => void = () => {};
  readonly #heap = new EventHeap<Event>();
  readonly #connections: [number, number] = [0, 0];
  readonly #monitors: readonly [MonitorConfig, MonitorConfig] | undefined;
  /** Counts the restarts: a monitor's heartbeats reach only that which it began with. */
  #epoch = 0;
  /** Links whose connections the network keeps away, and those that the drivers have given up. */
  readonly #disconnected: [boolean, boolean] = [false, false];
  readonly #redialling: [boolean, boolean] = [false, false];

  constructor(
    configs: readonly [EndpointConfig, EndpointConfig],
    conditions: (side: Side, link: LinkIndex) => PathConditions,
    random: RandomStream,
    monitors?: readonly [MonitorConfig, MonitorConfig],
  ) {
    this.#monitors = monitors;
    const path = (side: Side, link: LinkIndex) =>
      new SimulatedPath(conditions(side, link), random.fork(`path ${side} ${link}`));
    this.paths = [
      [path(0, 0), path(0, 1)],
      [path(1, 0), path(1, 1)],
    ];
    this.nodes = [createNode(configs[0], monitors?.[0], 0), createNode(configs[1], monitors?.[1], 0)];
    for (const side of bothSides) this.#watch(side);
  }

  endpoint(side: Side): Endpoint {
    return this.nodes[side].endpoint;
  }

  /** Connects both links at both ends. */
  attachAll(): void {
    for (const side of bothSides) this.#attachMonitor(side);
    for (const side of bothSides) for (const link of bothLinks) this.input(side, { kind: "attach", link });
  }

  /** Breaks a link's connection at both ends: what is under way on it is lost. */
  disconnect(link: LinkIndex): void {
    this.#disconnected[link] = true;
    this.#drop(link);
  }

  reconnect(link: LinkIndex): void {
    this.#disconnected[link] = false;
    if (!this.#redialling[link]) this.#connect(link);
  }

  #drop(link: LinkIndex): void {
    this.#connections[link] += 1;
    for (const side of bothSides) {
      this.paths[side][link].clear();
      if (this.#monitors === undefined) this.nodes[side].watch?.forget(link);
      this.input(side, { kind: "detach", link });
    }
  }

  /** The drivers give the connection of a blamed link up, and dial until there is a new one. */
  #renew(link: LinkIndex): void {
    if (this.#redialling[link]) return;
    this.#redialling[link] = true;
    if (!this.#disconnected[link]) this.#drop(link);
    this.at(this.nowUs + redialUs, () => this.#redial(link));
  }

  #redial(link: LinkIndex): void {
    const isCut = bothSides.some((side) => this.paths[side][link].conditions.cut);
    const isStalled = bothSides.some((side) => this.nowUs < this.nodes[side].stalledUntilUs);
    if (isCut || isStalled || this.#disconnected[link]) this.at(this.nowUs + redialUs, () => this.#redial(link));
    else {
      this.#redialling[link] = false;
      this.#connect(link);
    }
  }

  #connect(link: LinkIndex): void {
    for (const side of bothSides) {
      this.nodes[side].blocked[link] = false;
      this.input(side, { kind: "attach", link, connection: this.#connections[link] });
    }
  }

  /** The process of a side does nothing until `untilUs`. */
  stall(side: Side, untilUs: number): void {
    this.nodes[side].stalledUntilUs = untilUs;
    this.#heap.push(untilUs, { kind: "wake", side });
  }

  /** Runs a user's action on a side as soon as its process does anything. */
  whenAwake(side: Side, action: () => void): void {
    const { stalledUntilUs } = this.nodes[side];
    if (this.nowUs < stalledUntilUs) this.at(stalledUntilUs, () => this.whenAwake(side, action));
    else action();
  }

  /** Replaces a side's process by a new one that knows nothing. */
  restart(side: Side, config: EndpointConfig): void {
    const node = this.nodes[side];
    this.#epoch += 1;
    Object.assign(node, createNode(config, this.#monitors?.[side], this.nowUs), { blocked: node.blocked });
    this.#watch(side);
    this.#attachMonitor(side);
    for (const link of bothLinks) this.input(side, { kind: "attach", link });
  }

  /** Cuts or mends one direction. */
  setCut(side: Side, link: LinkIndex, cut: boolean): void {
    const path = this.paths[side][link];
    if (cut) path.conditions.cut = true;
    else for (const { atUs, bytes } of path.mend(this.nowUs)) this.#arrive(side, link, atUs, bytes);
  }

  at(atUs: number, action: () => void): void {
    this.#heap.push(Math.max(atUs, this.nowUs), { kind: "action", action });
  }

  /** Gives an endpoint an input now (or once its process wakes) and carries out what it asks for. */
  input(side: Side, input: Input): void {
    const node = this.nodes[side];
    if (this.nowUs < node.stalledUntilUs) node.waiting.push(input);
    else this.#handle(side, node, input);
  }

  /** The same for the monitor of the side's links. */
  inputOfMonitor(side: Side, input: MonitorInput): void {
    const node = this.nodes[side];
    if (this.nowUs < node.stalledUntilUs) node.waitingOfMonitor.push(input);
    else this.#handleMonitor(side, node, input);
  }

  /** Somebody says that a link has carrier or not. */
  carrier(side: Side, link: LinkIndex, up: boolean): void {
    if (this.#monitors === undefined) this.input(side, { kind: "carrier", link, up });
    else this.inputOfMonitor(side, { kind: "carrier", link, up });
  }

  /** Runs until `untilUs`, or until nothing is left to happen, or until `done` says so. */
  run(untilUs: number, done: () => boolean = () => false): void {
    for (let next = this.#heap.peekTime(); next !== undefined && next <= untilUs; next = this.#heap.peekTime()) {
      this.nowUs = next;
      this.eventsHandled += 1;
      this.#happen(this.#heap.pop()!);
      if (done()) return;
    }
    this.nowUs = untilUs;
  }

  #happen(event: Event): void {
    switch (event.kind) {
      case "arrival":
        if (event.connection === this.#connectionOf(event.link, event.bytes))
          this.#arrived(event.side, event.link, event.bytes);
        break;
      case "arriving":
        if (event.connection === this.#connections[event.link]) this.#arriving(event.side, event.link);
        break;
      case "tick":
        this.#tick(event.side, event.dueUs);
        break;
      case "wake":
        this.#wake(event.side);
        break;
      case "watch":
        if (event.watch === this.nodes[event.side].watch) this.#watch(event.side);
        break;
      case "writable": {
        const node = this.nodes[event.side];
        if (!node.blocked[event.link]) break;
        node.blocked[event.link] = false;
        this.input(event.side, { kind: "writable", link: event.link, writable: true });
        break;
      }
      case "action":
        event.action();
    }
  }

  #tick(side: Side, dueUs: number): void {
    const node = this.nodes[side];
    if (dueUs !== node.tickDueUs || this.nowUs < node.stalledUntilUs) return;
    this.#tellTime(side);
  }

  /** What the watch has kept is handed over before the time is told. */
  #tellTime(side: Side): void {
    const node = this.nodes[side];
    node.tickDueUs = Number.POSITIVE_INFINITY;
    const kept = node.watch?.drain() ?? [];
    const tick = node.watch === undefined ? {} : { drainedUs: this.nowUs };
    if (node.monitor === undefined) for (const input of kept) this.#handle(side, node, input);
    else for (const input of [...kept, { kind: "tick" as const, ...tick }]) this.#handleMonitor(side, node, input);
    this.#handle(side, node, { kind: "tick", ...tick });
  }

  #arrived(side: Side, link: LinkIndex, bytes: Uint8Array): void {
    const { watch, ended, endpoint, monitor, stalledUntilUs } = this.nodes[side];
    const isOfMonitor = monitor !== undefined && isMonitorFrame(bytes);
    const isWatched = isOfMonitor || (monitor === undefined && !ended && isHeartbeat(bytes));
    if (watch === undefined || !isWatched) {
      // The kernel counts what arrives, also while nobody reads it.
      watch?.noteArriving(link, this.nowUs);
      if (isOfMonitor) this.inputOfMonitor(side, { kind: "frame", link, bytes });
      else {
        if (monitor !== undefined) this.inputOfMonitor(side, { kind: "arriving", link });
        this.input(side, { kind: "frame", link, bytes });
      }
      return;
    }
    const { answer, wake } = watch.take(link, bytes, (monitor ?? endpoint).watched.isCalm, this.nowUs);
    if (answer) this.#repeat(side, watch.repeat(link, 0, this.nowUs));
    if (wake && this.nowUs >= stalledUntilUs) this.#tellTime(side);
  }

  /** Part of a frame is there. */
  #arriving(side: Side, link: LinkIndex): void {
    const { watch, ended, monitor, stalledUntilUs } = this.nodes[side];
    if (ended) return;
    watch?.noteArriving(link, this.nowUs);
    if (this.nowUs < stalledUntilUs) return;
    if (monitor !== undefined) this.inputOfMonitor(side, { kind: "arriving", link });
    this.input(side, { kind: "arriving", link });
  }

  /** Heartbeats and silence, whatever the process does. */
  #watch(side: Side): void {
    const { watch, ended, endpoint, monitor, stalledUntilUs } = this.nodes[side];
    if (watch === undefined || ended) return;
    const { silenceUs } = (monitor ?? endpoint).watched;
    let silent = false;
    for (const link of bothLinks)
      if (this.nowUs >= watch.silentDueUs(link, silenceUs)) {
        silent = true;
        if (watch.tellSilence(link)) this.#repeat(side, watch.repeat(link, flagProbe, this.nowUs));
      }
    this.#repeat(side, watch.beat(this.nowUs));
    if (silent && this.nowUs >= stalledUntilUs) this.#tellTime(side);
    const dueUs = Math.min(watch.nextBeatUs, ...bothLinks.map((link) => watch.silentDueUs(link, silenceUs)));
    this.#heap.push(Math.max(dueUs, this.nowUs + 1), { kind: "watch", side, watch });
  }

  #repeat(side: Side, repetitions: readonly Repetition[]): void {
    for (const { link, bytes } of repetitions) this.#transmit(side, link, bytes, noPieces, true);
  }

  /** As an event loop does after a stall: timers first, then everything that has arrived. */
  #wake(side: Side): void {
    const node = this.nodes[side];
    if (this.nowUs < node.stalledUntilUs) return;
    this.#tellTime(side);
    for (const input of node.waitingOfMonitor.splice(0)) this.#handleMonitor(side, node, input);
    for (const input of joinFrames(node.waiting.splice(0), node.endpoint.config)) this.#handle(side, node, input);
  }

  #handle(side: Side, node: Node, input: Input): void {
    const outputs = node.endpoint.handle(input, this.nowUs);
    if (input.kind === "detach" && node.monitor === undefined) node.watch?.forget(input.link);
    for (const output of outputs) {
      if (output.kind === "send") this.#send(side, node, output);
      else {
        if (output.kind === "ended") this.#noteEnd(node);
        this.onOutput(side, output);
        const isBlame = output.kind === "linkState" && output.to === "failed";
        if (isBlame && node.monitor !== undefined) this.at(this.nowUs, () => this.#renew(output.link));
      }
    }
    this.#arm(side, node);
  }

  /** The driver of a monitored session that is over closes its connections, and nobody takes new ones. */
  #noteEnd(node: Node): void {
    node.ended = true;
    if (node.monitor === undefined) return;
    for (const link of bothLinks) this.at(this.nowUs + closingUs, () => this.disconnect(link));
  }

  #attachMonitor(side: Side): void {
    if (this.nodes[side].monitor === undefined) return;
    for (const link of bothLinks) this.inputOfMonitor(side, { kind: "attach", link });
  }

  #handleMonitor(side: Side, node: Node, input: MonitorInput): void {
    for (const output of node.monitor!.handle(input, this.nowUs)) {
      if (output.kind === "path")
        this.#handle(side, node, { kind: "monitored", link: output.link, change: output.change });
      else if (node.watch === undefined || node.watch.give(output.link, output.head))
        this.#transmit(side, output.link, output.head, noPieces, true);
    }
    if (node.watch !== undefined) node.watch.intervalUs = node.monitor!.intervalUs;
    this.#arm(side, node);
  }

  #arm(side: Side, node: Node): void {
    const deadlineUs = Math.min(
      node.endpoint.nextDeadlineUs(),
      node.monitor?.nextDeadlineUs() ?? Number.POSITIVE_INFINITY,
    );
    const dueUs = Math.max(deadlineUs, this.nowUs);
    if (dueUs >= node.tickDueUs || dueUs === Number.POSITIVE_INFINITY) return;
    node.tickDueUs = dueUs;
    this.#heap.push(dueUs, { kind: "tick", side, dueUs });
  }

  #send(side: Side, node: Node, { link, head, payload, urgent }: Extract<Output, { kind: "send" }>): void {
    const isWatched = node.watch !== undefined && node.monitor === undefined && isHeartbeat(head);
    if (isWatched && !node.watch!.give(link, head)) return;
    const path = this.paths[side][link];
    this.#transmit(side, link, head, payload, urgent);
    if (urgent || node.blocked[link] || path.busyUntilUs < this.nowUs + bufferUs) return;
    node.blocked[link] = true;
    this.at(this.nowUs, () => this.input(side, { kind: "writable", link, writable: false }));
    this.#heap.push(Math.ceil(path.busyUntilUs - bufferUs / 2), { kind: "writable", side, link });
  }

  #transmit(side: Side, link: LinkIndex, head: Uint8Array, payload: readonly Uint8Array[], urgent: boolean): void {
    const path = this.paths[side][link];
    if (!urgent && path.conditions.queueUs > 0) this.#showArriving(side, link, path, payload);
    for (const { atUs, bytes } of path.send(head, payload, urgent, this.nowUs)) this.#arrive(side, link, atUs, bytes);
  }

  /** Where heartbeats queue behind data, the parts of long frames count. */
  #showArriving(from: Side, link: LinkIndex, path: SimulatedPath, payload: readonly Uint8Array[]): void {
    const side: Side = from === 0 ? 1 : 0;
    const bytes = payload.reduce((sum, piece) => sum + piece.length, 0);
    for (const atUs of path.arrivingUs(bytes, this.nowUs))
      this.#heap.push(atUs, { kind: "arriving", side, link, connection: this.#connections[link] });
  }

  #arrive(from: Side, link: LinkIndex, atUs: number, bytes: Uint8Array): void {
    const side: Side = from === 0 ? 1 : 0;
    this.#heap.push(atUs, { kind: "arrival", side, link, bytes, connection: this.#connectionOf(link, bytes) });
  }

  /** What must still be there when a frame arrives: its connection, or for a monitor's the process it is meant for. */
  #connectionOf(link: LinkIndex, bytes: Uint8Array): number {
    const isOfMonitor = this.#monitors !== undefined && isMonitorFrame(bytes);
    return isOfMonitor ? -1 - this.#epoch : this.#connections[link];
  }
}

/** As a byte stream is read after a stall: frames that came one behind the other on one link are one input. */
function joinFrames(inputs: readonly Input[], config: EndpointConfig): Input[] {
  const joined: Input[] = [];
  for (const input of inputs) {
    const before = joined[joined.length - 1];
    const follows = before?.kind === "frame" && input.kind === "frame" && before.link === input.link;
    if (follows && config.links[input.link].reliable)
      joined[joined.length - 1] = { ...input, bytes: Buffer.concat([before.bytes, input.bytes]) };
    else joined.push(input);
  }
  return joined;
}

function createNode(config: EndpointConfig, monitored: MonitorConfig | undefined, nowUs: number): Node {
  const monitor = monitored === undefined ? undefined : new PathMonitor(monitored, nowUs);
  return {
    endpoint: new Endpoint(config, nowUs, monitor),
    tickDueUs: Number.POSITIVE_INFINITY,
    stalledUntilUs: 0,
    waiting: [],
    waitingOfMonitor: [],
    blocked: [false, false],
    watch: monitored === undefined ? watchOfEndpoint(config) : watchOfMonitor(monitored),
    monitor,
    ended: false,
  };
}
