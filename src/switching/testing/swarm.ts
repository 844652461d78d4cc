/** One seed: draws a scenario, plays it, checks it against the model. The same seed plays the same run, event for event. */

import { randomStream } from "../../base/random.ts";
import { bothLinks, defaultHealth, type EndpointConfig, endpointConfig, type LinkIndex } from "../config.ts";
import { defaultDamping } from "../flap-damping.ts";
import type { Output, SessionEnd } from "../outputs.ts";
import type { MonitorConfig } from "../path-monitor.ts";
import type { TakeoverRecord } from "../takeover.ts";
import { graceUs, mayBeBlamed, mayEnd } from "./guilt.ts";
import { createFlow, deliver, expectedBytes, type Flow, finish, isDone } from "./model.ts";
import { blameUs, drawScenario, type Fault, type Scenario, type StreamScenario } from "./scenario.ts";
import { bothSides, type Side, SimulatedPair } from "./simulated-pair.ts";

export interface SwarmResult {
  readonly seed: number;
  /** What went wrong, if anything. */
  readonly failure: string | undefined;
  readonly events: number;
  readonly takeovers: number;
  readonly deliveredBytes: number;
  readonly ended: boolean;
}

/** Everything must be delivered within this long after the last fault, in microseconds. */
const patienceUs = 3_000_000;

