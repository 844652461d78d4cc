/** Bytes a second through the pair, beside iperf3 over the same links. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Host } from "../../test/transport/host.ts";
import type { TwoHosts } from "../../test/transport/namespaces.ts";

export interface Throughput {
  readonly gbps: number;
  /** Of both ends together; 0 when not measured. */
  readonly cpuSecondsPerGigabyte: number;
}

const port = 7_100;

/** One session in this mode for some seconds. */
export async function measureSession(
  root: string,
  hosts: TwoHosts,
  mode: string,
  seconds: number,
): Promise<Throughput> {
  const links = ([0, 1] as const).map((link) => ({ host: hosts.address(1, link), port }));
  const common = { mode, full: true, messageBytes: 8_192 };
  const receiver = new Host(root, hosts.names[1], { ...common, role: "receive", links });
  let sender: Host | undefined;
  try {
    await receiver.next("listening");
    const from = links.map((target, link) => ({ ...target, localAddress: hosts.address(0, link as 0 | 1) }));
    sender = new Host(root, hosts.names[0], { ...common, role: "send", links: from });
    await sender.next("bothUp");
    await sleep(500);
    receiver.tell("gap");
    const before = (await receiver.next("gap")).receivedBytes as number;
    const startedMs = performance.now();
    await sleep(seconds * 1_000);
    receiver.tell("gap");
    const after = (await receiver.next("gap")).receivedBytes as number;
    const tookMs = performance.now() - startedMs;
    sender.tell("stop");
    const sent = await sender.next("sent");
    const received = await receiver.next("received");
    const cpuSeconds = (sent.cpuSeconds as number) + (received.cpuSeconds as number);
    return {
      gbps: ((after - before) * 8) / tookMs / 1e6,
      cpuSecondsPerGigabyte: cpuSeconds / ((sent.bytes as number) / 1e9),
    };
  } finally {
    await sender?.stop();
    await receiver.stop();
  }
}

/** iperf3 over link 0, or over both when run under mptcpize with endpoints set. */
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
    const text = hosts.run(0, [
      ...wrapper,
      "iperf3",
      "-c",
      hosts.address(1, link),
      "-t",
      String(seconds),
      "-O",
      "1",
      "-J",
    ]);
    const { end } = JSON.parse(text);
    const { host_total, remote_total } = end.cpu_utilization_percent;
    const { bits_per_second: rate } = end.sum_received;
    return { gbps: rate / 1e9, cpuSecondsPerGigabyte: (host_total + remote_total) / 100 / (rate / 8e9) };
  } finally {
    server.kill();
    await ended;
  }
}
