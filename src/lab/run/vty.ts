/** Asks a daemon of FRR over the socket that vtysh uses: far cheaper than a vtysh for every question. */

import { createConnection } from "node:net";

const answerMsMax = 2_000;
const answerBytesMax = 16e6;
/** An answer ends with three zero bytes and a byte that says how it went. */
const endLength = 4;

/** The answer to a `show` command, read as JSON; undefined when the daemon is not there or does not answer. */
export async function askDaemon(socket: string, question: string): Promise<unknown> {
  const text = await exchange(socket, ["enable", question]);
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // It answered in words, as it does where its protocol is not configured.
    return undefined;
  }
}

/** Sends the lines one after the other; the answer to the last. */
function exchange(socket: string, lines: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const chunks: Buffer[] = [];
    let bytes = 0;
    let next = 0;
    const end = (answer?: string) => {
      connection.destroy();
      resolve(answer);
    };
    const send = () => connection.write(`${lines[next++]}\0`);
    connection.setTimeout(answerMsMax, () => end());
    connection.on("error", () => end()).on("close", () => end());
    connection.on("connect", send);
    connection.on("data", (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > answerBytesMax) return end();
      const tail = Buffer.concat(chunks.slice(-endLength)).subarray(-endLength);
      if (tail.length < endLength || tail[0] !== 0 || tail[1] !== 0 || tail[2] !== 0) return;
      if (next === lines.length) return end(Buffer.concat(chunks).subarray(0, -endLength).toString("utf8"));
      chunks.length = 0;
      send();
    });
  });
}
