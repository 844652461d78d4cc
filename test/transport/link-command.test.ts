import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { expect, onTestFinished, test } from "vitest";
import { root, twinspine } from "../support/twinspine.ts";

/** A running link command; `ready` once its log says so. */
async function start(args: readonly string[], ready: string): Promise<{ child: ChildProcess; log: () => string }> {
  const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "link", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  while (!log.includes(ready)) {
    await Promise.race([once(child.stderr!, "data"), once(child, "exit")]);
    if (child.exitCode !== null) throw new Error(`ended early: ${log}`);
  }
  return { child, log: () => log };
}

async function freePort(host = "127.0.0.1"): Promise<number> {
  const server = createServer().listen({ host, port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function echoServer(): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => void pipeline(socket, socket).catch(() => {}));
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function through(port: number, bytes: Buffer): Promise<Buffer> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.end(bytes);
  const pieces: Buffer[] = [];
  for await (const piece of socket) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

test("a TCP service is carried through the pair, counted, and both commands end on Ctrl-C", async () => {
  const [echo, first, second, local, metrics] = await Promise.all([
    echoServer(),
    freePort(),
    freePort("127.0.0.2"),
    freePort(),
    freePort(),
  ]);
  const listening = await start(
    [
      "listen",
      "--link",
      `127.0.0.1:${first}`,
      "--link",
      `127.0.0.2:${second}`,
      "--allow",
      `127.0.0.1:${echo}`,
      "--metrics-port",
      `${metrics}`,
    ],
    '"msg":"listening"',
  );
  const connecting = await start(
    [
      "connect",
      "--link",
      `127.0.0.1=127.0.0.1:${first}`,
      "--link",
      `127.0.0.2=127.0.0.2:${second}`,
      "--forward",
      `127.0.0.1:${local}=127.0.0.1:${echo}`,
    ],
    '"msg":"carrying"',
  );
  const sent = randomBytes(3_000_000);
  const [got, again] = await Promise.all([through(local, sent), through(local, sent.subarray(0, 1_000))]);
  expect(got.equals(sent)).toBe(true);
  expect(again.equals(sent.subarray(0, 1_000))).toBe(true);

  const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  expect(text).toMatch(/twinspine_link_state\{session="1",link="0",state="up"\} 1/);
  // Whichever link answered first carries first.
  const received = [...text.matchAll(/twinspine_link_received_bytes_total\{link="\d"\} (\d+)/g)];
  expect(received.reduce((sum, [, bytes]) => sum + Number(bytes), 0)).toBeGreaterThan(3_000_000);
  for (const name of [
    "twinspine_takeover_seconds",
    "twinspine_link_round_trip_seconds",
    "twinspine_replayed_bytes_total",
  ])
    expect(text).toContain(`# TYPE ${name}`);

  for (const line of connecting.log().trim().split("\n")) expect(() => JSON.parse(line)).not.toThrow();
  for (const { child } of [connecting, listening]) {
    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(130);
  }
});

test("a client that is killed and started again: its former session ends with a code, and forwarding goes on", async () => {
  const [echo, first, second, local] = await Promise.all([echoServer(), freePort(), freePort("127.0.0.2"), freePort()]);
  const links = ["--link", `127.0.0.1:${first}`, "--link", `127.0.0.2:${second}`];
  const listening = await start(["listen", ...links, "--allow", `127.0.0.1:${echo}`], '"msg":"listening"');
  const forward = ["--forward", `127.0.0.1:${local}=127.0.0.1:${echo}`];
  const { child } = await start(["connect", ...links, ...forward], '"msg":"carrying"');
  child.kill("SIGKILL");
  await once(child, "exit");
  await start(["connect", ...links, ...forward], '"msg":"carrying"');
  while (!listening.log().includes("switching/peer-restarted")) await once(listening.child.stderr!, "data");
  const sent = randomBytes(100_000);
  expect((await through(local, sent)).equals(sent)).toBe(true);
});

test("an interface that is not there, or only one, is told with a code", () => {
  const links = ["--link", "127.0.0.1:0", "--link", "127.0.0.2:0"];
  const absent = twinspine(["link", "listen", ...links, "--interface", "absent0", "--interface", "absent1"]);
  expect(absent.code).toBe(2);
  expect(absent.stderr).toContain("binding to interface absent0");
  const one = twinspine(["link", "listen", ...links, "--interface", "lo"]);
  expect(one.code).toBe(2);
  expect(one.stderr).toContain("--interface is given 1 times");
});

test("a target that is not allowed is not dialled", async () => {
  const [echo, first, second, local] = await Promise.all([echoServer(), freePort(), freePort("127.0.0.2"), freePort()]);
  const listening = await start(
    ["listen", "--link", `127.0.0.1:${first}`, "--link", `127.0.0.2:${second}`],
    '"msg":"listening"',
  );
  await start(
    [
      "connect",
      "--link",
      `127.0.0.1:${first}`,
      "--link",
      `127.0.0.2:${second}`,
      "--forward",
      `127.0.0.1:${local}=127.0.0.1:${echo}`,
    ],
    '"msg":"carrying"',
  );
  const socket = connect({ host: "127.0.0.1", port: local });
  socket.on("error", () => {});
  socket.write("hello");
  await new Promise((resolve) => socket.resume().once("close", resolve));
  expect(socket.bytesRead).toBe(0);
  while (!listening.log().includes("forward refused")) await once(listening.child.stderr!, "data");
});

test("wrong options are told with a code", () => {
  const run = twinspine(["link", "listen", "--link", "127.0.0.1:7000"]);
  expect(run.code).toBe(2);
  expect(run.stderr).toContain("transport/config");
  expect(twinspine(["link", "connect", "--link", "nonsense", "--link", "127.0.0.2:1"]).code).toBe(2);
  const contradiction = twinspine([
    "link",
    "listen",
    "--link",
    "127.0.0.1:0",
    "--link",
    "127.0.0.2:0",
    "--psk-file",
    "a",
    "--tls-ca",
    "b",
  ]);
  expect(contradiction.stderr).toContain("contradict");
});

test("AllReduce over dual links: a cut changes not one bit", () => {
  const run = twinspine([
    "link",
    "allreduce",
    "--processes",
    "3",
    "--elements",
    "200000",
    "--iterations",
    "6",
    "--cut",
    "--json",
  ]);
  const result = JSON.parse(run.stdout);
  expect(result).toMatchObject({ rightSums: 18, allSums: 18, cutIteration: 3 });
  expect(result.takeovers.length).toBeGreaterThan(0);
  expect(result.takeovers[0]).toMatchObject({ link: 0 });
  expect(run.code).toBe(0);
});
