/** Two endpoints, four paths and a clock: a whole session in simulated time. */

import { EventHeap } from "../../base/event-heap.ts";
import type { RandomStream } from "../../base/random.ts";
import { flagProbe } from "../codec/layout.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "../config.ts";
import { Endpoint } from "../endpoint.ts";
import type { Input } from "../inputs.ts";
import type { Output } from "../outputs.ts";
import { type PathConditions, SimulatedPath } from "./simulated-path.ts";
import { isHeartbeat, type Repetition, SimulatedWatch } from "./simulated-watch.ts";

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
  readonly blocked: [boolean, boolean];
  /** Keeps the heartbeats, if the endpoint is watched. */
  watch: SimulatedWatch | undefined;
  ended: boolean;
}

const noPieces: readonly Uint8Array[] = [];

/** Data given to a path beyond this much sending time makes the link unwritable until half of it is gone. */
const bufferUs = 20_000;

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

  constructor(
    configs: readonly [EndpointConfig, EndpointConfig],
    conditions: (side: Side, link: LinkIndex) => PathConditions,
    random: RandomStream,
  ) {
    const path = (side: Side, link: LinkIndex) =>
      new SimulatedPath(conditions(side, link), random.fork(`path ${side} ${link}`));
    this.paths = [
      [path(0, 0), path(0, 1)],
      [path(1, 0), path(1, 1)],
    ];
    this.nodes = [createNode(configs[0], 0), createNode(configs[1], 0)];
    for (const side of bothSides) this.#watch(side);
  }

  endpoint(side: Side): Endpoint {
    return this.nodes[side].endpoint;
  }

  /** Connects both links at both ends. */
  attachAll(): void {
    for (const side of bothSides) for (const link of bothLinks) this.input(side, { kind: "attach", link });
  }

  /** Breaks a link's connection at both ends: what is under way on it is lost. */
  disconnect(link: LinkIndex): void {
    this.#connections[link] += 1;
    for (const side of bothSides) {
      this.paths[side][link].clear();
      this.nodes[side].watch?.forget(link);
      this.input(side, { kind: "detach", link });
    }
  }

  reconnect(link: LinkIndex): void {
    for (const side of bothSides) {
      this.nodes[side].blocked[link] = false;
      this.input(side, { kind: "attach", link });
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
    node.endpoint = new Endpoint(config, this.nowUs);
    node.watch = createWatch(config);
    node.ended = false;
    this.#watch(side);
    node.waiting.length = 0;
    node.tickDueUs = Number.POSITIVE_INFINITY;
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
        if (event.connection === this.#connections[event.link]) this.#arrived(event.side, event.link, event.bytes);
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
    if (node.watch === undefined) this.#handle(side, node, { kind: "tick" });
    else {
      for (const input of node.watch.drain()) this.#handle(side, node, input);
      this.#handle(side, node, { kind: "tick", drainedUs: this.nowUs });
    }
  }

  #arrived(side: Side, link: LinkIndex, bytes: Uint8Array): void {
    const { watch, ended, endpoint, stalledUntilUs } = this.nodes[side];
    if (watch === undefined || ended || !isHeartbeat(bytes)) {
      this.input(side, { kind: "frame", link, bytes });
      return;
    }
    const { answer, wake } = watch.take(link, bytes, endpoint.watched.isCalm, this.nowUs);
    if (answer) this.#repeat(side, watch.repeat(link, 0, this.nowUs));
    if (wake && this.nowUs >= stalledUntilUs) this.#tellTime(side);
  }

  /** Part of a frame is there. */
  #arriving(side: Side, link: LinkIndex): void {
    const { watch, ended, stalledUntilUs } = this.nodes[side];
    if (ended) return;
    watch?.noteArriving(link, this.nowUs);
    if (this.nowUs >= stalledUntilUs) this.input(side, { kind: "arriving", link });
  }

  /** Heartbeats and silence, whatever the process does. */
  #watch(side: Side): void {
    const { watch, ended, endpoint, stalledUntilUs } = this.nodes[side];
    if (watch === undefined || ended) return;
    const { silenceUs } = endpoint.watched;
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
    for (const input of joinFrames(node.waiting.splice(0), node.endpoint.config)) this.#handle(side, node, input);
  }

  #handle(side: Side, node: Node, input: Input): void {
    const outputs = node.endpoint.handle(input, this.nowUs);
    if (input.kind === "detach") node.watch?.forget(input.link);
    for (const output of outputs) {
      if (output.kind === "send") this.#send(side, node, output);
      else {
        if (output.kind === "ended") node.ended = true;
        this.onOutput(side, output);
      }
    }
    this.#arm(side, node);
  }

  #arm(side: Side, node: Node): void {
    const dueUs = Math.max(node.endpoint.nextDeadlineUs(), this.nowUs);
    if (dueUs >= node.tickDueUs || dueUs === Number.POSITIVE_INFINITY) return;
    node.tickDueUs = dueUs;
    this.#heap.push(dueUs, { kind: "tick", side, dueUs });
  }

  #send(side: Side, node: Node, { link, head, payload, urgent }: Extract<Output, { kind: "send" }>): void {
    if (node.watch !== undefined && isHeartbeat(head) && !node.watch.give(link, head)) return;
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
    this.#heap.push(atUs, { kind: "arrival", side, link, bytes, connection: this.#connections[link] });
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

function createNode(config: EndpointConfig, nowUs: number): Node {
  return {
    endpoint: new Endpoint(config, nowUs),
    tickDueUs: Number.POSITIVE_INFINITY,
    stalledUntilUs: 0,
    waiting: [],
    blocked: [false, false],
    watch: createWatch(config),
    ended: false,
  };
}

function createWatch(config: EndpointConfig): SimulatedWatch | undefined {
  return config.pair.watched ? new SimulatedWatch(config) : undefined;
}
