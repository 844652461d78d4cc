/**
 * The fluid engine: transfers flow at max-min fair rates, which change only when a transfer starts, ends or takes another
 * path, or a capacity changes. Between such events nothing is computed. Time is whole ticks, a picosecond each unless said
 * otherwise, from the engine's own start; that of a completion is also known exactly, as a fraction of ticks.
 */

import { assert, defined } from "../../base/assert.ts";
import { EventHeap } from "../../base/event-heap.ts";
import { FairRates } from "./fair-rates.ts";

/** One way that a transfer's bytes take; the slowest of its resources limits it. */
export interface Lane {
  /** Resources that the lane loads. */
  readonly resources: ArrayLike<number>;
  /** Bytes on each resource for every byte of the lane. Default 1 each. */
  readonly coefficients?: ArrayLike<number> | undefined;
  /** Share of a common bottleneck, relative to other lanes. Default 1. */
  readonly weight?: number | undefined;
  /** Bytes a second at most. Default: no limit. */
  readonly rateMax?: number | undefined;
}

export interface Transfer {
  readonly bytes: number;
  /** Ways that carry the transfer side by side. */
  readonly lanes: readonly Lane[];
  /** Whether each lane carries a part of the bytes, so that rates add up (default), or all of them, so that the fastest counts. */
  readonly lanesCarry?: "parts" | "copies" | undefined;
  /** Lower is served first, 0 to 255. Default 0. */
  readonly priority?: number | undefined;
}

export interface EngineOptions {
  /** Default 1e12: a tick is a picosecond, and a run lasts at most 9,007 s. */
  readonly ticksPerSecond?: number | undefined;
  /** Whether to count the bytes that each resource carries. Default false. */
  readonly meter?: boolean | undefined;
  /** Share of every resource, by priority, that transfers are given before more urgent ones. Default: none. */
  readonly floors?: ReadonlyMap<number, number> | undefined;
}

/** The last tick that time can reach. */
export const ticksMax = Number.MAX_SAFE_INTEGER;

interface Running {
  readonly priority: number;
  readonly copies: boolean;
  lanes: readonly Lane[];
  /** Variable of each lane. */
  variables: number[];
  left: number;
  /** Bytes a second of all lanes and of each, and since when. */
  rate: number;
  laneRates: number[];
  since: number;
  /** Tick at which it ends at this rate; -1 for never. */
  finish: number;
}

/** Called when a transfer has ended: its id and the exact time in ticks, at most half a tick from the engine's now. */
export type OnComplete = (id: number, exactTicks: number) => void;

export class FluidEngine {
  readonly ticksPerSecond: number;
  /** Bytes that each resource has carried up to the last event that concerned them; empty without `meter`. */
  readonly carried: Float64Array;
  readonly #rates: FairRates;
  readonly #heap = new EventHeap<number>(1024);
  readonly #transfers: (Running | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #actions = new Map<number, () => void>();
  readonly #ownerOf: number[] = [];
  #nextAction = -1;
  #now = 0;
  #running = 0;
  #events = 0;

  /** `capacities` of the resources in bytes a second. */
  constructor(capacities: Float64Array, { ticksPerSecond = 1e12, meter = false, floors }: EngineOptions = {}) {
    this.#rates = new FairRates(capacities, floors);
    this.ticksPerSecond = ticksPerSecond;
    this.carried = new Float64Array(meter ? capacities.length : 0);
  }

  /** Whole ticks since the start. */
  get nowTicks(): number {
    return this.#now;
  }

  /** Transfers that have started and not ended. */
  get runningCount(): number {
    return this.#running;
  }

  /** Events so far: ends of transfers and actions. */
  get eventCount(): number {
    return this.#events;
  }

  /** Starts a transfer now and returns its id; ids of ended transfers are used again. */
  start({ bytes, lanes, lanesCarry = "parts", priority = 0 }: Transfer): number {
    assert(bytes >= 0 && bytes < Number.POSITIVE_INFINITY, "a transfer has a number of bytes");
    const id = this.#freeIds.pop() ?? this.#transfers.length;
    const transfer: Running = {
      priority,
      copies: lanesCarry === "copies",
      lanes,
      variables: [],
      left: bytes,
      rate: 0,
      laneRates: lanes.map(() => 0),
      since: this.#now,
      finish: -1,
    };
    this.#transfers[id] = transfer;
    this.#running++;
    this.#addLanes(id, transfer);
    if (bytes === 0) this.#predict(id, transfer);
    return id;
  }

  /** Takes a transfer out; returns the bytes that it had left. */
  stop(id: number): number {
    const transfer = this.#transfer(id);
    this.#progress(transfer);
    this.#remove(id, transfer);
    return transfer.left;
  }

  /** Lets what is left of a transfer take other ways from now on. */
  reroute(id: number, lanes: readonly Lane[]): void {
    const transfer = this.#transfer(id);
    this.#progress(transfer);
    for (const variable of transfer.variables) this.#rates.remove(variable);
    transfer.lanes = lanes;
    transfer.variables = [];
    transfer.rate = 0;
    transfer.laneRates = lanes.map(() => 0);
    this.#addLanes(id, transfer);
    this.#predict(id, transfer);
  }

