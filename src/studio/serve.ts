/** The studio's server on a port of this machine. */

import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { userError } from "../base/diagnostics.ts";
import { makeApp } from "./app.ts";
import { StudioFolder } from "./folder.ts";

export interface StudioWish {
  /** Path of the cluster file or imported fabric; its folder is what can be opened and saved. */
  readonly file: string;
  /** Path of the cluster file with the settings of an imported fabric, in the same folder or below it. */
  readonly settings?: string | undefined;
  /** Address to listen on; any but a loopback address asks for a token. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly version: string;
}

export interface RunningStudio {
  /** Address to open, with the token where one is needed. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const loopback = new Set(["127.0.0.1", "localhost", "::1"]);

/** Starts listening. Throws a `UserError` where the address or port cannot be had. */
export function startStudio({ file, settings, host, port, version }: StudioWish): Promise<RunningStudio> {
  const token = loopback.has(host) ? undefined : randomBytes(24).toString("base64url");
  const root = realpathSync(dirname(resolve(file)));
  const folder = new StudioFolder(root);
  // Two levels below the package in src and in dist alike.
  const webFolder = fileURLToPath(new URL("../../dist/web", import.meta.url));
  const app = makeApp({
    webFolder,
    folder,
    file: basename(file),
    settings: settingsName(root, settings),
    version,
    token,
  });
  return new Promise((started, failed) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => {
      const name = reachable(address.address);
      const key = token === undefined ? "" : `#token=${token}`;
      started({
        url: `http://${name}:${address.port}/${key}`,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      });
    });
    server.on("error", (error: NodeJS.ErrnoException) => {
      const where = `${host} port ${port}`;
      failed(
        userError(
          "command/value",
          `the studio cannot listen on ${where} (${error.code})`,
          "Use another --port or --host.",
        ),
      );
    });
  });
}

/** A name under which others reach what listens there: every address of this machine is none that a browser can open. */
function reachable(address: string): string {
  if (address !== "0.0.0.0" && address !== "::") return address.includes(":") ? `[${address}]` : address;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? "127.0.0.1";
}

/** Name of the settings in the folder. Throws where they lie elsewhere: the studio reads nothing outside. */
function settingsName(root: string, settings: string | undefined): string | undefined {
  if (settings === undefined) return undefined;
  const name = relative(root, realpathSync(settings));
  if (!name.startsWith("..") && !isAbsolute(name)) return name.split(sep).join("/");
  throw userError(
    "command/value",
    `--settings ${settings} lies outside ${root}`,
    "The studio reads one folder: put the settings beside the imported fabric.",
  );
}
