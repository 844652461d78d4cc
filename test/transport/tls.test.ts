import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type * as Transport from "../../src/transport/index.ts";
import { requirement } from "../setup/requirements.ts";
import { root, temporaryFolder } from "../support/twinspine.ts";

/** The built transport, as a user has it. */
const transport = (): Promise<typeof Transport> => import(join(root, "dist/transport/index.js"));

/** Certificates of one authority for both sides, and one of a stranger. */
function certificates(folder: string) {
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  for (const name of ["authority", "stranger"])
    openssl(
      "req",
      "-x509",
      ...key,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
    );
  for (const name of ["listener", "client"]) {
    const names = "subjectAltName=IP:127.0.0.1,IP:127.0.0.2";
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`, "-addext", names);
    const sign = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-copy_extensions", "copy"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...sign, "-days", "2", "-out", `${name}.pem`);
  }
  const read = (name: string) => readFileSync(join(folder, name));
  return (name: string, authority = "authority") => ({
    ca: read(`${authority}.pem`),
    cert: read(`${name}.pem`),
    key: read(`${name}.key`),
  });
}

describe.skipIf(!requirement("openssl"))("TLS 1.3 with certificates", () => {
  let module: typeof Transport;
  beforeAll(async () => {
    module = await transport();
  });

  test.each([
    ["both from the same authority", "client", "authority", true],
    ["the client a stranger", "stranger", "authority", false],
    ["the client trusts another authority", "client", "stranger", false],
  ])("%s", async (_name, client, authority, accepted) => {
    const of = certificates(temporaryFolder());
    const tls = of("listener");
    const listener = await module.listen({ links: [{ host: "127.0.0.1" }, { host: "127.0.0.2" }], tls });
    onTestFinished(() => listener.close());
    listener.on("session", (session) =>
      session.on("stream", (stream) => void pipeline(stream, stream).catch(() => {})),
    );
    const [first, second] = listener.addresses;
    const connecting = module.connect({
      links: [
        { host: "127.0.0.1", port: first.port },
        { host: "127.0.0.2", port: second.port },
      ],
      tls: of(client, authority),
      connectTimeoutMs: accepted ? 10_000 : 1_500,
    });
    if (!accepted) {
      await expect(connecting).rejects.toMatchObject({ code: "transport/timeout" });
      expect(listener.sessions).toEqual([]);
      return;
    }
    const session = await connecting;
    const stream = session.openStream();
    stream.end(Buffer.alloc(1_000_000, 7));
    let bytes = 0;
    for await (const piece of stream) bytes += piece.length;
    expect(bytes).toBe(1_000_000);
    await session.close();
  });
});
