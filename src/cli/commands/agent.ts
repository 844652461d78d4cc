/** twinspine agent: dual-link protection for programs that already exist. */

import { type Command, InvalidArgumentError, Option } from "commander";
import { pino } from "pino";
import { type LocatedHost, parseHostFile } from "../../agent/host/parse.ts";
import type { Host } from "../../agent/host/types.ts";
import { releaseKernel, runAgent } from "../../agent/run/agent.ts";
import { checkHost } from "../../agent/run/check.ts";
import { explainTakeovers, explanationText } from "../../agent/run/explain.ts";
import { readJournal } from "../../agent/run/journal.ts";
import { readKey } from "../../agent/run/key.ts";
import { agentPlaces } from "../../agent/run/places.ts";
import { plannedLines } from "../../agent/run/plan.ts";
import { askStatus } from "../../agent/run/status-server.ts";
import { statusText } from "../../agent/run/status-text.ts";
import { type Diagnostic, UserError, userError } from "../../base/diagnostics.ts";
import { printDiagnostics } from "../diagnostics.ts";
import { readText } from "../files.ts";
import { exitCodes } from "../run.ts";
import { textOptions } from "../terminal.ts";
import { printJson } from "./shared.ts";

const refreshMs = 500;
const explainedByDefault = 5;

type SetExitCode = (code: number) => void;

interface RunOptions {
  readonly dryRun?: boolean;
  readonly logLevel: string;
  readonly realTimePriority: number;
  readonly portable?: boolean;
}

