/** Calls of the studio's own server. */

import type { TrainingResult } from "../../../src/simulate/result.ts";

export interface Session {
  readonly version: string;
  readonly file: string;
  /** The cluster file with the settings of imported fabrics. */
  readonly settings?: string;
  readonly files: readonly string[];
}

/** The token of the address that the terminal printed; kept for this tab, taken out of what the address bar shows. */
function takeToken(): string | undefined {
  const given = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem("token") ?? undefined;
}
const token = takeToken();

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new Error("The studio's server does not answer. Is it still running in its terminal?");
  });
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as { error?: string };
  throw new Error(told.error ?? `the server answered ${response.status}`);
}

const fileUrl = (name: string) => `api/file?name=${encodeURIComponent(name)}`;

export async function fetchSession(): Promise<Session> {
  return (await (await call("api/session")).json()) as Session;
}

export async function readFile(name: string): Promise<string> {
  return ((await (await call(fileUrl(name))).json()) as { text: string }).text;
}

export async function saveFile(name: string, text: string): Promise<void> {
  await call(fileUrl(name), { method: "PUT", body: text });
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

/** Runs a simulation on the server and tells its news; ends when `signal` aborts, and the simulation with it. */
export async function* simulateOnServer(wish: object, signal: AbortSignal): AsyncGenerator<RunNews, void, void> {
  const headers = { "Content-Type": "application/json" };
  const response = await call("api/simulate", { method: "POST", body: JSON.stringify(wish), headers, signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    pending += value;
    for (let end = pending.indexOf("\n\n"); end >= 0; end = pending.indexOf("\n\n")) {
      const news = newsOf(pending.slice(0, end));
      pending = pending.slice(end + 2);
      if (news !== undefined) yield news;
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