/** Plays one seed. An assertion of ours that breaks counts as a failure too. */
export function playSeed(seed: number): SwarmResult {
  const run = new SwarmRun(seed);
  try {
    run.play();
  } catch (error) {
    run.fail(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return run.result();
}

class SwarmRun {
  readonly #seed: number;
  readonly #random;
  readonly #scenario: Scenario;
  readonly #pair: SimulatedPair;
  readonly #flows = new Map<number, readonly [Flow, Flow]>();
  readonly #ends: [SessionEnd | undefined, SessionEnd | undefined] = [undefined, undefined];
  #streamsPending: number;
  #failure: string | undefined;
  #takeovers = 0;
  #restarted = false;
  /** The side that must notice the other's restart; undefined when they did not know each other yet. */
  #witness: Side | undefined;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = randomStream(seed);
    this.#scenario = drawScenario(this.#random.fork("scenario"));
    this.#streamsPending = this.#scenario.streams.length;
    const conditions = (_side: Side, link: LinkIndex) => ({ ...this.#scenario.links[link].conditions });
    this.#pair = new SimulatedPair(
      [this.#config(0, 11), this.#config(1, 12)],
      conditions,
      this.#random.fork("network"),
      this.#scenario.monitored ? [this.#monitorConfig(0), this.#monitorConfig(1)] : undefined,
    );
    this.#pair.onOutput = (side, output) => this.#take(side, output);
  }

  fail(reason: string): void {
    this.#failure ??= `at ${this.#pair.nowUs} us: ${reason}`;
  }

  result(): SwarmResult {
    let deliveredBytes = 0;
    for (const flows of this.#flows.values()) for (const flow of flows) deliveredBytes += flow.deliveredBytes;
    return {
      seed: this.#seed,
      failure: this.#failure,
      events: this.#pair.eventsHandled,
      takeovers: this.#takeovers,
      deliveredBytes,
      ended: this.#ends[0] !== undefined || this.#ends[1] !== undefined,
    };
  }

  play(): void {
    const { streams, faults } = this.#scenario;
    this.#pair.attachAll();
    for (const stream of streams)
      this.#pair.at(stream.openUs, () => this.#awake(stream.side, () => this.#openStream(stream)));
    for (const fault of faults) this.#schedule(fault);
    const lastUs = Math.max(8_000, ...faults.map((fault) => fault.endUs));
    this.#pair.run(
      lastUs + patienceUs,
      () => this.#failure !== undefined || (this.#pair.nowUs > lastUs && this.#isOver()),
    );
    if (this.#failure === undefined) this.#checkEnd();
  }

  #config(side: Side, incarnation: number): EndpointConfig {
    const scenario = this.#scenario;
    return endpointConfig({
      role: side === 0 ? "initiator" : "responder",
      sessionId: 1,
      incarnation,
      pair: {
        mode: scenario.mode,
        primary: scenario.primary,
        revertive: scenario.revertive,
        watched: scenario.watched[side] && !scenario.monitored,
        monitored: scenario.monitored,
        health: {
          ...defaultHealth,
          heartbeatIntervalUs: scenario.heartbeatIntervalUs,
          missesMax: scenario.missesMax,
          holdDownUs: scenario.holdDownUs,
          progressTimeoutUs: scenario.progressTimeoutUs,
          damping: {
            ...defaultDamping,
            flapPenalty: scenario.flapPenalty,
            halfLifeUs: 10_000,
            maxSuppressUs: 20_000,
          },
        },
      },
      links: [linkOptions(scenario, 0), linkOptions(scenario, 1)],
      limits: {
        streamReceiveBytesMax: scenario.streamReceiveBytesMax,
        sessionReceiveBytesMax: scenario.sessionReceiveBytesMax,
        streamSendBytesMax: scenario.streamSendBytesMax,
        streamsMax: 8,
      },
      sessionLifeUs: scenario.sessionLifeUs,
    });
  }

  #monitorConfig(side: Side): MonitorConfig {
    const { heartbeatIntervalUs, missesMax, watched } = this.#scenario;
    return { heartbeatIntervalUs, missesMax, watched: watched[side] };
  }

  /** Does as a user on this side would, whose process may be stalled or over. */
  #awake(side: Side, action: () => void): void {
    this.#pair.whenAwake(side, action);
  }

  #isOver(): boolean {
    const ended = this.#ends.filter((end) => end !== undefined).length;
    if (ended > 0 && !this.#restarted) return ended === 2;
    if (this.#restarted) return this.#witness === undefined || this.#ends[this.#witness] !== undefined;
    if (this.#streamsPending > 0) return false;
    for (const flows of this.#flows.values()) if (!isDone(flows[0]) || !isDone(flows[1])) return false;
    return bothSides.every((side) => {
      const status = this.#pair.endpoint(side).status(this.#pair.nowUs);
      return status.streams === 0 && status.unconfirmedBytes === 0;
    });
  }

  #openStream(plan: StreamScenario): void {
    const { side } = plan;
    this.#streamsPending -= 1;
    if (this.#ends[side] !== undefined) return;
    const stream = this.#pair.endpoint(side).nextStreamId;
    this.#pair.input(side, { kind: "open", stream, trafficClass: plan.trafficClass });
    const flows: [Flow, Flow] = [createFlow(stream, 0), createFlow(stream, 1)];
    this.#flows.set(stream, flows);
    this.#plans.set(stream, plan);
    this.#writeNext(side, stream, [...plan.writes], plan.writeGapUs);
    if (plan.resetUs === undefined) return;
    this.#pair.at(plan.openUs + plan.resetUs, () =>
      this.#awake(plan.resetSide, () => this.#resetStream(plan.resetSide, stream)),
    );
  }
  readonly #plans = new Map<number, StreamScenario>();

  #resetStream(side: Side, stream: number): void {
    const flows = this.#flows.get(stream)!;
    if (this.#isClosed(side, stream)) return;
    for (const flow of flows) flow.givenUp = true;
    this.#pair.input(side, { kind: "reset", stream, code: 99 });
  }
  readonly #closed = [new Set<number>(), new Set<number>()] as const;
  readonly #known = [new Set<number>(), new Set<number>()] as const;

  #isClosed(side: Side, stream: number): boolean {
    const opener: Side = stream % 2 === 1 ? 0 : 1;
    return this.#closed[side].has(stream) || (side !== opener && !this.#known[side].has(stream));
  }

  /** Writes as much as fits, waits when nothing does. */
  #writeNext(side: Side, stream: number, writes: number[], gapUs: number): void {
    const flow = this.#flows.get(stream)![side];
    if (flow.givenUp || this.#restarted || this.#ends[side] !== undefined || this.#pair.nowUs > patienceUs) return;
    const wanted = writes[0];
    if (wanted === undefined) {
      flow.finishedByWriter = true;
      this.#pair.input(side, { kind: "finish", stream });
      return;
    }
    const length = Math.min(wanted, this.#pair.endpoint(side).sendCapacity(stream));
    if (length > 0) {
      const bytes = expectedBytes(stream, side, flow.writtenBytes, length);
      flow.writtenBytes += length;
      const half = length >> 1;
      if (length % 2 === 0) this.#pair.input(side, { kind: "write", stream, bytes });
      else
        this.#pair.input(side, { kind: "writeAll", stream, pieces: [bytes.subarray(0, half), bytes.subarray(half)] });
      if (length === wanted) writes.shift();
      else writes[0] = wanted - length;
    }
    const again = () => this.#awake(side, () => this.#writeNext(side, stream, writes, gapUs));
    this.#pair.at(this.#pair.nowUs + (length > 0 ? gapUs : 500), again);
  }

  #take(side: Side, output: Exclude<Output, { kind: "send" }>): void {
    if (this.#restarted) {
      if (output.kind === "ended") this.#ends[side] ??= output.end;
      return;
    }
    const from: Side = side === 0 ? 1 : 0;
    switch (output.kind) {
      case "opened":
        this.#known[side].add(output.stream);
        this.#answer(side, output.stream);
        break;
      case "data":
        this.#read(side, this.#flows.get(output.stream)![from], output.bytes);
        break;
      case "finished":
        this.#report(finish(this.#flows.get(output.stream)![from]));
        break;
      case "reset":
        if (!this.#flows.get(output.stream)![0].givenUp) this.fail(`stream ${output.stream} was reset by nobody`);
        break;
      case "closed":
        this.#closed[side].add(output.stream);
        break;
      case "refused":
        if (!this.#flows.get(output.stream)?.[0].givenUp && this.#ends[side] === undefined)
          this.fail(`refused stream ${output.stream}: ${output.reason}`);
        break;
      case "linkState":
        if (output.to === "failed" && !mayBeBlamed(this.#scenario, output.link, output.atUs))
          this.fail(`side ${side} blames the innocent link ${output.link} (${output.event})`);
        break;
      case "takeover":
        this.#takeovers += 1;
        this.#report(takeoverFault(this.#scenario, output.record));
        break;
      case "linkBroken":
        this.fail(`link ${output.link} broken by ${output.code}`);
        break;
      case "ended":
        this.#endOf(side, output.end);
        break;
    }
  }

  #answer(side: Side, stream: number): void {
    const plan = this.#plans.get(stream);
    if (plan === undefined) this.fail(`stream ${stream} was opened by nobody`);
    else this.#pair.at(this.#pair.nowUs, () => this.#writeNext(side, stream, plan.echoes ? [...plan.writes] : [], 0));
  }

  #read(side: Side, flow: Flow, bytes: Uint8Array): void {
    this.#report(deliver(flow, bytes));
    const { readDelayUs } = this.#plans.get(flow.stream)!;
    const { length } = bytes;
    const consume = () => {
      if (!this.#restarted) this.#pair.input(side, { kind: "consumed", stream: flow.stream, bytes: length });
    };
    this.#pair.at(this.#pair.nowUs + readDelayUs, consume);
    if (flow.deliveredBytes % 8 > 0) return;
    const { heldBytes } = this.#pair.endpoint(side).status(this.#pair.nowUs);
    if (heldBytes > this.#scenario.sessionReceiveBytesMax) this.fail(`${heldBytes} bytes held out of order`);
  }

  #report(problem: string | undefined): void {
    if (problem !== undefined) this.fail(problem);
  }

  /** A session that ends must have had a reason, and must own up to every byte that did not arrive. */
  #endOf(side: Side, end: SessionEnd): void {
    this.#ends[side] = end;
    if (!mayEnd(this.#scenario)) this.fail(`side ${side} ended: ${end.code}: ${end.message}`);
    if (end.code === "switching/protocol-violation") this.fail(`side ${side} ended: ${end.message}`);
    let missing = 0;
    for (const flows of this.#flows.values()) {
      const flow = flows[side];
      if (!flow.givenUp) missing += flow.writtenBytes - flow.deliveredBytes;
    }
    if (missing > end.unconfirmedBytes + this.#deliverableBytes(side))
      this.fail(`side ${side} lost ${missing} bytes and owns up to ${end.unconfirmedBytes}`);
  }

  /** Bytes confirmed by the peer's endpoint that wait there for earlier ones. */
  #deliverableBytes(side: Side): number {
    const peer: Side = side === 0 ? 1 : 0;
    return this.#pair.endpoint(peer).status(this.#pair.nowUs).heldBytes;
  }

  #checkEnd(): void {
    if (this.#restarted) {
      if (!this.#isOver()) this.fail("a restart was noticed by nobody");
      return;
    }
    if (this.#ends[0] !== undefined || this.#ends[1] !== undefined) {
      if (this.#ends[0] === undefined || this.#ends[1] === undefined) this.fail("only one side knows of the end");
      return;
    }
    if (!this.#isOver()) this.fail(`stuck: ${JSON.stringify(this.#stuck())}`);
  }

  #stuck() {
    return {
      flows: [...this.#flows.values()].flat().filter((flow) => !isDone(flow)),
      status: bothSides.map((side) => this.#pair.endpoint(side).status(this.#pair.nowUs)),
    };
  }

  #noteRestart(side: Side): void {
    const other: Side = side === 0 ? 1 : 0;
    const knew = this.#pair.endpoint(other).status(this.#pair.nowUs);
    if (this.#witness === side) this.#witness = undefined;
    else if (!this.#restarted && knew.bound && !knew.ended) this.#witness = other;
    this.#restarted = true;
  }

  #schedule(fault: Fault): void {
    this.#pair.at(fault.startUs, () => this.#apply(fault, true));
    if (fault.endUs > fault.startUs) this.#pair.at(fault.endUs, () => this.#apply(fault, false));
  }

  #apply(fault: Fault, begins: boolean): void {
    const pair = this.#pair;
    switch (fault.kind) {
      case "cut":
        for (const side of fault.sides) pair.setCut(side, fault.link, begins);
        break;
      case "blackout":
        for (const side of bothSides) for (const link of bothLinks) pair.setCut(side, link, begins);
        break;
      case "carrier":
        for (const side of fault.sides) {
          pair.setCut(side, fault.link, begins);
          if (begins || fault.returnIsTold) pair.carrier(side, fault.link, !begins);
        }
        break;
      case "disconnect":
        if (begins) pair.disconnect(fault.link);
        else pair.reconnect(fault.link);
        break;
      case "slow":
        for (const side of bothSides)
          pair.paths[side][fault.link].conditions.rate =
            this.#scenario.links[fault.link].conditions.rate / (begins ? fault.factor : 1);
        break;
      case "lossy":
        for (const side of bothSides)
          pair.paths[side][fault.link].conditions.drop = begins
            ? fault.drop
            : this.#scenario.links[fault.link].conditions.drop;
        break;
      case "errors":
        if (begins) pair.input(fault.side, { kind: "linkError", link: fault.link, fatal: fault.fatal });
        break;
      case "stall":
        if (begins) pair.stall(fault.side, fault.endUs);
        break;
      case "restart":
        this.#noteRestart(fault.side);
        pair.restart(fault.side, this.#config(fault.side, 1_000 + this.#random.below(1_000_000)));
    }
  }
}

function linkOptions(scenario: Scenario, link: LinkIndex) {
  const { reliable, checksum, frameBytesMax } = scenario.links[link];
  return { reliable, checksum, frameBytesMax, inFlightBytesMax: 65_536 };
}

/** What is wrong with a takeover record, if anything. */
function takeoverFault(scenario: Scenario, record: TakeoverRecord): string | undefined {
  const { detectUs, decideUs, switchUs, replayUs, totalUs } = record;
  if (Math.min(detectUs, decideUs, switchUs, replayUs) < 0) return `negative time in ${JSON.stringify(record)}`;
  if (detectUs + decideUs + switchUs + replayUs !== totalUs) return `times do not add up in ${JSON.stringify(record)}`;
  const stalls = scenario.faults.some((fault) => fault.kind === "stall" || fault.kind === "blackout");
  if (record.trigger !== "silenceConfirmed" || stalls || scenario.faults.length > 1) return undefined;
  const boundUs = blameUs(scenario) + scenario.heartbeatIntervalUs + graceUs(scenario) - scenario.progressTimeoutUs;
  return detectUs + decideUs > boundUs ? `took ${detectUs + decideUs} us to blame, bound ${boundUs}` : undefined;
}