/** Adds `agent` with its subcommands to the program. */
export function addAgentCommands(program: Command, setExitCode: SetExitCode): void {
  const agent = program
    .command("agent")
    .description("keep all IP traffic of this host off a sick link, by steering the kernel")
    .addHelpText(
      "after",
      `
Examples:
  twinspine agent check host.yaml               what would keep the agent from working here
  twinspine agent run host.yaml --dry-run       what it would put into the kernel, as lines of ip
  twinspine agent run host.yaml                 run (as root, or by the systemd unit in examples/agent)
  twinspine agent status host.yaml              the links and peers, refreshed on a terminal
  twinspine agent explain host.yaml             the last takeovers: what was seen when, and why`,
    );
  const onHost = (command: Command) => command.argument("<host-file>", "host file (YAML)");
  const json = () => new Option("--json", "print one JSON document and nothing else on standard output");

  onHost(agent.command("run"))
    .description("run until stopped; the kernel keeps both links when it ends, however it ends")
    .option("--dry-run", "print what would be done to the kernel and do nothing")
    .addOption(
      new Option("--log-level <level>", "of the log on standard error")
        .choices(["trace", "debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .option(
      "--real-time-priority <number>",
      "of the deciding thread, 1 to 99, where permitted; 0 for none",
      priority,
      50,
    )
    .addOption(new Option("--portable", "work through ip and timers although netlink sockets can be had").hideHelp())
    .action(async (path: string, options: RunOptions) => setExitCode(await run(path, options)));
  onHost(agent.command("check"))
    .description("look at the host and say what is missing; changes nothing")
    .addOption(json())
    .action((path: string, options: { json?: boolean }) => setExitCode(check(path, options)));
  onHost(agent.command("status"))
    .description("the links and peers of the agent that runs in this network namespace")
    .addOption(json())
    .option("--once", "print once, also on a terminal")
    .action(async (path: string, options: { json?: boolean; once?: boolean }) => status(path, options));
  onHost(agent.command("explain"))
    .description("the latest takeovers: what was seen when, the four times, and why")
    .addOption(json())
    .option("--last <number>", "how many", most, explainedByDefault)
    .action((path: string, options: { json?: boolean; last: number }) => explain(path, options));
  onHost(agent.command("release"))
    .description("take the steered routes away, as a stopped agent does; the route over both links stays")
    .option("--everything", "that route too: nothing of the agent is left")
    .action((path: string, options: { everything?: boolean }) =>
      releaseKernel(readHost(path), options.everything ?? false),
    );
}

function readLocatedHost(path: string): LocatedHost {
  return parseHostFile(readText(path), path);
}

const readHost = (path: string): Host => readLocatedHost(path).host;

/** Everything that keeps the agent from working here, and what is worth knowing, at its lines; the key where there is one. */
function looked(path: string): { readonly host: Host; readonly key: Buffer | undefined; readonly found: Diagnostic[] } {
  const { host, withPlaces } = readLocatedHost(path);
  const found = checkHost(host, path);
  try {
    return { host, key: readKey(host, path), found: withPlaces(found) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { host, key: undefined, found: withPlaces([...found, ...error.diagnostics]) };
  }
}

function wholeNumber(text: string, least: number, greatest: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > greatest)
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${greatest}.`);
  return value;
}
const priority = (text: string) => wholeNumber(text, 0, 99);
const most = (text: string) => wholeNumber(text, 1, 1_000);

async function run(path: string, options: RunOptions): Promise<number> {
  const { host, key, found } = looked(path);
  const errors = found.filter(({ severity }) => severity === "error");
  if (options.dryRun === true) {
    printDiagnostics(found);
    process.stdout.write(
      plannedLines(host)
        .map((line) => `ip ${line}\n`)
        .join(""),
    );
    return errors.length > 0 ? exitCodes.finding : exitCodes.done;
  }
  if (errors.length > 0) throw new UserError(found);
  const logger = pino(
    { level: options.logLevel, base: { host: host.name } },
    pino.destination({ dest: 2, sync: true }),
  );
  for (const { severity, code, message, remedy } of found)
    logger[severity === "warning" ? "warn" : "info"]({ code, remedy }, message);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    const { realTimePriority, portable = false } = options;
    await runAgent({ host, key, logger, realTimePriority, portable, signal: stop.signal });
    return exitCodes.done;
  } finally {
    process.removeListener("SIGINT", onSignal).removeListener("SIGTERM", onSignal);
  }
}

function check(path: string, options: { json?: boolean }): number {
  const { host, found } = looked(path);
  const bad = found.some(({ severity }) => severity === "error");
  if (options.json === true) printJson({ host: host.name, ok: !bad, diagnostics: found });
  else {
    printDiagnostics(found);
    process.stdout.write(
      bad ? `${host.name}: the agent cannot work here.\n` : `${host.name}: the agent can work here.\n`,
    );
  }
  return bad ? exitCodes.finding : exitCodes.done;
}

async function status(path: string, options: { json?: boolean; once?: boolean }): Promise<void> {
  const places = agentPlaces(readHost(path).stateFolder, false);
  const show = async () => statusText(await askStatus(places.socket), textOptions());
  if (options.json === true) {
    printJson(await askStatus(places.socket));
    return;
  }
  if (options.once === true || !process.stdout.isTTY) {
    process.stdout.write(await show());
    return;
  }
  await watchPage(show);
}

/** Shows a page on the terminal's other screen until Ctrl-C, and gives the first one back however this ends. */
async function watchPage(show: () => Promise<string>): Promise<void> {
  let page = await show();
  const leave = () => process.stdout.write("\u001b[?25h\u001b[?1049l");
  const stop = () => process.exit(exitCodes.done);
  process.on("exit", leave).on("SIGINT", stop).on("SIGTERM", stop);
  process.stdout.write("\u001b[?1049h\u001b[?25l");
  try {
    for (;;) {
      const lines = page.trimEnd().split("\n");
      const room = (process.stdout.rows ?? lines.length + 1) - 1;
      const cut = `... and ${lines.length - room + 1} more lines: --once shows all`;
      const shown = lines.length > room ? [...lines.slice(0, room - 1), cut] : lines;
      // Home, the page, and nothing beside and below it.
      process.stdout.write(`\u001b[H${shown.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
      await new Promise((resolve) => setTimeout(resolve, refreshMs));
      page = await show();
    }
  } finally {
    leave();
    process.removeListener("exit", leave).removeListener("SIGINT", stop).removeListener("SIGTERM", stop);
  }
}

function explain(path: string, options: { json?: boolean; last: number }): void {
  const host = readHost(path);
  const { journal } = agentPlaces(host.stateFolder, false);
  const entries = readJournal(journal);
  if (entries.length === 0)
    throw userError(
      "agent/running",
      `there is no journal at ${journal}`,
      "The agent writes it; each network namespace has its own.",
    );
  const explanations = explainTakeovers(host, entries, options.last);
  if (options.json === true) printJson(explanations);
  else process.stdout.write(explanationText(explanations));
}
