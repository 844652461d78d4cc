/** From the text of a host file to a {@link Host}, with every mistake at its line and column. */

import type { DiagnosticCode } from "../../base/diagnostic-codes.ts";
import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import { inFileOrder } from "../../cluster/in-file-order.ts";
import { diagnosticsOf } from "../../cluster/issues.ts";
import { mended } from "../../cluster/mend.ts";
import { placeOf, type Source, withPlaces } from "../../cluster/source.ts";
import { parseYaml } from "../../cluster/yaml.ts";
import { defaultDamping, defaultHealth } from "../../switching/index.ts";
import { addressBytes, addressFamily, addressText } from "../netlink/addresses.ts";
import { canonicalPrefix } from "../steering/decode.ts";
import { type HostFile, hostSchema } from "./schema.ts";
import type { Host, HostClass, HostPeer } from "./types.ts";

const profileIntervalS = { default: 0.001, fast: 0.0003, fastest: 0.0002 } as const;
const defaultStateFolder = "/run/twinspine";

/** A host with the way back to the lines of its file. */
export interface LocatedHost {
  readonly host: Host;
  /** Diagnostics of later stages, such as what the kernel lacks, with the places to which their paths lead. */
  readonly withPlaces: (diagnostics: readonly Diagnostic[]) => Diagnostic[];
}

/** Throws a `UserError` that lists everything wrong with the file, in its order. */
export function parseHost(text: string, file: string): Host {
  return parseHostFile(text, file).host;
}

/** As {@link parseHost}, with the places of the settings. */
export function parseHostFile(text: string, file: string): LocatedHost {
  try {
    const source = parseYaml(text, file);
    const result = hostSchema.safeParse(source.root);
    if (!result.success) {
      const issues = diagnosticsOf(result.error.issues, { source, schema: hostSchema, at: [] });
      throw new UserError(inFileOrder([...source.diagnostics, ...issues, ...beside(issues, source)]));
    }
    const found = [...source.diagnostics, ...check(result.data, source)];
    if (found.length > 0) throw new UserError(inFileOrder(found));
    return { host: resolve(result.data), withPlaces: (later) => withPlaces(source, later) };
  } catch (error) {
    throw error instanceof UserError ? new UserError(error.diagnostics.map(ofHost)) : error;
  }
}

/** What contradicts itself beside what cannot be read; a key that is misspelled is not missed as well. */
function beside(issues: readonly Diagnostic[], source: Source): Diagnostic[] {
  const rest = mended(source.root, issues, hostSchema, (file) => ({ name: "unnamed", keyFile: "unknown", ...file }));
  const known = new Set(issues.map(({ path }) => path));
  return rest === undefined ? [] : check(rest, source).filter(({ path }) => !known.has(path));
}

