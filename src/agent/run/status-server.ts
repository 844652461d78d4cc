/** The status of a running agent over a socket of its own. */

import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { userError } from "../../base/diagnostics.ts";
import type { AgentStatus } from "../events.ts";
import type { LinkReading } from "./link-reading.ts";

export interface StatusDocument {
  readonly pid: number;
  readonly status: AgentStatus;
  readonly readings: readonly (LinkReading | null)[];
}

const answerBytesMax = 4_194_304;

/** Answers every connection with one JSON document. */
export async function serveStatus(path: string, document: () => StatusDocument | undefined): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(JSON.stringify(document() ?? null));
  });
  server.listen(path);
  await once(server, "listening");
  server.unref();
  return server;
}

/** The status of the agent of this network namespace. Throws a `UserError` when none answers. */
export async function askStatus(path: string): Promise<StatusDocument> {
  const socket = connect(path);
  let text = "";
  try {
    socket.setEncoding("utf8");
    for await (const part of socket) {
      text += part;
      if (text.length > answerBytesMax) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const remedy =
      code === "EACCES" || code === "EPERM"
        ? "Ask as root."
        : "Start it with twinspine agent run; a namespace has its own agent: ip netns exec NAME twinspine agent status.";
    throw userError("agent/running", `no agent answers in this network namespace (${code})`, remedy);
  }
  const document = JSON.parse(text === "" ? "null" : text) as StatusDocument | null;
  if (document === null) throw userError("agent/running", "the agent has only just started", "Ask again in a second.");
  return document;
}
