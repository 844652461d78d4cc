/** The plan of a lab as what is given to ip, tc, nft and sh. Pure. */

import { nodeFolder } from "./places.ts";
import type { LabLink, LabNode, LabPlan } from "./plan.ts";

/** For `ip -batch`: the namespaces. */
export const namespaceBatch = ({ nodes }: LabPlan): string =>
  lines(nodes.map(({ namespace }) => `netns add ${namespace}`));

/** lo has the index 1 in every namespace. */
const firstIndex = 2;

/**
 * For `ip -batch`: the veth pairs, each end made in its own namespace. No two ends have the same index: Linux tells the loss of
 * carrier at once only where an interface's index differs from its peer's, else up to a second later (net/core/link_watch.c,
 * linkwatch_urgent_event).
 */
export function linkBatch(plan: LabPlan): string {
  const namespaces = new Map(plan.nodes.map(({ node, namespace }) => [node, namespace]));
  return lines(
    plan.links.map(({ lower, upper }, place) => {
      const index = firstIndex + 2 * place;
      return (
        `link add ${lower.interface} netns ${namespaces.get(lower.node)} index ${index} type veth ` +
        `peer name ${upper.interface} netns ${namespaces.get(upper.node)} index ${index + 1}`
      );
    }),
  );
}

/**
 * For sh in the namespace, before it has links: what export's sysctl.conf says. New addresses need no probing on a veth
 * pair. A connection holds no more than the smallest queue, so that one alone loses nothing: such networks are lossless.
 */
export function settingsScript(plan: LabPlan, sysctl: string): string {
  const settings = [
    ...sysctl.split("\n").filter((line) => line.includes("=")),
    "net.ipv6.conf.all.accept_dad=0",
    "net.ipv6.conf.default.accept_dad=0",
    `net.ipv4.tcp_wmem=4096 16384 ${Math.min(...plan.links.map(({ rateMbps }) => queueBytes(rateMbps)))}`,
  ];
  return lines([
    "set -e",
    "ip link set lo up",
    ...settings.map((line) => {
      const [key = "", value = ""] = line.split("=");
      return `echo "${value.trim()}" > /proc/sys/${key.trim().replaceAll(".", "/")}`;
    }),
    congestionControl,
  ]);
}

/** BBR takes the bursts that HTB lets through for bandwidth, and floods shallow queues; not every kernel has cubic. */
const congestionControl =
  "for each in cubic reno; do echo $each > /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null && break; done";

const daemonsFolder = "/usr/lib/frr";
/**
 * Daemons in the order they start. bfdd alone runs in real time: it must send every few milliseconds and does little else;
 * bgpd and zebra may compute for long, which in real time would starve the machine.
 */
export const daemons = [
  { name: "zebra", realTime: false },
  { name: "bgpd", realTime: false },
  { name: "bfdd", realTime: true },
] as const;

const realTimePriority = 10;

/** For sh in the namespace, once the links are there: rates, links up, daemons, and the configuration. */
export function startScript(plan: LabPlan, node: LabNode): string {
  const own = interfacesOf(plan, node.node);
  const shaping = own.flatMap(({ name, rateMbps }) => shapingOf(name, rateMbps));
  return lines([
    "set -e",
    "tc -batch - <<'END'",
    ...shaping,
    "END",
    "ip -batch - <<'END'",
    ...own.map(({ name }) => `link set ${name} gso_max_size ${frameBytesMax} up`),
    "END",
    daemonScript(plan.id, node.node),
  ]);
}

/** For sh in the namespace: the daemons, bfdd with real-time priority where the machine grants it, else with a better nice value. */
export function daemonScript(id: string, node: number): string {
  const folder = nodeFolder(id, node);
  return lines([
    "set -e",
    `realtime() { if chrt -f ${realTimePriority} true 2>/dev/null; then chrt -f ${realTimePriority} "$@"; else nice -n -10 "$@"; fi; }`,
    ...daemons.map(({ name, realTime }) => {
      const control = name === "bfdd" ? ` --bfdctl ${folder}/bfdd.sock` : "";
      return (
        `${realTime ? "realtime " : ""}${daemonsFolder}/${name} -d -u frr -g frr -f /dev/null -i ${folder}/${name}.pid ` +
        `-z ${folder}/zserv.api --vty_socket ${folder} -P 0${control} >${folder}/${name}.out 2>&1`
      );
    }),
    `vtysh --vty_socket ${folder} -f ${folder}/frr.conf >${folder}/vtysh.out 2>&1`,
  ]);
}

/** For sh in the namespace of a server: its agent, which outlives the command. The host file is there already. */
export function agentScript({ id, agent = [] }: LabPlan, node: number): string {
  const folder = nodeFolder(id, node);
  const words = [...agent, "agent", "run", `${folder}/host.yaml`].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return lines([`setsid ${words.join(" ")} >${folder}/agent.out 2>&1 </dev/null &`, `echo $! >${folder}/agent.pid`]);
}

/** Time that a full queue delays, as switches with shallow buffers have it, scaled with the rate. */
const queueMs = 10;
const queueBytesMin = 30_000;
/** Of a link's queue, and the most that a connection holds beside it on the slowest link. */
export const queueBytes = (rateMbps: number) => Math.max(queueBytesMin, Math.round((rateMbps * 1e3 * queueMs) / 8));
/** Largest frame. The kernel's own default, 64 KiB, would not even fit the queues. */
const frameBytesMax = 9_000;

/**
 * For `tc -batch`: HTB with two classes. Routing and BFD (all IPv6 is theirs) go first, as network control does on real
 * switches; a queue full of data must not look like a dead link.
 */
function shapingOf(name: string, rateMbps: number): string[] {
  const rate = `${Math.round(rateMbps * 1_000)}kbit`;
  const burst = Math.max(15_000, Math.ceil((rateMbps * 1e6) / 8 / 500));
  return [
    `qdisc add dev ${name} root handle 1: htb default 1`,
    `class add dev ${name} parent 1: classid 1:1 htb rate ${rate} ceil ${rate} burst ${burst} cburst ${burst} quantum 10000 prio 1`,
    `class add dev ${name} parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0`,
    `qdisc add dev ${name} parent 1:1 handle 10: bfifo limit ${queueBytes(rateMbps)}`,
    `filter add dev ${name} parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2`,
  ];
}

/** Interfaces of a node with their rates. */
export function interfacesOf(
  plan: LabPlan,
  node: number,
): { readonly name: string; readonly rateMbps: number; readonly link: LabLink }[] {
  return plan.links.flatMap((link) =>
    [link.lower, link.upper]
      .filter((end) => end.node === node)
      .map((end) => ({ name: end.interface, rateMbps: link.rateMbps, link })),
  );
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
