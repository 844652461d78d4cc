import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UserError } from "../../base/diagnostics.ts";
import { heartbeatKey } from "../heartbeat/datagram.ts";
import { parseHost } from "../host/parse.ts";
import { checkKeyFile, readKey } from "./key.ts";

const host = parseHost(
  `name: a
keyFile: keys/agent.key
links:
  - { interface: l0, address: 10.0.0.1 }
  - { interface: l1, address: 10.0.1.1 }
peers:
  - { name: b, addresses: [10.0.0.2, 10.0.1.2], prefixes: [10.9.0.2] }
`,
  "host.yaml",
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinspine-key-"));
  mkdirSync(join(folder, "keys"));
  mkdirSync(join(folder, "credentials"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const write = (path: string, secret: string, mode = 0o600) => writeFileSync(join(folder, path), secret, { mode });
const read = () => readKey(host, join(folder, "host.yaml"));
const check = () => checkKeyFile(host, join(folder, "host.yaml"));

test("the key lies beside the host file, and others must not read it", () => {
  write("keys/agent.key", "a secret beside the file\n");
  expect(read()).toEqual(heartbeatKey(Buffer.from("a secret beside the file")));
  expect(check()).toEqual([]);
  rmSync(join(folder, "keys/agent.key"));
  write("keys/agent.key", "a secret beside the file", 0o644);
  expect(check()).toMatchObject([{ code: "agent/key", severity: "warning" }]);
});

test("a credential of the systemd unit with the key file's name comes first", () => {
  vi.stubEnv("CREDENTIALS_DIRECTORY", join(folder, "credentials"));
  write("keys/agent.key", "a secret beside the file", 0o644);
  expect(read()).toEqual(heartbeatKey(Buffer.from("a secret beside the file")));
  write("credentials/agent.key", "a secret from systemd", 0o440);
  expect(read()).toEqual(heartbeatKey(Buffer.from("a secret from systemd")));
  expect(check()).toEqual([]);
});

test("no key, or one too short, is the user's error", () => {
  expect(read).toThrow(UserError);
  write("keys/agent.key", "too short");
  expect(read).toThrow(/9 bytes/);
});
