/** The TCP (or TLS) connection of one link: bytes in through a reader, frames out in batches, and whether there is room. */

import { Socket } from "node:net";
import type { ByteReader, Taker } from "./byte-reader.ts";

/** Unsent bytes in the process beyond which the link takes no more data; the kernel's own buffer comes on top. */
const unsentBytesMax = 524_288;
/** Reading pauses while so much waits to be taken: no frame is longer. */
const untakenBytesPause = 1_048_576;
/** The same while the handshake is under way, which is far shorter. */
const handshakeBytesPause = 65_536;
/** Bytes that one connection reads before the others get their turn. */
const turnBytesMax = 1_048_576;

export interface LinkSocketEvents {
  /** Bytes have come: {@link LinkSocket.take} takes them. */
  arrived(): void;
  /** Room again, or no longer. */
  writable(writable: boolean): void;
  /** The connection is gone; called once. */
  closed(reason: string): void;
}

export class LinkSocket {
  readonly socket: Socket;
  readonly #reader: ByteReader;
  #events: LinkSocketEvents | undefined;
  #writable = true;
  #reason = "closed by the peer";
  #pending: Uint8Array[] = [];
  #isPaused = false;
  /** Read since the other connections last had their turn. */
  #turnBytes = 0;
  #turnEnd: NodeJS.Immediate | undefined;

  /** `socket` reads into `reader` already when it was made by {@link readInto}; others are read by events. */
  constructor(socket: Socket, reader: ByteReader, readsItself: boolean) {
    this.socket = socket;
    this.#reader = reader;
    if (!readsItself)
      socket.on("data", (chunk: Buffer) => {
        if (!reader.append(chunk)) this.destroy("wrong bytes");
        else if (!reader.mayReadOn(chunk.length)) socket.pause();
      });
    reader.mayReadOn = (bytes) => this.#mayReadOn(bytes);
    socket.setNoDelay(true);
    socket.on("drain", () => this.#setWritable(true));
    socket.on("error", (error) => {
      this.#reason = error.message;
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      clearImmediate(this.#turnEnd);
      this.#events?.closed(this.#reason);
    });
  }

  /** From now on `events` gets the news. */
  attach(events: LinkSocketEvents): void {
    this.#events = events;
    this.#reader.arrived = () => events.arrived();
    if (this.socket.destroyed) queueMicrotask(() => events.closed(this.#reason));
    else queueMicrotask(() => events.arrived());
  }

  /** Lets `taker` take of what has arrived, once; true when there is more that it might take. */
  take(taker: Taker): boolean {
    const taken = this.#reader.take(taker);
    if (taken < 0) {
      this.destroy("wrong bytes");
      return false;
    }
    if (this.#isPaused && this.#turnEnd === undefined) this.#readOn();
    return taken > 0 && this.#reader.untakenBytes > 0;
  }

  /** Keeps bytes until {@link flush}; returns how many. They must not change until they are sent. */
  write(head: Uint8Array, payload: readonly Uint8Array[]): number {
    this.#pending.push(head);
    let bytes = head.length;
    for (const piece of payload) {
      this.#pending.push(piece);
      bytes += piece.length;
    }
    return bytes;
  }

  /** Hands everything kept to the kernel in one call. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const pieces = this.#pending;
    this.#pending = [];
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
    if (pieces.length === 1) socket.write(pieces[0]!);
    else {
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    }
    if (socket.writableLength > unsentBytesMax) this.#setWritable(false);
  }

  /** Bytes handed over and not yet taken by the kernel. */
  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  /** The connection's descriptor, -1 where it has none. */
  get fd(): number {
    const { _handle: handle } = this.socket as unknown as { _handle?: { fd?: number } | null };
    return handle?.fd ?? -1;
  }

  /** Sends what is kept, then closes in an orderly way. */
  end(): void {
    this.flush();
    this.socket.end();
    setTimeout(() => this.socket.destroy(), 500).unref();
  }

  destroy(reason: string): void {
    this.#reason = reason;
    this.socket.destroy();
  }

  #setWritable(writable: boolean): void {
    if (writable === this.#writable) return;
    this.#writable = writable;
    this.#events?.writable(writable);
  }

  /** Whether the connection is read on after so many more bytes; if not, reading goes on by itself later. */
  #mayReadOn(bytes: number): boolean {
    this.#turnBytes += bytes;
    this.#turnEnd ??= setImmediate(() => this.#endTurn());
    this.#isPaused = this.#turnBytes >= turnBytesMax || this.#isFull;
    return !this.#isPaused;
  }

  #endTurn(): void {
    this.#turnEnd = undefined;
    this.#turnBytes = 0;
    if (this.#isPaused) this.#readOn();
  }

  #readOn(): void {
    if (this.#isFull) return;
    this.#isPaused = false;
    this.socket.resume();
  }

  get #isFull(): boolean {
    const most = this.#events === undefined ? handshakeBytesPause : untakenBytesPause;
    return this.#reader.untakenBytes >= most;
  }
}

/** Options that make a socket read straight into the reader's blocks, which is about twice as fast as 'data' events. */
export function readInto(reader: ByteReader, broken: () => void) {
  return {
    onread: {
      buffer: () => reader.space(),
      callback: (bytes: number) => {
        if (reader.filled(bytes)) return reader.mayReadOn(bytes);
        broken();
        return false;
      },
    },
  };
}

/** A socket on a descriptor that is not connected yet; Node would read from it at once without `manualStart`. */
export function unconnectedSocket(fd: number, reading: object): Socket {
  const options = { fd, readable: true, writable: true, manualStart: true, ...reading };
  return new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
}

/**
 * An accepted socket with such reading. Node offers `onread` for outgoing connections only, so the accepted connection's
 * handle is given to a new socket; where that is not possible undefined is returned and 'data' events serve.
 */
export function adoptAccepted(accepted: Socket, reader: ByteReader): Socket | undefined {
  const inner = accepted as unknown as { _handle: object | null };
  const handle = inner._handle;
  if (handle === null || handle === undefined) return undefined;
  inner._handle = null;
  accepted.destroy();
  const socket: Socket = new Socket({
    handle,
    readable: true,
    writable: true,
    ...readInto(reader, () => socket.destroy()),
  } as unknown as ConstructorParameters<typeof Socket>[0]);
  return socket;
}
