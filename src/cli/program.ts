/** The commands of twinspine. */

import { Command } from "commander";
import { addAgentCommands } from "./commands/agent.ts";
import { addAssess } from "./commands/assess.ts";
import { addAudit } from "./commands/audit.ts";
import { addCatalog } from "./commands/catalog.ts";
import { addDesign } from "./commands/design.ts";
import { addExport } from "./commands/export.ts";
import { addImport } from "./commands/import.ts";
import { addLabCommands } from "./commands/lab.ts";
import { addLinkCommands } from "./commands/link.ts";
import { addPrice } from "./commands/price.ts";
import { addSimulate } from "./commands/simulate.ts";
import { addStudio } from "./commands/studio.ts";
import { packageVersion } from "./version.ts";

/** Tells the runner which exit code a command that went through ends with. */
export type SetExitCode = (code: number) => void;

/** The program with all its commands. Wrong usage throws a `CommanderError`. */
export function makeProgram(setExitCode: SetExitCode): Command {
  const program = new Command("twinspine")
    .description("Design, prove, price and run dual-link fabrics of AI clusters from one cluster file.")
    .version(packageVersion(), "-V, --version")
    .exitOverride()
    .configureHelp({ sortSubcommands: false })
    .showSuggestionAfterError()
    .showHelpAfterError("(add --help for the options and examples)")
    .addHelpText(
      "after",
      `
Examples:
  twinspine assess examples/thousand-gpu.yaml       everything, as text and as a report
  twinspine audit examples/as-drawn.yaml            exits 1: single points of failure are left
  twinspine design examples/hpn-pod.yaml --json     counts, parts and warnings as JSON

Exit codes: 0 done, nothing wrong found; 1 done, and the finding is bad; 2 bad input; 70 a bug in twinspine.`,
    );
  const commands = [addAssess, addDesign, addAudit, addSimulate, addPrice, addExport, addImport, addCatalog];
  for (const add of [...commands, addStudio, addLinkCommands, addAgentCommands, addLabCommands])
    add(program, setExitCode);
  return program;
}
