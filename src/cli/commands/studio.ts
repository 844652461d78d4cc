/** twinspine studio: the fabric in a browser. */

import { type Command, InvalidArgumentError } from "commander";
import { userError } from "../../base/diagnostics.ts";
import { isFabricFile } from "../../exchange/import/fabric-json.ts";
import { fabricBytesMax } from "../../studio/folder.ts";
import { startStudio } from "../../studio/serve.ts";
import { readStart, readText } from "../files.ts";
import type { SetExitCode } from "../program.ts";
import { exitCodes } from "../run.ts";
import { packageVersion } from "../version.ts";
import { settingsOption } from "./shared.ts";

interface Options {
  readonly host: string;
  readonly port: number;
  readonly settings?: string;
}

export function addStudio(program: Command, setExitCode: SetExitCode): void {
  program
    .command("studio")
    .argument(
      "<cluster-file>",
      "cluster file (YAML), or imported fabric (JSON, see twinspine import); files of its folder can be opened and saved",
    )
    .description("see the fabric in a browser, break it, and watch what training does")
    .option("--port <port>", "port to listen on; 0 takes any that is free", portOf, 0)
    .option("--host <address>", "address to listen on; any but this machine's own asks for a token", "127.0.0.1")
    .addOption(settingsOption())
    .addHelpText(
      "after",
      `
Prints the address and serves it until Ctrl-C. Nothing is loaded from anywhere else: it works offline.

Examples:
  twinspine studio examples/thousand-gpu.yaml
  twinspine studio examples/hundred-thousand.yaml --port 7070
  twinspine studio fabric.json --settings cluster.yaml`,
    )
    .action(async (file: string, options: Options) => setExitCode(await studio(file, options)));
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a whole number from 0 to 65535.");
}

async function studio(file: string, { host, port, settings }: Options): Promise<number> {
  const isImported = isFabricFile(readStart(file));
  if (isImported ? !file.endsWith(".json") : !/\.ya?ml$/.test(file))
    throw userError(
      "command/value",
      isImported ? `${file} is an imported fabric, but no .json file` : `${file} is no .yaml or .yml file`,
      "The studio opens cluster files (.yaml, .yml) and imported fabrics (.json).",
    );
  if (settings !== undefined && !isImported)
    throw userError(
      "command/value",
      `--settings is for an imported fabric, and ${file} is none`,
      "A cluster file has its own settings: leave --settings out.",
    );
  if (isImported) readText(file, fabricBytesMax, "A fabric file");
  else readText(file);
  if (settings !== undefined) readText(settings);
  const running = await startStudio({ file, settings, host, port, version: packageVersion() });
  process.stdout.write(`${running.url}\n`);
  process.stderr.write("Open the address in a browser. Ctrl-C ends the studio.\n");
  await new Promise<void>((stopped) => {
    process.once("SIGINT", () => stopped()).once("SIGTERM", () => stopped());
  });
  await running.close();
  return exitCodes.done;
}
