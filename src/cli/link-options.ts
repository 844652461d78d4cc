/** Options of the link commands, checked and put into the transport's words. */

import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { userError } from "../base/diagnostics.ts";
import { type Forwarding, formatHostPort, type HostPort, parseHostPort } from "../transport/forward.ts";
import type { SessionOptions, SwitchingMode } from "../transport/index.ts";
import type { LinkTls } from "../transport/tls.ts";

export interface LinkOptions {
  readonly mode: SwitchingMode;
  readonly primary: "0" | "1";
  readonly revertive: boolean;
  readonly heartbeat?: number;
  readonly misses?: number;
  readonly holdDown?: number;
  readonly sessionLife?: number;
  readonly interface: readonly string[];
  readonly forward: readonly Forwarding[];
  readonly allow: readonly HostPort[];
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly pskFile?: string;
  readonly metricsPort?: number;
  readonly logLevel: string;
}

function hostPort(text: string): HostPort {
  const parsed = parseHostPort(text);
  if (parsed === undefined) throw new InvalidArgumentError("Write host:port, IPv6 addresses in brackets.");
  return parsed;
}

const collect =
  <T>(parse: (text: string) => T) =>
  (text: string, before: readonly T[] = []) => [...before, parse(text)];

function forwarding(text: string): Forwarding {
  const [local, remote, ...rest] = text.split("=");
  if (local === undefined || remote === undefined || rest.length > 0)
    throw new InvalidArgumentError("Write local:port=remote:port.");
  return { local: hostPort(local), remote: hostPort(remote) };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError("Give a number.");
  return value;
}

/** A way to the peer: `[local=]host:port`, the local address being the link's own. */
export interface Target {
  readonly localAddress?: string;
  readonly peer: HostPort;
}

function target(text: string): Target {
  const parts = text.split("=");
  if (parts.length === 1) return { peer: hostPort(text) };
  if (parts.length === 2) return { localAddress: parts[0]!, peer: hostPort(parts[1]!) };
  throw new InvalidArgumentError("Write [local-address=]host:port.");
}

/** `--link` for the listening side: a local address and port. */
export const listenLinkOption = () =>
  new Option("--link <address:port>", "local address of a link; give it twice")
    .argParser(collect(hostPort))
    .makeOptionMandatory();

/** `--link` for the connecting side. */
export const connectLinkOption = () =>
  new Option("--link <[local=]host:port>", "a link: the address to bind to and where the peer listens; give it twice")
    .argParser(collect(target))
    .makeOptionMandatory();

/** Everything both sides have. */
export function withLinkOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--mode <mode>", "how the pair carries data")
        .choices(["active-standby", "load-balancing", "duplication"])
        .default("active-standby"),
    )
    .addOption(new Option("--primary <link>", "the link that carries first").choices(["0", "1"]).default("0"))
    .addOption(new Option("--no-revertive", "stay on the standby when the primary is well again"))
    .addOption(
      new Option("--heartbeat <ms>", "time between heartbeats (default 1 on Linux, else 10)").argParser(number),
    )
    .addOption(
      new Option("--misses <count>", "heartbeats missed before a link is blamed (default 3)").argParser(number),
    )
    .addOption(new Option("--hold-down <ms>", "wait before a returned link is used (default 1000)").argParser(number))
    .addOption(
      new Option("--session-life <ms>", "how long a session outlives the loss of both links (default 30000)").argParser(
        number,
      ),
    )
    .addOption(
      new Option("--interface <name>", "bind a link to an interface as well; give it twice, in the order of --link")
        .argParser(collect((name) => name))
        .default([]),
    )
    .addOption(
      new Option(
        "--forward <local:port=remote:port>",
        "accept TCP here and dial the target at the other end; repeatable",
      )
        .argParser(collect(forwarding))
        .default([]),
    )
    .addOption(
      new Option("--allow <host:port>", "a target the other end may have dialled from here; repeatable")
        .argParser(collect(hostPort))
        .default([]),
    )
    .addOption(new Option("--tls-ca <file>", "TLS 1.3 with mutual certificates: who signs the peer's"))
    .addOption(new Option("--tls-cert <file>", "our certificate"))
    .addOption(new Option("--tls-key <file>", "its key"))
    .addOption(new Option("--psk-file <file>", "TLS 1.3 with a pre-shared key: a file of at least 16 random bytes"))
    .addOption(
      new Option("--metrics-port <port>", "serve Prometheus metrics on 127.0.0.1:<port>/metrics").argParser(number),
    )
    .addOption(
      new Option("--log-level <level>", "structured log lines on standard error")
        .choices(["debug", "info", "warn", "silent"])
        .default("info"),
    );
}

/** Exactly two links; throws `transport/config`. */
export function twoLinks<T>(links: readonly T[], option = "--link"): readonly [T, T] {
  const [first, second, ...rest] = links;
  if (first === undefined || second === undefined || rest.length > 0)
    throw userError("transport/config", `${option} is given ${links.length} times`, `Give ${option} exactly twice.`);
  return [first, second];
}

/** The links with the interfaces they are bound to, if any are named; throws `transport/config`. */
export function onInterfaces<T extends object>(
  [first, second]: readonly [T, T],
  names: readonly string[],
): readonly [T & { interfaceName?: string }, T & { interfaceName?: string }] {
  if (names.length === 0) return [first, second];
  const [one, two] = twoLinks(names, "--interface");
  return [
    { ...first, interfaceName: one },
    { ...second, interfaceName: two },
  ];
}

/** What the transport's two sides share. */
export function sessionOptions(options: LinkOptions): Omit<SessionOptions, "logger"> {
  return {
    mode: options.mode,
    primary: options.primary === "0" ? 0 : 1,
    revertive: options.revertive,
    ...(options.heartbeat !== undefined && { heartbeatIntervalMs: options.heartbeat }),
    ...(options.misses !== undefined && { missesMax: options.misses }),
    ...(options.holdDown !== undefined && { holdDownMs: options.holdDown }),
    ...(options.sessionLife !== undefined && { sessionLifeMs: options.sessionLife }),
  };
}

/** TLS as asked for; throws a `UserError` for files that cannot be read or options that contradict each other. */
export function tlsOptions(options: LinkOptions): { readonly tls?: LinkTls } {
  const { tlsCa, tlsCert, tlsKey, pskFile } = options;
  const certificates = [tlsCa, tlsCert, tlsKey].filter((each) => each !== undefined);
  if (pskFile !== undefined) {
    if (certificates.length > 0)
      throw userError("transport/config", "--psk-file and --tls-* contradict each other", "Give one of the two.");
    return { tls: { preSharedKey: read(pskFile) } };
  }
  if (certificates.length === 0) return {};
  if (tlsCa === undefined || tlsCert === undefined || tlsKey === undefined)
    throw userError("transport/config", "TLS needs three files", "Give --tls-ca, --tls-cert and --tls-key.");
  return { tls: { ca: read(tlsCa), cert: read(tlsCert), key: read(tlsKey) } };
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw userError("file/not-readable", `${path} cannot be read (${code})`, "Check the path and the permissions.");
  }
}

/** Forwardings as text, for logs. */
export const describeForwarding = ({ local, remote }: Forwarding) =>
  `${formatHostPort(local)} -> ${formatHostPort(remote)}`;
