/** Everything about a host that would keep the agent from doing its work, or make it do harm. Reads, changes nothing. */

import { readFileSync } from "node:fs";
import { release } from "node:os";
import type { Diagnostic } from "../../base/diagnostics.ts";
import { constants, type Libc, loadLibc } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { NetlinkSocket } from "../kernel/netlink-socket.ts";
import { familyNumber } from "../netlink/addresses.ts";
import { askFamily, familyIn, netlinkGeneric } from "../netlink/generic.ts";
import { dumpAddresses, dumpLinks, dumpNexthops, dumpRoutes } from "../netlink/requests.ts";
import { Ethtool } from "../optics/ethtool.ts";
import { decodeAddresses, decodeInterfaces, foreignRoutesTo } from "../steering/decode.ts";
import { checkKeyFile } from "./key.ts";

/** Errors keep the agent from starting; warnings say what it will do worse. */
export function checkHost(host: Host, hostFile: string): Diagnostic[] {
  const found: Diagnostic[] = [...checkKeyFile(host, hostFile)];
  const say = (
    severity: Diagnostic["severity"],
    code: Diagnostic["code"],
    message: string,
    remedy: string,
    path?: string,
  ) => found.push({ code, severity, message, remedy, ...(path === undefined ? {} : { path }) });
  checkClasses(host, say);
  const libc = loadLibc();
  if (libc === undefined) {
    say(
      "warning",
      "agent/kernel",
      "koffi cannot be loaded: the agent would work through ip -batch",
      "Install the optional package of koffi for this platform; changes then take 0.15 ms instead of several.",
    );
    return found;
  }
  const socket = new NetlinkSocket(libc, constants.netlinkRoute);
  const interfaces = decodeInterfaces(socket.dump(dumpLinks(true)).messages);
  const addresses = decodeAddresses(socket.dump(dumpAddresses()).messages);
  for (const [index, { interfaceName, address }] of host.links.entries()) {
    const path = `links.${index}.interface`;
    const facts = interfaces.find(({ name }) => name === interfaceName);
    if (facts === undefined) {
      const known = interfaces.map(({ name }) => name).filter((name) => name !== "lo");
      say(
        "error",
        "agent/interface",
        `there is no interface ${interfaceName}`,
        `Interfaces here: ${known.join(", ") || "none"}.`,
        path,
      );
      continue;
    }
    if (!facts.enabled)
      say("warning", "agent/interface", `${interfaceName} is down`, `ip link set ${interfaceName} up`, path);
    else if (!facts.carrier)
      say(
        "warning",
        "agent/interface",
        `${interfaceName} has no carrier`,
        "Look at the cable, the module and the other end.",
        path,
      );
    if (!addresses.some((each) => each.interfaceIndex === facts.index && each.address === address))
      say(
        "error",
        "agent/interface",
        `${interfaceName} does not have the address ${address}`,
        `ip address add ${address}/24 dev ${interfaceName}`,
        `links.${index}.address`,
      );
    checkSysctls(interfaceName, facts.name, path, say);
  }
  for (const [index, { source }] of host.peers.entries())
    if (source !== undefined && !addresses.some(({ address }) => address === source))
      say(
        "error",
        "agent/interface",
        `no interface has the source address ${source}`,
        `ip address add ${source}/32 dev lo`,
        `peers.${index}.source`,
      );
  checkRoutes(host, socket, say);
  if (socket.dump(dumpNexthops()).error !== 0)
    say("error", "agent/kernel", "this kernel has no nexthop objects", "Linux 5.3 or later is needed.");
  if (process.getuid?.() !== 0 && !mayAdminister())
    say(
      "warning",
      "agent/kernel",
      "this process may not change routes",
      "Run as root, or with CAP_NET_ADMIN and CAP_NET_RAW as the systemd unit gives them.",
    );
  if (host.mode === "load-balancing" && sysctl("net/ipv4/fib_multipath_hash_policy") === "0")
    say(
      "warning",
      "agent/kernel",
      "flows between the same two addresses all take one link (fib_multipath_hash_policy is 0)",
      "sysctl -w net.ipv4.fib_multipath_hash_policy=1",
      "mode",
    );
  const generic = new NetlinkSocket(libc, netlinkGeneric);
  if (host.mptcp && familyIn(generic.dump(askFamily("mptcp_pm")).messages) === undefined)
    say(
      "error",
      "agent/kernel",
      "this kernel has no MPTCP",
      "Remove mptcp, or use a kernel with CONFIG_MPTCP.",
      "mptcp",
    );
  generic.close();
  checkModules(host, libc, new Set(interfaces.map(({ name }) => name)), say);
  socket.close();
  return found;
}