/** The reader of cluster files says the same of host files, under their own codes. */
function ofHost(diagnostic: Diagnostic): Diagnostic {
  const code = diagnostic.code.replace(/^cluster\//, "host/") as DiagnosticCode;
  const remedy =
    diagnostic.code === "cluster/empty"
      ? "A host file has at least name, links and peers; see docs/agent.md."
      : diagnostic.remedy?.replaceAll("docs/cluster-file.md", "docs/agent.md").replaceAll("cluster file", "host file");
  return { ...diagnostic, code, ...(remedy === undefined ? {} : { remedy }) };
}

function check(file: HostFile, source: Source): Diagnostic[] {
  const found: Diagnostic[] = [];
  const wrong = (path: readonly PropertyKey[], message: string, remedy: string) =>
    found.push({
      code: "host/contradiction",
      severity: "error",
      message,
      remedy,
      path: path.map(String).join("."),
      place: placeOf(source, path),
    });
  if (file.mode === "duplication")
    wrong(
      ["mode"],
      "duplication is not the agent's: the kernel sends each packet once",
      "Use twinspine link with --mode duplication for that traffic, or another mode here.",
    );
  const [first, second] = file.links;
  if (first.interface === second.interface)
    wrong(["links", 1, "interface"], `both links are ${first.interface}`, "Name two different interfaces.");
  if (first.address === second.address)
    wrong(["links", 1, "address"], `both links have the address ${first.address}`, "Give each link its own address.");
  if (file.flapDamping.reuse > file.flapDamping.suppress)
    wrong(["flapDamping", "reuse"], "reuse lies above suppress", "Let reuse be at most suppress.");
  if (file.flapDamping.maxSuppress < file.flapDamping.halfLife)
    wrong(["flapDamping", "maxSuppress"], "maxSuppress is shorter than halfLife", "Let it be at least halfLife.");
  const names = new Map<string, number>();
  const prefixes = new Map<string, string>();
  for (const [index, peer] of file.peers.entries()) {
    if (names.has(peer.name))
      wrong(["peers", index, "name"], `a second peer is named ${peer.name}`, "Give each peer its own name.");
    names.set(peer.name, index);
    if (peer.watch === "agent" && file.keyFile === undefined)
      wrong(
        ["peers", index],
        `peer ${peer.name} is watched by authenticated heartbeats, but there is no keyFile`,
        "Add keyFile (head -c 32 /dev/urandom | base64 > agent.key), the same on all hosts; or watch: bfd.",
      );
    const family = addressFamily(peer.addresses[0]);
    for (const [link, each] of peer.addresses.entries())
      if (addressFamily(each) !== addressFamily(file.links[link as 0 | 1].address))
        wrong(
          ["peers", index, "addresses", link],
          `${each} and our address on that link are of two IP versions`,
          "Use one IP version on a link; make two peers for two versions.",
        );
    if (family === "IPv6")
      for (const [link, { gateway }] of file.links.entries())
        if (addressFamily(gateway ?? peer.addresses[link as 0 | 1]) === "IPv4")
          wrong(
            ["peers", index, "addresses"],
            `the way to ${peer.name} on link ${link + 1} is by an IPv4 router, which takes no IPv6`,
            "Give the link an IPv6 gateway and addresses; IPv4 over an IPv6 gateway is possible, the reverse is not.",
          );
    for (const [at, text] of peer.prefixes.entries()) {
      const prefix = canonicalPrefix(text === "default" && family === "IPv6" ? "::/0" : text);
      const other = prefixes.get(prefix);
      if (other !== undefined)
        wrong(
          ["peers", index, "prefixes", at],
          `${prefix} already belongs to peer ${other}`,
          "Give every prefix to one peer.",
        );
      prefixes.set(prefix, peer.name);
      if (addressFamily(prefix) !== family)
        wrong(
          ["peers", index, "prefixes", at],
          `${prefix} is not of the IP version of the peer's addresses`,
          "Make a second peer with addresses of that version.",
        );
    }
    if (peer.source !== undefined && addressFamily(peer.source) !== family)
      wrong(
        ["peers", index, "source"],
        `${peer.source} is not of the IP version of the peer's addresses`,
        "Use an address of that version.",
      );
  }
  for (const [index, each] of file.classes.entries()) {
    if ((each.dscp === undefined) === (each.mark === undefined))
      wrong(
        ["classes", index],
        `class ${each.name} needs either dscp or mark`,
        "Say by which of them its packets are known.",
      );
    if (each.dscp !== undefined && each.mask !== undefined)
      wrong(["classes", index, "mask"], "a mask belongs to a mark", "Remove the mask.");
  }
  return found;
}

function resolve(file: HostFile): Host {
  const { heartbeat, flapDamping, steering, optics } = file;
  const link = (index: 0 | 1) => {
    const each = file.links[index];
    return {
      interfaceName: each.interface,
      address: canonicalAddress(each.address),
      gateway: each.gateway && canonicalAddress(each.gateway),
      capacityGbps: each.capacity,
    };
  };
  return {
    name: file.name,
    keyFile: file.keyFile,
    links: [link(0), link(1)],
    mode: file.mode,
    primary: file.primary === 1 ? 0 : 1,
    revertive: file.revertive,
    health: {
      ...defaultHealth,
      heartbeatIntervalUs: microseconds(heartbeat.interval ?? profileIntervalS[file.profile]),
      missesMax: heartbeat.misses,
      errorsMax: file.errors.seconds,
      errorWindowUs: 10_000_000,
      holdDownUs: microseconds(file.holdDown),
      damping: {
        ...defaultDamping,
        flapPenalty: flapDamping.enabled ? flapDamping.penalty : 0,
        halfLifeUs: microseconds(flapDamping.halfLife),
        suppressThreshold: flapDamping.suppress,
        reuseThreshold: flapDamping.reuse,
        maxSuppressUs: microseconds(flapDamping.maxSuppress),
      },
    },
    heartbeatPort: heartbeat.port,
    heartbeatDscp: heartbeat.dscp,
    bfd: { intervalUs: microseconds(file.bfd.interval), multiplier: file.bfd.multiplier },
    peers: file.peers.map(resolvePeer),
    classes: file.classes.map(resolveClass),
    metric: steering.metric,
    table: steering.table,
    rulePriority: steering.rulePriority,
    resilientBuckets: steering.resilientBuckets,
    errorsPerSecond: file.errors.perSecond,
    optics: {
      pollMs: Math.round(optics.poll * 1_000),
      drainOnAlarm: optics.drainOnAlarm,
      fallDbPerDay: optics.fallPerDay,
      uncorrectedPerPoll: optics.uncorrectedPerPoll,
    },
    mptcp: file.mptcp,
    metricsPort: file.metricsPort,
    stateFolder: file.stateFolder ?? defaultStateFolder,
  };
}

/** As the kernel's answers are told: they are compared as texts. */
const canonicalAddress = (text: string) => addressText(addressBytes(text));

const microseconds = (seconds: number) => Math.round(seconds * 1e6);

function resolvePeer(peer: HostFile["peers"][number]): HostPeer {
  const family = addressFamily(peer.addresses[0]);
  return {
    name: peer.name,
    watch: peer.watch,
    addresses: [canonicalAddress(peer.addresses[0]), canonicalAddress(peer.addresses[1])],
    family,
    prefixes: peer.prefixes.map((text) => canonicalPrefix(text === "default" && family === "IPv6" ? "::/0" : text)),
    source: peer.source && canonicalAddress(peer.source),
    rtoMinMs: peer.rtoMin === undefined ? undefined : Math.max(Math.round(peer.rtoMin * 1_000), 1),
  };
}

function resolveClass(each: HostFile["classes"][number]): HostClass {
  const match =
    each.dscp !== undefined ? { dscp: each.dscp } : { fwmark: each.mark ?? 0, mask: each.mask ?? 0xffff_ffff };
  return { name: each.name, match, prefer: each.prefer === 1 ? 0 : 1, onFailure: each.onFailure };
}
