/** What waits to be sent, by traffic class, and whose turn it is. */

import { type Chunk, chunkBytes, type DataChunk } from "./chunk.ts";
import { Fifo } from "./fifo.ts";
import { isSettled, type SendStream } from "./send-stream.ts";
import { type ClassConfig, type ClassTable, type TrafficClass, trafficClasses } from "./traffic-classes.ts";

/** A class is served out of turn when it has been denied this much of its floor. */
const floorDebtBytes = 65_536;
/** A class cannot save up more than this of its floor. */
const floorDebtBytesMax = 1_048_576;
/** Streams looked at when adding up what waits. */
const streamsLookedAtMax = 16;

export class ClassQueue {
  readonly name: TrafficClass;
  readonly config: ClassConfig;
  /** Chunks to be sent again. */
  readonly again = new Fifo<DataChunk>();
  /** Streams that can send, by turns. */
  readonly streams = new Fifo<SendStream>();
  floorDebt = 0;
  servedBytes = 0;
  /** Not before this time, while the class is paced. */
  paceUs = 0;

  constructor(name: TrafficClass, config: ClassConfig) {
    this.name = name;
    this.config = config;
  }

  /** Drops what need not be sent any more from the front. True when something waits. */
  tidy(sessionCredit: number, settled: (chunk: Chunk) => void): boolean {
    for (let chunk = this.again.peek(); chunk !== undefined && isSettled(chunk); chunk = this.again.peek()) {
      this.again.shift();
      chunk.queued = false;
      settled(chunk);
    }
    if (this.again.size > 0) return true;
    for (let turn = this.streams.size; turn > 0; turn--) {
      const stream = this.streams.peek()!;
      if (stream.hasChunk(sessionCredit)) return true;
      this.streams.shift();
      if (sessionCredit <= 0 && stream.hasChunk(1)) this.streams.push(stream);
      else stream.ready = false;
    }
    return false;
  }

  /** Bytes that could go now, were there room; only the first streams are looked at. */
  waitingBytes(sessionCredit: number): number {
    let bytes = this.again.size * 65_536;
    const streams = this.streams.size;
    if (streams === 1) return bytes + this.streams.peek()!.sendableBytes(sessionCredit);
    for (const stream of this.streams.first(streamsLookedAtMax)) bytes += stream.sendableBytes(sessionCredit);
    return Math.min(bytes, sessionCredit);
  }
}

export class ClassQueues {
  readonly byName: Readonly<Record<TrafficClass, ClassQueue>>;
  /** Most urgent first. */
  readonly #ordered: ClassQueue[];
  readonly #anyFloor: boolean;

  constructor(table: ClassTable) {
    const queues = trafficClasses.map((name) => new ClassQueue(name, table[name]));
    this.byName = Object.fromEntries(queues.map((each) => [each.name, each])) as Record<TrafficClass, ClassQueue>;
    this.#ordered = [...queues].sort((left, right) => left.config.priority - right.config.priority);
    this.#anyFloor = queues.some((each) => each.config.floor > 0);
  }

  get all(): readonly ClassQueue[] {
    return this.#ordered;
  }

  /** All classes in the order they should be tried now: those below their floor, then by priority, then least served. */
  inOrder(): readonly ClassQueue[] {
    const ordered = this.#ordered;
    for (let at = 1; at < ordered.length; at++)
      for (let to = at; to > 0 && goesBefore(ordered[to]!, ordered[to - 1]!); to--)
        [ordered[to], ordered[to - 1]] = [ordered[to - 1]!, ordered[to]!];
    return ordered;
  }

  /** A chunk of this class was sent. */
  served(queue: ClassQueue, chunk: Chunk, sessionCredit: number): void {
    const bytes = chunkBytes(chunk);
    queue.servedBytes += bytes;
    if (!this.#anyFloor) return;
    for (const each of this.#ordered) {
      const waits = each.again.size > 0 || each.streams.size > 0;
      if (!waits || sessionCredit <= 0) each.floorDebt = 0;
      else each.floorDebt = Math.min(each.floorDebt + bytes * each.config.floor, floorDebtBytesMax);
    }
    queue.floorDebt = Math.max(queue.floorDebt - bytes, 0);
  }
}

function goesBefore(left: ClassQueue, right: ClassQueue): boolean {
  const leftOwed = left.floorDebt >= floorDebtBytes;
  if (leftOwed !== right.floorDebt >= floorDebtBytes) return leftOwed;
  if (left.config.priority !== right.config.priority) return left.config.priority < right.config.priority;
  return left.servedBytes < right.servedBytes;
}
