/** Bytes a second through the pair, beside iperf3 over the same links, with the processor time of both ends. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Host } from "../../test/transport/host.ts";
import type { TwoHosts } from "../../test/transport/namespaces.ts";

export interface Throughput {
  readonly gbps: number;
  /** Of both ends together. */
  readonly cpuSecondsPerGigabyte: number;
}

const port = 7_100;
/** Not counted, for iperf3 neither: connections find their rate. */
const warmUpSeconds = 1;

/** One session in this mode for some seconds, in writes of this length. */
export async function measureSession(
  root: string,
  hosts: TwoHosts,
  mode: string,
  seconds: number,
  messageBytes: number,
): Promise<Throughput> {
  const links = ([0, 1] as const).map((link) => ({ host: hosts.address(1, link), port }));
  const common = { mode, full: true, plain: true, messageBytes };
  const receiver = new Host(root, hosts.names[1], { ...common, role: "receive", links });
  let sender: Host | undefined;
  try {
    await receiver.next("listening");
    const from = links.map((target, link) => ({ ...target, localAddress: hosts.address(0, link as 0 | 1) }));
    sender = new Host(root, hosts.names[0], { ...common, role: "send", links: from });
    await sender.next("bothUp");
    await sleep(warmUpSeconds * 1_000);
    const before = await look(sender, receiver);
    await sleep(seconds * 1_000);
    const after = await look(sender, receiver);
    const bytes = after.bytes - before.bytes;
    sender.tell("stop");
    await receiver.next("received");
    return {
      gbps: (bytes * 8) / (after.atMs - before.atMs) / 1e6,
      cpuSecondsPerGigabyte: (after.cpuSeconds - before.cpuSeconds) / (bytes / 1e9),
    };
  } finally {
    await sender?.stop();
    await receiver.stop();
  }
}

async function look(sender: Host, receiver: Host) {
  receiver.tell("gap");
  sender.tell("cpu");
  const received = await receiver.next("gap");
  const atMs = performance.now();
  const sent = await sender.next("cpu");
  const cpuSeconds = (received.cpuSeconds as number) + (sent.cpuSeconds as number);
  return { bytes: received.receivedBytes as number, cpuSeconds, atMs };
}

/** iperf3 over one link, or over both when run under mptcpize with endpoints set. */
export async function measureIperf(
  hosts: TwoHosts,
  link: 0 | 1,
  seconds: number,
  wrapper: readonly string[] = [],
): Promise<Throughput> {
  const server = spawn("ip", ["netns", "exec", hosts.names[1], ...wrapper, "iperf3", "-s", "-1"], { stdio: "ignore" });
  const ended = once(server, "exit");
  try {
    await sleep(400);
    const to = ["-c", hosts.address(1, link), "-t", String(seconds), "-O", String(warmUpSeconds), "-J"];
    const { end } = JSON.parse(hosts.run(0, [...wrapper, "iperf3", ...to]));
    const { host_total, remote_total } = end.cpu_utilization_percent;
    const { bits_per_second: rate } = end.sum_received;
    return { gbps: rate / 1e9, cpuSecondsPerGigabyte: (host_total + remote_total) / 100 / (rate / 8e9) };
  } finally {
    server.kill();
    await ended;
  }
}
