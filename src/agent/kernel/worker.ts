/**
 * The agent's worker: sleeps in ppoll, hears heartbeats, BFD and the kernel's events, lets the engine decide, and steers
 * the kernel, all in one thread that nothing else of the process can hold up.
 */

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { defined } from "../../base/assert.ts";
import type { LinkIndex } from "../../switching/index.ts";
import { nowUs } from "../../transport/clock.ts";
import { constants, loadLibc } from "../../transport/kernel/libc.ts";
import { AgentEngine } from "../engine.ts";
import type { AgentEvent } from "../events.ts";
import { eventGroups } from "../netlink/rtnetlink.ts";
import { decodeInterfaces, type InterfaceFacts } from "../steering/decode.ts";
import { concernsAgent } from "../steering/foreign-change.ts";
import { ipLine } from "../steering/ip-command.ts";
import { type KernelState, ownProtocol } from "../steering/operations.ts";
import { fallbackState } from "../steering/wanted.ts";
import { KernelSteering } from "./kernel-steering.ts";
import { MptcpEndpoints } from "./mptcp-endpoints.ts";
import { NetlinkSocket } from "./netlink-socket.ts";
import { PeerSockets } from "./peer-sockets.ts";
import type { FromWorker, ToWorker, WorkerSetup } from "./worker-messages.ts";

/** The longest sleep; a thread that sleeps cannot be ended. */
const sleepUsMax = 50_000;
/** The kernel is compared with what it shall have this long after somebody else changed something (and see run/kernel-check.ts). */
const reconcileAfterChangeUs = 20_000;
/** Reads of the kernel's events before heartbeats have their turn: a routing daemon may change routes by the hundred thousand. */
const eventReadsMax = 32;
/** A thread that wakes later than this was stalled, and perhaps the whole machine: what has arrived may not have been handed on. */
const stallUsMin = 2_000;
const tellAfterUs = 3_000;
const rehearsals = 300;
const rehearseUsMax = 100_000;
const scheduleFifo = 1;
const timerSlack = 29;
const niceness = -15;

const libc = defined(loadLibc(), "the C library");
const port: MessagePort = defined(parentPort, "the main thread's port");
const setup = workerData as WorkerSetup;
const { host } = setup;
const buffer = Buffer.alloc(65_536);
const timeout = Buffer.alloc(16);
let polls = Buffer.alloc(0);
let stopping = false;

const tell = (message: FromWorker) => port.postMessage(message);

/**
 * Events wait for a quiet moment: handing one over takes 0.1 ms or more, at a priority above that of whoever wants to send by
 * the new way.
 */
let events: AgentEvent[] = [];
let tellUs = Number.POSITIVE_INFINITY;
const note = (event: AgentEvent) => {
  events.push(event);
  tellUs = nowUs() + tellAfterUs;
};
const tellEvents = () => {
  if (events.length > 0) tell({ kind: "events", events });
  events = [];
  tellUs = Number.POSITIVE_INFINITY;
};

/** The most urgent way of running that the system permits. */
function becomeUrgent(): string {
  libc.prctl(timerSlack, 1);
  const parameters = Buffer.alloc(4);
  parameters.writeInt32LE(setup.realTimePriority);
  if (setup.realTimePriority > 0 && libc.sched_setscheduler(0, scheduleFifo, parameters) === 0)
    return `real-time priority ${setup.realTimePriority}`;
  return libc.setpriority(0, 0, niceness) === 0 ? `nice ${niceness}` : "ordinary priority";
}

