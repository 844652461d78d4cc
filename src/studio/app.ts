/** What the studio's server answers: the app's files, the cluster files of one folder, long simulations. */

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { compress } from "hono/compress";
import { streamSSE } from "hono/streaming";
import * as z from "zod";
import { userError } from "../base/diagnostics.ts";
import { isFabricFile } from "../exchange/import/fabric-json.ts";
import { flowsPerConnectionMax } from "../simulate/network/index.ts";
import { fileBytesMax, Refusal, type StudioFolder } from "./folder.ts";
import { askToken, refuseStrangers, secureHeaders } from "./guard.ts";
import { type RunWish, runSimulation } from "./runs.ts";

export interface StudioOptions {
  /** Where the built app lies. */
  readonly webFolder: string;
  readonly folder: StudioFolder;
  /** The file that is opened first, relative to the folder. */
  readonly file: string;
  /** The cluster file with the settings of imported fabrics, relative to the folder; undefined: the default ones. */
  readonly settings?: string | undefined;
  readonly version: string;
  /** Undefined where only this machine can ask. */
  readonly token: string | undefined;
}

/** Simulations that run at once. */
const runsMax = 2;

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const policySchema = z.union([
  z.strictObject({ kind: z.enum(["spray", "adaptive"]) }),
  z.strictObject({ kind: z.literal("ecmp"), flowsPerConnection: z.int().min(1).max(flowsPerConnectionMax) }),
]);

const runSchema = z.strictObject({
  path: z.string().max(1000),
  /** Where it is missing the file is read: an imported fabric may be large. */
  clusterText: z.string().max(fileBytesMax).optional(),
  scenario: z.union([
    z.strictObject({ text: z.string().max(fileBytesMax), path: z.string().max(1000) }),
    z.strictObject({ days: z.number().gt(0).max(100), seed: z.int().min(0) }),
  ]),
  mode: z.enum(["active-standby", "load-balancing", "duplication"]).optional(),
  policy: policySchema.optional(),
});

/** The server's answers; how it listens stands in serve.ts. */
export function makeApp(options: StudioOptions): Hono {
  const { folder, version, token } = options;
  const app = new Hono();
  const nameOf = (url: string) => new URL(url).searchParams.get("name") ?? "";
  app.use(secureHeaders, refuseStrangers({ token }));
  app.use("/api/*", askToken({ token }), bodyLimit({ maxSize: 2 * fileBytesMax + 65_536 }), async (context, next) => {
    context.header("Cache-Control", "no-store");
    return next();
  });
  app.onError((error, context) => {
    if (error instanceof Refusal) return context.json({ error: error.message }, error.status);
    process.stderr.write(`twinspine studio: ${error.stack ?? error.message}\n`);
    return context.json({ error: "The server failed; its terminal says more." }, 500);
  });
  app.get("/api/session", async (context) =>
    context.json({ version, file: options.file, settings: options.settings, files: await folder.list() }),
  );
  app.get("/api/file", async (context) => context.json(await folder.content(nameOf(context.req.url))));
  app.get("/api/version", async (context) => context.json({ version: await folder.version(nameOf(context.req.url)) }));
  // Written only over the version that the page has read, where it names one.
  app.put("/api/file", async (context) => {
    const expected = new URL(context.req.url).searchParams.get("version") ?? undefined;
    const version = await folder.write(nameOf(context.req.url), await context.req.text(), expected);
    return context.json({ version });
  });
  addSimulations(app, options);
  app.use("*", compress());
  app.get("*", (context) => webFile(options.webFolder, new URL(context.req.url).pathname));
  return app;
}

function addSimulations(app: Hono, { folder, version, settings }: StudioOptions): void {
  let running = 0;
  app.post("/api/simulate", async (context) => {
    const parsed = runSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
    if (running >= runsMax) throw new Refusal(409, `${runsMax} simulations run already; stop one first`);
    const { mode, policy, path, scenario } = parsed.data;
    const clusterText = parsed.data.clusterText ?? (await folder.read(path));
    const ofSettings =
      settings === undefined || !isFabricFile(clusterText.slice(0, 256))
        ? undefined
        : { path: settings, text: await folder.read(settings) };
    const wish: RunWish = { path, clusterText, settings: ofSettings, scenario, mode, policy };
    const partsFiles = await readPartsFiles(folder, ofSettings ?? { path, text: clusterText });
    const stop = new AbortController();
    running++;
    return streamSSE(context, async (stream) => {
      stream.onAbort(() => stop.abort());
      try {
        for await (const { kind, ...data } of runSimulation(wish, version, partsFiles, stop.signal))
          await stream.writeSSE({ event: kind, data: JSON.stringify(data) });
      } catch (error) {
        process.stderr.write(`twinspine studio: ${error instanceof Error ? error.stack : String(error)}\n`);
        const messages = ["The simulation failed; the server's terminal says more."];
        await stream.writeSSE({ event: "error", data: JSON.stringify({ messages }) });
      } finally {
        running--;
      }
    });
  });
}

/** The parts file beside the cluster file, read beforehand: whoever parses asks for it at once. */
async function readPartsFiles(
  folder: StudioFolder,
  { path, text: clusterText }: { readonly path: string; readonly text: string },
): Promise<(name: string) => string> {
  const name = /^partsFile:\s*["']?([^"'#\s]+)/m.exec(clusterText)?.[1];
  const text = name === undefined ? undefined : await folder.read(besideOf(path, name)).catch(() => undefined);
  return (wanted) => {
    if (wanted === name && text !== undefined) return text;
    throw userError("file/not-found", `there is no file ${wanted} in the opened folder`);
  };
}

function besideOf(path: string, name: string): string {
  const at = path.lastIndexOf("/");
  return at < 0 ? name : `${path.slice(0, at)}/${name}`;
}

/** A file of the built app. Names of assets carry a hash of their content, so they may be kept. */
async function webFile(webFolder: string, pathname: string): Promise<Response> {
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  if (!/^(index\.html|icon\.svg|assets\/[\w-]+(\.[\w-]+)*)$/.test(name))
    return new Response("not found", { status: 404 });
  const content = await readFile(join(webFolder, name)).catch(() => undefined);
  if (content === undefined) return new Response("not found", { status: 404 });
  const isKept = name.startsWith("assets/");
  return new Response(content, {
    headers: {
      "Content-Type": contentTypes[extname(name)] ?? "application/octet-stream",
      "Cache-Control": isKept ? "private, max-age=31536000, immutable" : "no-cache",
    },
  });
}
