/** Two endpoints, four paths and a clock: a whole session in simulated time. */

import { EventHeap } from "../../base/event-heap.ts";
import type { RandomStream } from "../../base/random.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "../config.ts";
import { Endpoint } from "../endpoint.ts";
import type { Input } from "../inputs.ts";
import type { Output } from "../outputs.ts";
import { type PathConditions, SimulatedPath } from "./simulated-path.ts";

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
  | { readonly kind: "tick"; readonly side: Side; readonly dueUs: number }
  | { readonly kind: "wake"; readonly side: Side }
  | { readonly kind: "writable"; readonly side: Side; readonly link: LinkIndex }
  | { readonly kind: "action"; readonly action: () => void };

interface Node {
  endpoint: Endpoint;
  tickDueUs: number;
  /** Until then the process does nothing; arrivals wait. */
  stalledUntilUs: number;
  readonly waiting: Input[];
  readonly blocked: [boolean, boolean];
}

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
        if (event.connection === this.#connections[event.link])
          this.input(event.side, { kind: "frame", link: event.link, bytes: event.bytes });
        break;
      case "tick":
        this.#tick(event.side, event.dueUs);
        break;
      case "wake":
        this.#wake(event.side);
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
    node.tickDueUs = Number.POSITIVE_INFINITY;
    this.#handle(side, node, { kind: "tick" });
  }

  /** As an event loop does after a stall: timers first, then everything that has arrived. */
  #wake(side: Side): void {
    const node = this.nodes[side];
    if (this.nowUs < node.stalledUntilUs) return;
    node.tickDueUs = Number.POSITIVE_INFINITY;
    this.#handle(side, node, { kind: "tick" });
    for (const input of joinFrames(node.waiting.splice(0), node.endpoint.config)) this.#handle(side, node, input);
  }

  #handle(side: Side, node: Node, input: Input): void {
    const outputs = node.endpoint.handle(input, this.nowUs);
    for (const output of outputs) {
      if (output.kind === "send") this.#send(side, node, output);
      else this.onOutput(side, output);
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
    const path = this.paths[side][link];
    for (const { atUs, bytes } of path.send(head, payload, urgent, this.nowUs)) this.#arrive(side, link, atUs, bytes);
    if (urgent || node.blocked[link] || path.busyUntilUs < this.nowUs + bufferUs) return;
    node.blocked[link] = true;
    this.at(this.nowUs, () => this.input(side, { kind: "writable", link, writable: false }));
    this.#heap.push(Math.ceil(path.busyUntilUs - bufferUs / 2), { kind: "writable", side, link });
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
  };
}
