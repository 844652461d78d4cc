/**
 * TCP connections through a session: the asking side accepts them and names the target, the serving side dials it. Only
 * targets the serving side allows are dialled, so that it is no open proxy.
 */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TransportError } from "./errors.ts";
import type { TransportLogger } from "./options.ts";
import type { Session } from "./session.ts";
import type { SessionStream } from "./session-stream.ts";

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Accept on `local`, dial `remote` at the other end. */
export interface Forwarding {
  readonly local: HostPort;
  readonly remote: HostPort;
}

const targetBytesMax = 300;
const targetTimeoutMs = 5_000;

/** Host and port as text; IPv6 in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The reverse of {@link formatHostPort}; undefined when it is no host and port. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/=]+)):(\d{1,5})$/.exec(text);
  if (match === null || text.length > targetBytesMax) return undefined;
  const port = Number(match[3]);
  return port > 65_535 ? undefined : { host: match[1] ?? match[2]!, port };
}

/** Accepts connections on `forwarding.local` and sends each through the session `current` gives; closes them without one. */
export async function acceptForwards(
  forwarding: Forwarding,
  current: () => Session | undefined,
  logger: TransportLogger,
): Promise<Server> {
  const target = Buffer.from(formatHostPort(forwarding.remote));
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const session = current();
    if (session === undefined || session.end !== undefined) {
      logger.warn({ from: socket.remoteAddress }, "no session: connection closed");
      socket.destroy();
      return;
    }
    const stream = session.openStream();
    const head = Buffer.alloc(2);
    head.writeUInt16BE(target.length);
    stream.write(Buffer.concat([head, target]));
    void join(socket, stream, logger);
  });
  server.listen(forwarding.local);
  await once(server, "listening");
  return server;
}

/** Dials the targets the peer names, those in `allowed` only. */
export function serveForwards(session: Session, allowed: readonly HostPort[], logger: TransportLogger): void {
  const names = new Set(allowed.map(formatHostPort));
  session.on("stream", (stream) => void serve(stream, names, logger));
}

async function serve(stream: SessionStream, allowed: ReadonlySet<string>, logger: TransportLogger): Promise<void> {
  stream.on("error", () => {});
  const timer = setTimeout(() => stream.destroy(new Error("no target named")), targetTimeoutMs);
  try {
    const length = (await readExactly(stream, 2)).readUInt16BE();
    if (length > targetBytesMax) throw new TransportError("transport/forward", "the target's name is too long");
    const name = (await readExactly(stream, length)).toString();
    const target = parseHostPort(name);
    if (target === undefined || !allowed.has(name))
      throw new TransportError("transport/forward", `${JSON.stringify(name)} is not among the allowed targets`);
    clearTimeout(timer);
    const socket = connect({ ...target, allowHalfOpen: true });
    stream.once("close", () => socket.destroy());
    await once(socket, "connect");
    await join(socket, stream, logger);
  } catch (error) {
    logger.warn({ reason: String(error) }, "forward refused");
    stream.destroy(error as Error);
  } finally {
    clearTimeout(timer);
  }
}

async function readExactly(stream: Duplex, bytes: number): Promise<Buffer> {
  for (;;) {
    const got = stream.read(bytes) as Buffer | null;
    if (got !== null && got.length === bytes) return got;
    if (stream.readableEnded || stream.destroyed) throw new TransportError("transport/forward", "no target was named");
    await anyOf(stream, ["readable", "end", "close"]);
  }
}

/** Resolves at the first of the events and leaves no listener behind. */
function anyOf(stream: Duplex, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stream.removeListener(event, done);
      resolve();
    };
    for (const event of events) stream.once(event, done);
  });
}

/** Both directions, each ending by itself; a failure of one side ends the other. */
async function join(socket: Socket, stream: SessionStream, logger: TransportLogger): Promise<void> {
  socket.setNoDelay(true);
  try {
    await Promise.all([pipeline(socket, stream), pipeline(stream, socket)]);
  } catch (error) {
    logger.debug({ reason: String(error) }, "forwarded connection broken");
    socket.destroy();
    stream.destroy();
  }
}
