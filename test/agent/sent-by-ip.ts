/** The netlink messages that iproute2 and ethtool send, as strace sees them. */

import { spawnSync } from "node:child_process";

/** The last message that the command sends to the kernel, with its sequence number cleared. */
export function sentBy(command: readonly string[]): Buffer {
  const run = spawnSync("strace", ["-f", "-e", "trace=sendmsg,sendto", "-e", "write=all", "-s", "9999", ...command], {
    encoding: "utf8",
  });
  const messages: number[][] = [];
  for (const line of run.stderr.split("\n")) {
    if (/^ \* \d+ bytes in buffer 0/.test(line)) messages.push([]);
    const dump = /^ \| [0-9a-f]{5} {2}((?:[0-9a-f]{2} {1,2})+)/.exec(line);
    if (dump !== null)
      (messages.at(-1) ?? []).push(
        ...dump[1]!
          .trim()
          .split(/\s+/)
          .map((hex) => Number.parseInt(hex, 16)),
      );
  }
  const last = messages.at(-1);
  if (last === undefined) throw new Error(`${command.join(" ")} sent nothing:\n${run.stderr}${run.stdout}`);
  const bytes = Buffer.from(last);
  bytes.writeUInt32LE(0, 8);
  return bytes;
}