type Say = (
  severity: Diagnostic["severity"],
  code: Diagnostic["code"],
  message: string,
  remedy: string,
  path?: string,
) => void;

/** Linux matches DSCP in policy rules from 6.13 on; older kernels refuse the rule. */
function checkClasses(host: Host, say: Say): void {
  if (kernelAtLeast(release(), 6, 13)) return;
  for (const [index, { name, match }] of host.classes.entries())
    if ("dscp" in match)
      say(
        "error",
        "agent/kernel",
        `class ${name} matches dscp, which needs Linux 6.13; this is ${release()}`,
        `Set a mark with nftables (ip dscp ${match.dscp} meta mark set 1) and match that: mark instead of dscp.`,
        `classes.${index}.dscp`,
      );
}

/** Whether a kernel of this release (uname -r) is this version or later. */
export function kernelAtLeast(name: string, major: number, minor: number): boolean {
  const [, ofMajor, ofMinor] = /^(\d+)\.(\d+)/.exec(name) ?? [];
  return Number(ofMajor) > major || (Number(ofMajor) === major && Number(ofMinor) >= minor);
}

function checkSysctls(interfaceName: string, device: string, path: string, say: Say): void {
  const at = (name: string) =>
    Math.max(Number(sysctl(`net/ipv4/conf/all/${name}`) ?? 0), Number(sysctl(`net/ipv4/conf/${device}/${name}`) ?? 0));
  if (at("rp_filter") === 1)
    say(
      "warning",
      "agent/kernel",
      `${interfaceName} drops what comes by another way than its answer goes (rp_filter is 1)`,
      `sysctl -w net.ipv4.conf.${device}.rp_filter=2 (and conf.all.rp_filter=0 or 2): the peer may choose the other link.`,
      path,
    );
  if (
    sysctl(`net/ipv4/conf/${device}/ignore_routes_with_linkdown`) === "0" &&
    sysctl("net/ipv4/conf/all/ignore_routes_with_linkdown") === "0"
  )
    say(
      "warning",
      "agent/kernel",
      `without the agent, the kernel would go on using ${interfaceName} after it lost carrier`,
      `sysctl -w net.ipv4.conf.${device}.ignore_routes_with_linkdown=1`,
      path,
    );
}

/** A route of somebody else with a smaller metric would win over ours. */
function checkRoutes(host: Host, socket: NetlinkSocket, say: Say): void {
  const paths = new Map(
    host.peers.flatMap(({ prefixes }, peer) =>
      prefixes.map((prefix, index) => [prefix, `peers.${peer}.prefixes.${index}`] as const),
    ),
  );
  const prefixes = new Set(paths.keys());
  for (const family of Object.values(familyNumber))
    for (const route of foreignRoutesTo(socket.dump(dumpRoutes(family, 0)).messages, prefixes)) {
      if (route.table !== 254) continue;
      const owner = `${route.prefix} has a route of protocol ${route.protocol} with metric ${route.metric}`;
      if (route.metric <= host.metric)
        say(
          "error",
          "agent/route",
          `${owner}, which wins over ours`,
          `Remove it, or give it a metric above ${host.metric + 1}.`,
          paths.get(route.prefix),
        );
      else if (route.metric === host.metric + 1)
        say(
          "error",
          "agent/route",
          `${owner}, the place of our way back`,
          "Give it another metric, or set steering.metric.",
          paths.get(route.prefix),
        );
    }
}

function checkModules(host: Host, libc: Libc, present: ReadonlySet<string>, say: Say): void {
  if (host.optics.pollMs === 0) return;
  const ethtool = Ethtool.open(libc);
  for (const [index, { interfaceName }] of host.links.entries()) {
    if (!present.has(interfaceName)) continue;
    const path = `links.${index}.interface`;
    const module = ethtool?.module(interfaceName) ?? { problem: "the kernel has no ethtool netlink" };
    if ("problem" in module)
      say(
        "note",
        "agent/module",
        `${interfaceName}: ${module.problem}`,
        "Optics are not watched on this link; heartbeats, carrier and error counters are.",
        path,
      );
    else if (module.alarms.length > 0)
      say(
        "warning",
        "agent/module",
        `${interfaceName}: ${module.alarms.join(", ")}`,
        "Exchange the module or clean its connector.",
        path,
      );
  }
  ethtool?.close();
}

function sysctl(path: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${path}`, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Whether the process has CAP_NET_ADMIN (bit 12 of its effective capabilities). */
function mayAdminister(): boolean {
  try {
    const effective = /CapEff:\s*([0-9a-f]+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${effective}`) & (1n << 12n)) !== 0n;
  } catch {
    return false;
  }
}
