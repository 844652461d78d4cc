/** One end of a probe, in the namespace of its server. Started by probe.ts; times are those of CLOCK_MONOTONIC. */

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { constants, setPriority } from "node:os";
import {
  type FromProbe,
  messageBytes,
  type ProbeMarks,
  type SinkSetup,
  type SourceSetup,
  type ToProbe,
} from "../probe/messages.ts";

type Rows = [number, number, number][];

const tell = (message: FromProbe) => process.send?.(message);
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

function message(flow: number, sequence: number): Buffer {
  const bytes = Buffer.alloc(messageBytes);
  bytes.writeUInt32BE(flow, 0);
  bytes.writeUInt32BE(sequence, 4);
  return bytes;
}

function noted(rows: Rows, bytes: Buffer): void {
  rows.push([bytes.readUInt32BE(0), bytes.readUInt32BE(4), nowMs()]);
}

async function sink({ address }: SinkSetup): Promise<() => ProbeMarks> {
  const [udp, tcp]: [Rows, Rows] = [[], []];
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  socket.on("message", (bytes) => {
    if (bytes.length === messageBytes) noted(udp, bytes);
  });
  socket.bind(0, address);
  const server = createServer((connection) => {
    let rest = Buffer.alloc(0);
    connection.on("error", () => {});
    connection.on("data", (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (; rest.length >= messageBytes; rest = rest.subarray(messageBytes)) noted(tcp, rest);
    });
  }).listen(0, address);
  await Promise.all([once(socket, "listening"), once(server, "listening")]);
  tell({ kind: "listening", udpPort: socket.address().port, tcpPort: (server.address() as { port: number }).port });
  return () => ({ kind: "marks", udp, tcp });
}

async function source(setup: SourceSetup): Promise<() => ProbeMarks> {
  const { address, peer, flows, intervalMs } = setup;
  const [udp, tcp]: [Rows, Rows] = [[], []];
  const sockets = await Promise.all(
    Array.from({ length: flows }, async (): Promise<UdpSocket> => {
      const socket = createSocket("udp4");
      // A refusal from a switch that has lost its route is a loss like any other.
      socket.on("error", () => {});
      socket.bind(0, address);
      await once(socket, "listening");
      socket.connect(setup.udpPort, peer);
      await once(socket, "connect");
      return socket;
    }),
  );
  const connections = await Promise.all(
    Array.from({ length: flows }, async (): Promise<Socket> => {
      const connection = connect({ host: peer, port: setup.tcpPort, localAddress: address, noDelay: true });
      await once(connection, "connect");
      connection.on("error", (error) => tell({ kind: "failed", message: `TCP: ${error.message}` }));
      return connection;
    }),
  );
  tell({ kind: "ready" });
  const beginMs = nowMs();
  let turn = 0;
  const timer = setInterval(() => {
    // What is due by the clock, so that a late timer changes no rate; flows in turn, evenly spread over the interval.
    for (const dueTurn = ((nowMs() - beginMs) * flows) / intervalMs; turn < dueTurn; turn++) {
      const [flow, sequence] = [turn % flows, Math.floor(turn / flows)];
      udp.push([flow, sequence, nowMs()]);
      sockets[flow]!.send(message(flow, sequence), () => {});
      tcp.push([flow, sequence, nowMs()]);
      connections[flow]!.write(message(flow, sequence));
    }
  }, 1);
  return () => {
    clearInterval(timer);
    return { kind: "marks", udp, tcp };
  };
}

async function run(): Promise<void> {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Without the right to it gaps grow by what others take of the processor; the undisturbed gap shows it.
  }
  const [setup] = (await once(process, "message")) as [ToProbe];
  if (setup.kind === "stop") return;
  const marks = setup.kind === "sink" ? await sink(setup) : await source(setup);
  process.on("message", () => process.send?.(marks()));
}

process.on("disconnect", () => process.exit());
run().catch((error: unknown) => {
  tell({ kind: "failed", message: String(error) });
  process.disconnect?.();
});
