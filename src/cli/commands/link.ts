/** twinspine link: any TCP service through the pair, and AllReduce over it. */

import { hostname } from "node:os";
import type { Command } from "commander";
import { pino } from "pino";
import { UserError, userError } from "../../base/diagnostics.ts";
import { acceptForwards, formatHostPort, type HostPort, serveForwards } from "../../transport/forward.ts";
import { connect, type Session, TransportError, type TransportLogger } from "../../transport/index.ts";
import { listen } from "../../transport/listen.ts";
import { SessionMetrics } from "../../transport/metrics.ts";
import { linkDisplay } from "../link-display.ts";
import {
  connectLinkOption,
  describeForwarding,
  type LinkOptions,
  listenLinkOption,
  onInterfaces,
  sessionOptions,
  type Target,
  tlsOptions,
  twoLinks,
  withLinkOptions,
} from "../link-options.ts";
import { addAllReduce } from "./link-allreduce.ts";

/** Exit code after Ctrl-C, as shells have it. */
const interrupted = 130;
const redialDelayMs = 500;

type SetExitCode = (code: number) => void;

/** Adds `link` with its subcommands to the program. */
export function addLinkCommands(
  program: Command,
  setExitCode: SetExitCode = (code) => {
    process.exitCode = code;
  },
): void {
  const link = program
    .command("link")
    .description("carry TCP services over two links that fail over within milliseconds")
    .addHelpText(
      "after",
      `
Examples:
  host B$ twinspine link listen  --link 10.0.0.2:7000 --link 10.1.0.2:7000 --allow 127.0.0.1:5432
  host A$ twinspine link connect --link 10.0.0.1=10.0.0.2:7000 --link 10.1.0.1=10.1.0.2:7000 \\
            --forward 127.0.0.1:5432=127.0.0.1:5432
  twinspine link allreduce --processes 4 --cut`,
    );
  withLinkOptions(link.command("listen"))
    .description("wait for the peer on two local addresses")
    .addOption(listenLinkOption())
    .addHelpText(
      "after",
      `
Targets named by the peer are dialled only when --allow lists them. Ctrl-C ends the sessions and exits 130.

Examples:
  twinspine link listen --link 10.0.0.2:7000 --link 10.1.0.2:7000 --allow 127.0.0.1:22
  twinspine link listen --link 10.0.0.2:7000 --link 10.1.0.2:7000 --mode load-balancing --psk-file key --metrics-port 9100`,
    )
    .action(async (options: LinkOptions & { link: HostPort[] }) => setExitCode(await run(options, runListen)));
  withLinkOptions(link.command("connect"))
    .description("dial the peer on both links, and again whenever it is lost")
    .addOption(connectLinkOption())
    .addHelpText(
      "after",
      `
Each link can be bound to its own local address: --link 10.0.0.1=10.0.0.2:7000.

Examples:
  twinspine link connect --link 10.0.0.1=10.0.0.2:7000 --link 10.1.0.1=10.1.0.2:7000 --forward 127.0.0.1:2222=127.0.0.1:22`,
    )
    .action(async (options: LinkOptions & { link: Target[] }) => setExitCode(await run(options, runConnect)));
  addAllReduce(link, setExitCode);
}

interface Surroundings {
  readonly logger: TransportLogger;
  readonly metrics: SessionMetrics;
  readonly sessions: Set<Session>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Display, log, metrics and signals around either side. */
async function run<T extends LinkOptions>(
  options: T,
  side: (options: T, around: Surroundings) => Promise<void>,
): Promise<number> {
  const sessions = new Set<Session>();
  const display = linkDisplay(() => [...sessions]);
  const logger = pino({ level: options.logLevel, base: null }, { write: (line: string) => display.write(line) });
  const metrics = new SessionMetrics();
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const server = options.metricsPort === undefined ? undefined : await metrics.serve(options.metricsPort);
    await side(options, { logger, metrics, sessions, signal: stop.signal });
    server?.close();
    server?.closeAllConnections();
    return interrupted;
  } catch (error) {
    throw asUserError(error);
  } finally {
    display.stop();
    process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
  }
}

function asUserError(error: unknown): unknown {
  if (error instanceof UserError) return error;
  if (error instanceof TransportError) return userError(error.code, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? error : userError("transport/system", message, "Check the addresses, ports and rights.");
}

function watch(session: Session, options: LinkOptions, { metrics, sessions, logger }: Surroundings): void {
  sessions.add(session);
  metrics.watch(session);
  serveForwards(session, options.allow, logger);
  session.once("close", () => sessions.delete(session));
}

async function runListen(options: LinkOptions & { link: HostPort[] }, around: Surroundings): Promise<void> {
  const { logger, signal, sessions } = around;
  const listener = await listen({
    ...sessionOptions(options),
    ...tlsOptions(options),
    links: onInterfaces(twoLinks(options.link), options.interface),
    logger,
  });
  logger.info({ links: options.link.map(formatHostPort) }, "listening");
  listener.on("session", (session) => watch(session, options, around));
  const latest = () => [...sessions].at(-1);
  const servers = await Promise.all(options.forward.map((each) => acceptForwards(each, latest, logger)));
  for (const each of options.forward) logger.info({ forward: describeForwarding(each) }, "forwarding");
  await aborted(signal);
  for (const server of servers) server.close();
  await listener.close();
}

async function runConnect(options: LinkOptions & { link: Target[] }, around: Surroundings): Promise<void> {
  const { logger, signal } = around;
  const [first, second] = twoLinks(options.link);
  const links = onInterfaces([place(first), place(second)], options.interface);
  let session: Session | undefined;
  const clientName = nameOfClient(options);
  const settings = { ...sessionOptions(options), ...tlsOptions(options), links, logger, clientName };
  const servers = await Promise.all(options.forward.map((each) => acceptForwards(each, () => session, logger)));
  for (const each of options.forward) logger.info({ forward: describeForwarding(each) }, "forwarding");
  while (!signal.aborted) {
    try {
      session = await connect({ ...settings, signal });
      watch(session, options, around);
      const current = session;
      await new Promise((resolve) => current.once("close", resolve));
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (!signal.aborted) logger.warn({ reason: String(error) }, "no session; dialling again");
    }
    await Promise.race([aborted(signal), new Promise((resolve) => setTimeout(resolve, redialDelayMs))]);
  }
  for (const server of servers) server.close();
}

/** The same at every start of the same command on the same host. */
function nameOfClient({ link, forward, interface: interfaces }: LinkOptions & { link: Target[] }): string {
  return JSON.stringify([hostname(), link, forward, interfaces]);
}

function place({ localAddress, peer }: Target) {
  return { ...peer, ...(localAddress !== undefined && { localAddress }) };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
