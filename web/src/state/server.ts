/** Calls of the studio's own server. */

export interface Session {
  readonly version: string;
  readonly file: string;
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