function run(): void {
  const urgency = becomeUrgent();
  const steering = new KernelSteering(libc);
  const news = new NetlinkSocket(libc, constants.netlinkRoute);
  news.subscribe(Object.values(eventGroups));
  const endpoints = host.mptcp ? new MptcpEndpoints(libc, host) : undefined;
  const sockets = new PeerSockets(libc, host);
  const prefixes = new Set(host.peers.flatMap((peer) => peer.prefixes));
  let reconcileUs = Number.POSITIVE_INFINITY;
  let wakeUs = Number.POSITIVE_INFINITY;
  let interfaces: (InterfaceFacts | undefined)[] = [undefined, undefined];

  const indices = () => [interfaces[0]?.index ?? 0, interfaces[1]?.index ?? 0] as const;
  const refuse = (refused: readonly { operation: string; error: string }[]) => {
    for (const each of refused) note({ kind: "kernelRefused", ...each, atUs: nowUs() });
  };
  const reconcile = (wanted: KernelState, quietly: boolean) => {
    const { done, refused } = steering.reconcile(wanted);
    reconcileUs = Number.POSITIVE_INFINITY;
    if (done.length > 0 && !quietly) {
      engine.reconciliations += 1;
      note({ kind: "reconciled", operations: done.slice(0, 32).map(ipLine), atUs: nowUs() });
    }
    refuse(refused);
  };
  const engine: AgentEngine = new AgentEngine(
    {
      host,
      key: setup.key === undefined ? undefined : Buffer.from(setup.key),
      seed: setup.seed,
      driver: `netlink, ${urgency}`,
      outputs: {
        send: (peer, link, bytes) => sockets.send(peer, link, bytes),
        steer: (wanted) => {
          if (!steering.steer(wanted)) reconcile(wanted, true);
          return nowUs();
        },
        endpoints: (usable) => {
          const refused = endpoints?.set(usable, indices());
          if (refused !== undefined) refuse(refused);
        },
        tell: note,
      },
    },
    nowUs(),
  );

  const openSockets = (link: LinkIndex, present: boolean) => {
    const before = sockets.problems[link];
    sockets.reopen(link, present);
    const problem = sockets.problems[link];
    const operation = `opening the sockets on ${host.links[link].interfaceName}`;
    if (problem !== undefined && problem !== before) refuse([{ operation, error: problem }]);
    repoll();
  };
  const noteInterface = (told: InterfaceFacts) => {
    for (const link of [0, 1] as const) {
      const before = interfaces[link];
      const isNamed = told.name === host.links[link].interfaceName;
      if (!isNamed && (before === undefined || before.deleted || told.index !== before.index)) continue;
      // What has been given another name is the link no longer.
      const facts = isNamed ? told : { ...told, deleted: true, enabled: false, carrier: false };
      interfaces[link] = facts;
      if (before?.carrier === true && !facts.carrier) steering.interfaceLost(before.index);
      // Nexthops went with the carrier; the kernel's own route may have changed as well.
      if (before !== undefined && before.enabled !== facts.enabled)
        reconcileUs = Math.min(reconcileUs, nowUs() + reconcileAfterChangeUs);
      const interfaceIndex = facts.deleted ? 0 : facts.index;
      if (interfaceIndex !== (before === undefined || before.deleted ? 0 : before.index)) {
        openSockets(link, interfaceIndex > 0);
      }
      engine.interfaceChanged(link, { interfaceIndex, enabled: facts.enabled, carrier: facts.carrier }, nowUs());
    }
  };
  /** Events were lost: all is looked at anew, and what is no longer there is gone. */
  const lookAnew = () => {
    reconcileUs = nowUs();
    const present = steering.interfaces();
    for (const each of interfaces)
      if (each !== undefined && !present.some(({ index }) => index === each.index))
        noteInterface({ ...each, deleted: true, enabled: false, carrier: false });
    for (const facts of present) noteInterface(facts);
  };
  const hearKernel = () => {
    for (let turn = 0; turn < eventReadsMax; turn++) {
      const messages = news.receive();
      if (messages === undefined) {
        lookAnew();
        continue;
      }
      if (messages.length === 0) return;
      for (const facts of decodeInterfaces(messages)) noteInterface(facts);
      const foreign = messages.some((each) => each.port !== steering.socket.port && concernsAgent(each, prefixes));
      if (foreign) reconcileUs = Math.min(reconcileUs, nowUs() + reconcileAfterChangeUs);
    }
  };
  const repoll = () => {
    const fds = [setup.wakeFd, news.fd, ...sockets.fds()];
    polls = Buffer.alloc(8 * fds.length);
    for (const [index, fd] of fds.entries()) {
      polls.writeInt32LE(fd, 8 * index);
      polls.writeInt16LE(constants.pollIn, 8 * index + 4);
    }
  };
  const obey = (message: ToWorker) => {
    switch (message.kind) {
      case "drain":
        engine.drain(message.link, message.reason, nowUs());
        break;
      case "errors":
        engine.errorsExceeded(message.link, nowUs());
        break;
      case "nominal":
        engine.nominalRate(message.link, message.gbps);
        break;
      case "measure":
        engine.measure(message.sentBytes, message.elapsedS, nowUs());
        break;
      case "status":
        for (const link of [0, 1] as const) if (sockets.problems[link] !== undefined) openSockets(link, true);
        endpoints?.repair(indices());
        tellEvents();
        tell({ kind: "status", status: engine.status(nowUs()), inputs: engine.inputs });
        break;
      case "reconcile":
        reconcileUs = nowUs();
        break;
      case "stop":
        stopping = true;
        break;
    }
  };
  const hearMain = () => {
    libc.read(setup.wakeFd, buffer, 8);
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      obey(next.message as ToWorker);
  };
  const sleep = () => {
    wakeUs = Math.max(Math.min(nowUs() + sleepUsMax, engine.nextDeadlineUs(), reconcileUs, tellUs), nowUs());
    const waitUs = Math.max(wakeUs - nowUs(), 0);
    timeout.writeBigInt64LE(BigInt(Math.floor(waitUs / 1_000_000)), 0);
    timeout.writeBigInt64LE(BigInt((waitUs % 1_000_000) * 1_000), 8);
    libc.ppoll(polls, polls.length / 8, timeout, null);
  };

  for (const facts of steering.interfaces()) noteInterface(facts);
  repoll();
  engine.act(nowUs());
  // Code that has not run yet is slow: a first takeover took 2 ms here, later ones 0.3 ms.
  for (let turn = 0, endUs = nowUs() + rehearseUsMax; turn < rehearsals && nowUs() < endUs; turn++)
    steering.rehearse(engine.wantedBy(turn % 2 === 0 ? 0 : 1), engine.wantedBy(turn % 2 === 0 ? 1 : 0));
  // What an earlier run has left is put right before anything is decided.
  reconcile(engine.wanted(), true);
  tell({ kind: "ready", driver: `netlink, ${urgency}, protocol ${ownProtocol}` });
  while (!stopping) {
    sleep();
    hearMain();
    hearKernel();
    const readUs = nowUs();
    const isDrained = sockets.receive((peer, link, bytes) => engine.received(peer, link, bytes, nowUs()));
    engine.tick(nowUs(), isDrained && readUs - wakeUs < stallUsMin ? readUs : undefined);
    engine.act(nowUs());
    if (nowUs() >= reconcileUs) reconcile(engine.wanted(), false);
    if (nowUs() >= tellUs) tellEvents();
  }
  engine.close();
  endpoints?.set([true, true], indices());
  refuse(steering.reconcile(fallbackState(host, [factsOf(interfaces[0]), factsOf(interfaces[1])])).refused);
  sockets.close();
  interfaces = [];
  tellEvents();
  tell({ kind: "stopped" });
}

function factsOf(facts: InterfaceFacts | undefined) {
  if (facts === undefined || facts.deleted) return { interfaceIndex: 0, enabled: false, carrier: false };
  return { interfaceIndex: facts.index, enabled: facts.enabled, carrier: facts.carrier };
}

try {
  run();
} catch (error) {
  tellEvents();
  tell({ kind: "failed", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
