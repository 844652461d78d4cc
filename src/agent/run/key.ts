/** The secret that all agents share. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { type Diagnostic, UserError } from "../../base/diagnostics.ts";
import { heartbeatKey } from "../heartbeat/datagram.ts";
import type { Host } from "../host/types.ts";

const secretBytesMin = 16;
const secretBytesMax = 4_096;
const readableByOthers = 0o077;

const remedy = "head -c 32 /dev/urandom | base64 > agent.key; chmod 600 agent.key; copy it to every host.";

/** The key of the heartbeats; undefined when no peer needs one. Throws a `UserError` when the secret cannot serve. */
export function readKey(host: Host, hostFile: string): Buffer | undefined {
  const path = keyPath(host, hostFile);
  if (path === undefined) return undefined;
  let secret: Buffer;
  try {
    secret = readFileSync(path);
  } catch (error) {
    throw keyError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const trimmed = Buffer.from(secret.toString("latin1").trim(), "latin1");
  if (trimmed.length < secretBytesMin || trimmed.length > secretBytesMax)
    throw keyError(`the secret in ${path} has ${trimmed.length} bytes, not ${secretBytesMin} to ${secretBytesMax}`);
  return heartbeatKey(trimmed);
}

const keyError = (message: string) =>
  new UserError([{ code: "agent/key", severity: "error", message, remedy, path: "keyFile" }]);

/** A warning when others can read the secret. systemd guards its credentials itself. */
export function checkKeyFile(host: Host, hostFile: string): Diagnostic[] {
  if (credential(host) !== undefined) return [];
  const path = keyPath(host, hostFile);
  const mode = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & readableByOthers) === 0) return [];
  const message = `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`;
  return [{ code: "agent/key", severity: "warning", message, remedy: `chmod 600 ${path}`, path: "keyFile" }];
}

function keyPath(host: Host, hostFile: string): string | undefined {
  if (host.keyFile === undefined || host.peers.every(({ watch }) => watch !== "agent")) return undefined;
  return credential(host) ?? resolve(dirname(hostFile), host.keyFile);
}

/** A credential of the unit (LoadCredential, systemd.exec) that has the key file's name: its user may not read /etc. */
function credential({ keyFile }: Host): string | undefined {
  const folder = process.env.CREDENTIALS_DIRECTORY;
  if (folder === undefined || keyFile === undefined) return undefined;
  const path = join(folder, basename(keyFile));
  return existsSync(path) ? path : undefined;
}
