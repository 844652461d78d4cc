/** Runs one command line and turns what comes out into an exit code. */

import { CommanderError } from "commander";
import { UserError, userError } from "../base/diagnostics.ts";
import { printDiagnostics } from "./diagnostics.ts";
import { makeProgram } from "./program.ts";

/** Exit codes, documented in docs/command-line.md. */
export const exitCodes = {
  /** Done, nothing wrong found. */
  done: 0,
  /** Done, and the finding is bad: a fatal single point of failure, a design that cannot be built. */
  finding: 1,
  /** Bad input or a wrong command line. */
  badInput: 2,
  /** Stopped by Ctrl-C with a result up to that moment: 128 + SIGINT. */
  interrupted: 130,
  /** A bug in twinspine. */
  bug: 70,
} as const;

/** Runs the command line of `argv` (as `process.argv`) and resolves to the exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  let outputFailed = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader of a pipe (head, less) has seen enough; the finding stands all the same.
    if (error.code === "EPIPE" || outputFailed) return;
    outputFailed = true;
    process.exitCode = exitCodeOf(
      userError(
        "file/not-writable",
        `standard output cannot be written (${error.code})`,
        "Check the permissions and the free space.",
      ),
    );
  });
  try {
    const program = makeProgram((code) => {
      exitCode = code;
    });
    await program.parseAsync(argv);
    return outputFailed ? exitCodes.badInput : exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (error instanceof UserError) {
    printDiagnostics(error.diagnostics);
    return exitCodes.badInput;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`twinspine: this is a bug in twinspine, please report it with the cluster file.\n${text}\n`);
  return exitCodes.bug;
}
