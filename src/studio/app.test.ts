import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeApp } from "./app.ts";
import { fileBytesMax, StudioFolder } from "./folder.ts";

const host = "127.0.0.1:7070";
const base = `http://${host}`;
const clusterText = "name: small\nservers: { count: 8 }\nplane: {}\n";
let place: string;
let folder: string;

beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), "twinspine-studio-")));
  folder = join(place, "opened");
  mkdirSync(join(folder, "assets"), { recursive: true });
  mkdirSync(join(place, "opened-beside"));
  writeFileSync(join(folder, "small.yaml"), clusterText);
  writeFileSync(join(folder, "notes.txt"), "not for the studio");
  writeFileSync(join(folder, "huge.yaml"), Buffer.alloc(fileBytesMax + 1, "#"));
  writeFileSync(join(place, "secret.yaml"), "name: secret\n");
  writeFileSync(join(place, "opened-beside", "secret.yaml"), "name: secret\n");
  symlinkSync(join(place, "secret.yaml"), join(folder, "link.yaml"));
  symlinkSync(place, join(folder, "up"));
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function app(token?: string) {
  const options = { webFolder: join(place, "web"), file: "small.yaml", version: "1.2.3", token };
  return makeApp({ ...options, folder: new StudioFolder(folder) });
}

const ask = (path: string, init: RequestInit = {}, token?: string) =>
  app(token).request(`${base}${path}`, { ...init, headers: { host, ...init.headers } });

describe("files", () => {
  test("the session names the file and the YAML files of the folder, nothing outside it", async () => {
    const session = await (await ask("/api/session")).json();
    expect(session).toEqual({ version: "1.2.3", file: "small.yaml", files: ["huge.yaml", "small.yaml"] });
  });

  test("a file is read, written whole and read again", async () => {
    expect(await (await ask("/api/file?name=small.yaml")).json()).toMatchObject({ text: clusterText });
    const changed = clusterText.replace("8", "16");
    expect((await ask("/api/file?name=new.yaml", { method: "PUT", body: changed })).status).toBe(200);
    expect(readFileSync(join(folder, "new.yaml"), "utf8")).toBe(changed);
    expect((await ask("/api/file?name=new.yaml", { method: "PUT", body: clusterText })).status).toBe(200);
    expect(await (await ask("/api/file?name=new.yaml")).json()).toMatchObject({ text: clusterText });
    rmSync(join(folder, "new.yaml"));
  });

  test("a file is written over the version that was read, and over no other", async () => {
    const put = async (body: string, version: string) =>
      ask(`/api/file?name=new.yaml&version=${encodeURIComponent(version)}`, { method: "PUT", body });
    const versionOf = async (answer: Response) => ((await answer.json()) as { version: string }).version;
    const versionNow = async () => versionOf(await ask("/api/version?name=new.yaml"));
    expect(await versionNow()).toBe("absent");
    expect((await put("name: first", "1-2-3")).status).toBe(412);
    expect(await versionNow()).toBe("absent");
    const first = await versionOf(await put("name: first", "absent"));
    expect(await versionNow()).toBe(first);
    expect((await put("name: again", "absent")).status).toBe(412);
    // As many letters at perhaps the same moment: still another version.
    const second = await versionOf(await put("name: other", first));
    expect(second).not.toBe(first);
    expect((await put("name: stale", first)).status).toBe(412);
    expect(await (await ask("/api/file?name=new.yaml")).json()).toEqual({ text: "name: other", version: second });
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
    rmSync(join(folder, "new.yaml"));
  });

  test.each([
    "../secret.yaml",
    "..%2Fsecret.yaml",
    "%2e%2e%2fsecret.yaml",
    "../opened-beside/secret.yaml",
    "up/secret.yaml",
    "link.yaml",
    "/etc/hostname.yaml",
    "assets/../../secret.yaml",
    "../missing/secret.yaml",
  ])("%s lies outside the folder and is neither read nor written", async (name) => {
    expect((await ask(`/api/file?name=${name}`)).status).toBe(403);
    expect((await ask(`/api/version?name=${name}`)).status).toBe(403);
    expect((await ask(`/api/file?name=${name}`, { method: "PUT", body: "name: taken" })).status).toBe(403);
    expect(readFileSync(join(place, "secret.yaml"), "utf8")).toBe("name: secret\n");
  });

  test.each([
    ["notes.txt", 403],
    ["small.yaml%00.txt", 400],
    ["", 400],
    ["none.yaml", 404],
    ["none/small.yaml", 404],
    ["huge.yaml", 413],
    ["assets/.yaml", 403],
  ])("%s is answered with %i", async (name, status) => {
    expect((await ask(`/api/file?name=${name}`)).status).toBe(status);
  });

  test("more than a cluster file may hold is not written", async () => {
    const answer = await ask("/api/file?name=big.yaml", { method: "PUT", body: "#".repeat(fileBytesMax + 1) });
    expect(answer.status).toBe(413);
    expect((await ask("/api/file?name=big.yaml")).status).toBe(404);
  });
});

