/** Calls of the studio's own server. */

import { signal } from "@preact/signals";
import type { TrainingResult } from "../../../src/simulate/result.ts";

export interface Session {
  readonly version: string;
  readonly file: string;
  /** The cluster file with the settings of imported fabrics. */
  readonly settings?: string;
  readonly files: readonly string[];
}

/** How the server stands to this page: it answers, it does not, or it wants another token. */
export const serverState = signal<"answers" | "silent" | "refuses">("answers");

/** The file on disk is another than the one that was to be written over. */
export class Conflict extends Error {}

/** The token of the address that the terminal printed; kept for this tab, taken out of what the address bar shows. */
function takeToken(): string | undefined {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? undefined;
}
let token = takeToken();
// The address of a server that was started anew, pasted into the same tab, loads nothing by itself.
addEventListener("hashchange", () => {
  token = takeToken();
});

const broken = "The studio's server stopped before the simulation was done: run it again when it is back.";
const silence = "The studio's server does not answer. Is it still running in its terminal?";

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const response = await fetch(path, { ...init, headers }).catch((error) => {
    if (init.signal?.aborted) throw error;
    serverState.value = "silent";
    throw new Error(silence);
  });
  serverState.value = response.status === 401 ? "refuses" : "answers";
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as { error?: string };
  const message = told.error ?? `The server answered ${response.status}.`;
  throw response.status === 412 ? new Conflict(message) : new Error(message);
}

const fileUrl = (name: string) => `api/file?name=${encodeURIComponent(name)}`;

export async function fetchSession(): Promise<Session> {
  return (await (await call("api/session")).json()) as Session;
}

export interface FileContent {
  readonly text: string;
  /** Another one whenever the file has been written. */
  readonly version: string;
}

/** Version of a file that is not there. */
export const absent = "absent";

export async function readContent(name: string): Promise<FileContent> {
  return (await (await call(fileUrl(name))).json()) as FileContent;
}

export async function readFile(name: string): Promise<string> {
  return (await readContent(name)).text;
}

/** Version of a file now, {@link absent} where there is none. */
export async function readVersion(name: string): Promise<string> {
  const response = await call(`api/version?name=${encodeURIComponent(name)}`);
  return ((await response.json()) as { version: string }).version;
}

/** Writes a file over the `expected` version of it; resolves to the new one. Throws a {@link Conflict} where another is there. */
export async function saveFile(name: string, text: string, expected?: string): Promise<string> {
  const over = expected === undefined ? "" : `&version=${encodeURIComponent(expected)}`;
  const response = await call(fileUrl(name) + over, { method: "PUT", body: text });
  return ((await response.json()) as { version: string }).version;
}

/** What the server tells of a long simulation. */
export type RunNews =
  | { readonly kind: "progress"; readonly fraction: number; readonly label: string }
  | { readonly kind: "result"; readonly simulation: SimulationDocument }
  | { readonly kind: "error"; readonly messages: readonly string[] };

/** What `twinspine simulate --json` prints, as far as the page reads it. */
export interface SimulationDocument extends TrainingResult {
  readonly scenario: { readonly name: string; readonly seed: number; readonly durationS: number };
}

/** Runs a simulation on the server and tells its news up to the result; ends when `signal` aborts, and the simulation with it. */
export async function* simulateOnServer(wish: object, signal: AbortSignal): AsyncGenerator<RunNews, void, void> {
  const headers = { "Content-Type": "application/json" };
  const response = await call("api/simulate", { method: "POST", body: JSON.stringify(wish), headers, signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      if (signal.aborted) throw error;
      serverState.value = "silent";
      throw new Error(broken);
    });
    if (done) throw new Error(broken);
    pending += value;
    for (let end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
      const news = newsOf(pending.slice(0, end));
      pending = pending.slice(end + 2);
      if (news === undefined) continue;
      yield news;
      if (news.kind !== "progress") return;
    }
  }
}

/** One server-sent event. */
function newsOf(text: string): RunNews | undefined {
  let kind = "";
  const data: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("event:")) kind = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).trim());
  }
  return data.length === 0 ? undefined : ({ kind, ...(JSON.parse(data.join("\n")) as object) } as RunNews);
}
