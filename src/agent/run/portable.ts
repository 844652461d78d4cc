/**
 * The agent without kernel calls of its own: Node's datagram sockets, timers, `ip -batch` and `ip monitor`. Slower: each
 * change starts a process, timers keep a millisecond or two, and datagrams are not bound to their interface.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { parseMonitorLine } from "../../transport/carrier-watch.ts";
import { nowUs } from "../../transport/clock.ts";
import { eventLoopTicker } from "../../transport/ticker.ts";
import { AgentEngine } from "../engine.ts";
import type { AgentEvent } from "../events.ts";
import { emptyState } from "../kernel/kernel-steering.ts";
import type { FromWorker, ToWorker } from "../kernel/worker-messages.ts";
import { difference } from "../steering/difference.ts";
import { ipBatches } from "../steering/ip-command.ts";
import type { Operation } from "../steering/operations.ts";
import { fallbackState, type LinkFacts } from "../steering/wanted.ts";
import type { AgentOptions, Driver } from "./agent.ts";
import { releaseScript } from "./guardian.ts";

export function startPortable(options: AgentOptions, hear: (message: FromWorker) => void): Driver {
  const { host, key } = options;
  const sockets: (readonly [Socket | undefined, Socket | undefined])[] = [];
  let believed = emptyState;
  let monitor: ChildProcess | undefined;
  let switchMs = 0;
  const change = (operations: readonly Operation[]) => {
    const startUs = nowUs();
    const problems = ipBatches(operations).flatMap(({ flags, lines }) => {
      const run = spawnSync("ip", [...flags, "-force", "-batch", "-"], {
        input: `${lines.join("\n")}\n`,
        encoding: "utf8",
      });
      return run.status === 0 ? [] : [run.stderr.trim()];
    });
    switchMs = (nowUs() - startUs) / 1_000;
    return problems.length === 0 ? undefined : problems.join("; ");
  };
  const note = (event: AgentEvent) => hear({ kind: "events", events: [event] });
  const engine = new AgentEngine(
    {
      host,
      key,
      seed: randomInt(1, 2 ** 47),
      driver: "iproute2 and the event loop (no netlink sockets)",
      outputs: {
        send: (peer, link, bytes) => {
          const port = host.heartbeatPort;
          sockets[peer]?.[link]?.send(bytes, port, host.peers[peer]!.addresses[link], () => {});
        },
        steer(wanted) {
          const problem = change(difference(believed, wanted));
          // After a refusal everything is said again at the next change.
          believed = problem === undefined ? wanted : emptyState;
          if (problem !== undefined)
            note({ kind: "kernelRefused", operation: "ip -batch", error: problem, atUs: nowUs() });
          return nowUs();
        },
        endpoints() {},
        tell: note,
      },
    },
    nowUs(),
  );
  const ticker = eventLoopTicker(() => step(() => {}));
  const step = (input: (atUs: number) => void) => {
    input(nowUs());
    engine.tick(nowUs());
    engine.act(nowUs());
    ticker.arm(engine.nextDeadlineUs());
  };
  const look = () => {
    const facts = interfaceFacts();
    for (const link of [0, 1] as const) {
      const found = facts.get(host.links[link].interfaceName) ?? { interfaceIndex: 0, enabled: false, carrier: false };
      if (!found.carrier) believed = emptyState;
      step((atUs) => engine.interfaceChanged(link, found, atUs));
    }
  };

  for (const [index, peer] of host.peers.entries()) {
    const open = (link: 0 | 1) => {
      if (peer.watch !== "agent") return undefined;
      const { address } = host.links[link];
      const socket = createSocket({ type: isIPv6(address) ? "udp6" : "udp4", reuseAddr: true });
      socket.on("error", () => {});
      socket.on("message", (datagram, from) => {
        if (from.address === peer.addresses[link]) step((atUs) => engine.received(index, link, datagram, atUs));
      });
      socket.bind({ address, port: host.heartbeatPort });
      return socket;
    };
    sockets.push([open(0), open(1)]);
  }
  // What an earlier run has left.
  release();
  look();
  monitor = spawn("ip", ["-o", "monitor", "link"], { stdio: ["ignore", "pipe", "ignore"] });
  let rest = "";
  monitor.stdout?.setEncoding("utf8");
  monitor.stdout?.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = (lines.pop() ?? "").slice(-4_096);
    const ours = new Set(host.links.map(({ interfaceName }) => interfaceName));
    if (lines.some((line) => ours.has(parseMonitorLine(line)?.interfaceName ?? ""))) look();
  });
  monitor.on("error", () => {});
  const cost = `iproute2: a change takes about ${switchMs.toFixed(1)} ms here (netlink: about 0.15 ms); BFD, MPTCP and module diagnostics need netlink`;
  hear({ kind: "ready", driver: cost });
  return {
    tell(message: ToWorker) {
      if (message.kind === "status") hear({ kind: "status", status: engine.status(nowUs()) });
      else if (message.kind === "drain") step((atUs) => engine.drain(message.link, message.reason, atUs));
      else if (message.kind === "errors") step((atUs) => engine.errorsExceeded(message.link, atUs));
      else if (message.kind === "nominal") step(() => engine.nominalRate(message.link, message.gbps));
      else if (message.kind === "measure") step((atUs) => engine.measure(message.sentBytes, message.elapsedS, atUs));
      else if (message.kind === "stop") {
        ticker.stop();
        monitor?.kill();
        engine.close();
        for (const socket of sockets.flat()) socket?.close();
        const facts = interfaceFacts();
        const factsOf = (link: 0 | 1): LinkFacts =>
          facts.get(host.links[link].interfaceName) ?? { interfaceIndex: 0, enabled: false, carrier: false };
        const both = fallbackState(host, [factsOf(0), factsOf(1)]);
        release();
        change(difference(emptyState, both));
        hear({ kind: "stopped" });
      }
    },
  };
}

const release = () => spawnSync("/bin/sh", ["-c", releaseScript], { stdio: "ignore" });

interface LinkOfIp {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
}

function interfaceFacts(): Map<string, LinkFacts> {
  const links = JSON.parse(execFileSync("ip", ["-j", "link"], { encoding: "utf8" })) as LinkOfIp[];
  return new Map(
    links.map(({ ifindex, ifname, flags }) => {
      const enabled = flags.includes("UP");
      return [ifname, { interfaceIndex: ifindex, enabled, carrier: enabled && flags.includes("LOWER_UP") }];
    }),
  );
}