describe("who may ask", () => {
  test("a foreign name that resolves to this machine is refused", async () => {
    const answer = await app().request("http://attacker.example:7070/api/session", {
      headers: { host: "attacker.example:7070" },
    });
    expect(answer.status).toBe(403);
  });

  test.each([
    { origin: "http://attacker.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:9999" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ])("a page of another origin is refused: %o", async (headers) => {
    expect((await ask("/api/session", { headers })).status).toBe(403);
    const written = await ask("/api/file?name=small.yaml", { method: "PUT", body: "name: taken", headers });
    expect(written.status).toBe(403);
    expect(readFileSync(join(folder, "small.yaml"), "utf8")).toBe(clusterText);
  });

  test("a link from elsewhere opens the page, and nothing but the page", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    expect((await ask("/", { headers })).status).not.toBe(403);
    expect((await ask("/api/session", { headers })).headers.get("access-control-allow-origin")).toBeNull();
  });

  test("its own pages may ask", async () => {
    const headers = { origin: base, "sec-fetch-site": "same-origin" };
    expect((await ask("/api/session", { headers })).status).toBe(200);
  });

  test("with a token nothing is told without it", async () => {
    const elsewhere = { host: "10.0.0.5:7070" };
    expect((await ask("/api/session", { headers: elsewhere }, "secret-token")).status).toBe(401);
    const wrong = { ...elsewhere, authorization: "Bearer secret-toke" };
    expect((await ask("/api/session", { headers: wrong }, "secret-token")).status).toBe(401);
    const right = { ...elsewhere, authorization: "Bearer secret-token" };
    expect((await ask("/api/session", { headers: right }, "secret-token")).status).toBe(200);
  });

  test("every answer forbids what is not ours", async () => {
    for (const path of ["/", "/api/session", "/nothing"]) {
      const { headers } = await ask(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test.each(["/../package.json", "/assets/../../package.json", "/assets/%2e%2e/%2e%2e/secret.yaml", "/.git/config"])(
    "%s is no file of the app",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );
});

describe("long simulations", () => {
  const wish = { path: "small.yaml", clusterText, scenario: { days: 0.2, seed: 1 } };
  const run = (body: unknown) => ask("/api/simulate", { method: "POST", body: JSON.stringify(body) });

  test("are told from start to end as server-sent events", async () => {
    const answer = await run(wish);
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const events = (await answer.text()).split("\n\n").filter((each) => each !== "");
    expect(events[0]).toContain("event: progress");
    const result = JSON.parse(/^data: ?(.*)$/m.exec(events.at(-1)!)![1]!);
    expect(result.simulation).toMatchObject({ complete: true, cluster: { servers: 8 } });
  });

  test("tell what is wrong with the file or scenario", async () => {
    const text = await (await run({ ...wish, clusterText: "name: x\nservers: { count: many }" })).text();
    expect(text).toContain("event: error");
    expect(text).toContain("cluster/value");
    const scenario = { path: "s.yaml", text: "events: [{ at: 1s, event: fail, part: nothing }]" };
    expect(await (await run({ ...wish, scenario })).text()).toContain("scenario/unknown-part");
  });

  test.each([[undefined], [{ ...wish, scenario: { days: 1e9, seed: 1 } }], [{ ...wish, more: 1 }]])(
    "refuse what they do not know: %o",
    async (body) => {
      expect((await run(body)).status).toBe(400);
    },
  );

  test("stop when nobody listens any more, and make room for others", async () => {
    const shared = app();
    const start = () =>
      shared.request(`${base}/api/simulate`, {
        method: "POST",
        headers: { host },
        body: JSON.stringify({ ...wish, scenario: { days: 100, seed: 1 } }),
      });
    const first = await start();
    const second = await start();
    expect((await start()).status).toBe(409);
    for (const { body } of [first, second]) {
      const reader = body!.getReader();
      await reader.read();
      await reader.cancel();
    }
    await expect.poll(async () => (await start()).status, { timeout: 10_000 }).toBe(200);
  });
});