  setCapacity(resource: number, bytesPerSecond: number): void {
    this.#rates.setCapacity(resource, bytesPerSecond);
  }

  /** Calls `action` at a tick, not before now. */
  at(tick: number, action: () => void): void {
    assert(Number.isSafeInteger(tick) && tick >= this.#now, "an action lies in the future, at a whole tick");
    const key = this.#nextAction--;
    this.#actions.set(key, action);
    this.#heap.push(tick, key);
  }

  /** Bytes that a transfer has left now. */
  left(id: number): number {
    const transfer = this.#transfer(id);
    return transfer.left - this.#movedSince(transfer);
  }

  /** Bytes a second of a transfer now. */
  rate(id: number): number {
    this.#settle();
    return this.#transfer(id).rate;
  }

  /** Bytes a second on a resource now. */
  load(resource: number): number {
    this.#settle();
    return this.#rates.load(resource);
  }

  /**
   * Runs until nothing more can happen or `untilTicks` is reached, where time then stands. Transfers that stall for good
   * stay; {@link runningCount} tells.
   */
  run(onComplete: OnComplete, untilTicks = Number.POSITIVE_INFINITY): void {
    for (;;) {
      this.#settle();
      const next = this.#heap.peekTime();
      if (next === undefined || next > untilTicks) break;
      this.#now = next;
      while (this.#heap.peekTime() === next) this.#happen(this.#heap.pop()!, onComplete);
    }
    if (untilTicks < Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, untilTicks);
  }

  /** Brings `carried` up to now. */
  updateCarried(): void {
    for (const transfer of this.#transfers) if (transfer !== undefined) this.#progress(transfer);
  }

  #happen(event: number, onComplete: OnComplete): void {
    if (event < 0) {
      const action = defined(this.#actions.get(event), "action");
      this.#actions.delete(event);
      this.#events++;
      action();
      return;
    }
    const transfer = this.#transfers[event];
    // A rate that changed has left an event behind that means nothing any more.
    if (transfer === undefined || transfer.finish !== this.#now) return;
    this.#events++;
    const exact = this.#exactFinish(transfer);
    this.#meter(transfer, transfer.left);
    transfer.left = 0;
    this.#remove(event, transfer);
    onComplete(event, exact);
  }

  #transfer(id: number): Running {
    return defined(this.#transfers[id], "transfer");
  }

  #addLanes(id: number, transfer: Running): void {
    const { priority } = transfer;
    for (const { resources, coefficients, weight, rateMax } of transfer.lanes) {
      const variable = this.#rates.add({ resources, coefficients, weight, priority, rateMax });
      transfer.variables.push(variable);
      this.#ownerOf[variable] = id;
    }
  }

  #remove(id: number, transfer: Running): void {
    for (const variable of transfer.variables) this.#rates.remove(variable);
    this.#transfers[id] = undefined;
    this.#freeIds.push(id);
    this.#running--;
  }

  /** Brings rates and predicted ends up to date. */
  #settle(): void {
    for (const variable of this.#rates.solve()) {
      const id = this.#ownerOf[variable]!;
      const transfer = this.#transfer(id);
      if (transfer.variables.some((each, lane) => this.#rates.rates[each] !== transfer.laneRates[lane]))
        this.#changeRate(id, transfer);
    }
  }

  #changeRate(id: number, transfer: Running): void {
    this.#progress(transfer);
    transfer.rate = 0;
    for (const [lane, variable] of transfer.variables.entries()) {
      const rate = this.#rates.rates[variable]!;
      transfer.laneRates[lane] = rate;
      transfer.rate = transfer.copies ? Math.max(transfer.rate, rate) : transfer.rate + rate;
    }
    this.#predict(id, transfer);
  }

  #predict(id: number, transfer: Running): void {
    const exact = this.#exactFinish(transfer);
    if (exact > ticksMax) {
      transfer.finish = -1;
      return;
    }
    const finish = Math.max(this.#now, Math.round(exact));
    if (finish === transfer.finish) return;
    transfer.finish = finish;
    this.#heap.push(finish, id);
  }

  #exactFinish({ left, rate, since }: Running): number {
    if (left === 0) return since;
    return since + (left / rate) * this.ticksPerSecond;
  }

  #movedSince({ left, rate, since }: Running): number {
    if (this.#now === since || rate === 0) return 0;
    return Math.min(left, (rate * (this.#now - since)) / this.ticksPerSecond);
  }

  #progress(transfer: Running): void {
    const moved = this.#movedSince(transfer);
    this.#meter(transfer, moved);
    transfer.left -= moved;
    transfer.since = this.#now;
  }

  /** Counts bytes on the resources of a transfer, each lane's in proportion to its rate. */
  #meter(transfer: Running, moved: number): void {
    // What nothing limits goes over a lane without resources.
    if (this.carried.length === 0 || moved === 0 || transfer.rate === Number.POSITIVE_INFINITY) return;
    for (const [index, { resources, coefficients }] of transfer.lanes.entries()) {
      const share = transfer.lanes.length === 1 ? moved : moved * (transfer.laneRates[index]! / transfer.rate);
      for (let at = 0; at < resources.length; at++)
        this.carried[resources[at]!]! += share * (coefficients === undefined ? 1 : coefficients[at]!);
    }
  }
}
