/** What must be true of every stream, kept beside the endpoints: the right bytes, once, in order, and not too many. */

import type { Side } from "./simulated-pair.ts";

const patternBytes = 65_521;
const pattern = Uint8Array.from({ length: 2 * patternBytes }, (_, index) => {
  const at = index % patternBytes;
  return (at * 197 + (at >> 7) * 31) & 0xff;
});

/** The bytes that one direction of a stream carries at an offset. A view. */
export function expectedBytes(stream: number, from: Side, offset: number, length: number): Uint8Array {
  const start = (stream * 7_919 + from * 101 + offset) % patternBytes;
  return pattern.subarray(start, start + length);
}

/** One direction of one stream. */
export interface Flow {
  readonly stream: number;
  readonly from: Side;
  writtenBytes: number;
  deliveredBytes: number;
  finishedByWriter: boolean;
  finishedAtReader: boolean;
  /** Given up on purpose by either side: what was not delivered need not be. */
  givenUp: boolean;
}

export function createFlow(stream: number, from: Side): Flow {
  return {
    stream,
    from,
    writtenBytes: 0,
    deliveredBytes: 0,
    finishedByWriter: false,
    finishedAtReader: false,
    givenUp: false,
  };
}

/** Takes delivered bytes; returns what is wrong with them, if anything. */
export function deliver(flow: Flow, bytes: Uint8Array): string | undefined {
  const label = `stream ${flow.stream} from side ${flow.from}`;
  if (flow.finishedAtReader) return `${label}: bytes after the end`;
  if (flow.deliveredBytes + bytes.length > flow.writtenBytes) return `${label}: more bytes than were written`;
  const expected = expectedBytes(flow.stream, flow.from, flow.deliveredBytes, bytes.length);
  for (let index = 0; index < bytes.length; index++)
    if (bytes[index] !== expected[index]) return `${label}: wrong byte at ${flow.deliveredBytes + index}`;
  flow.deliveredBytes += bytes.length;
  return undefined;
}

/** Takes the end of the stream; returns what is wrong with it, if anything. */
export function finish(flow: Flow): string | undefined {
  const label = `stream ${flow.stream} from side ${flow.from}`;
  if (flow.finishedAtReader) return `${label}: ended twice`;
  if (!flow.finishedByWriter) return `${label}: ended before its writer ended it`;
  if (flow.deliveredBytes !== flow.writtenBytes)
    return `${label}: ended ${flow.writtenBytes - flow.deliveredBytes} bytes early`;
  flow.finishedAtReader = true;
  return undefined;
}

/** Whether nothing more is to be expected. */
export function isDone(flow: Flow): boolean {
  return flow.givenUp || flow.finishedAtReader;
}
