/** Who may ask: this machine's own pages, or whoever has the token. And what the pages may do. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";

export interface GuardOptions {
  /** Needed with every request for data; undefined where only this machine can ask. */
  readonly token: string | undefined;
}

const loopbackNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Nothing from elsewhere is loaded, sent to, framed or run, whatever a page is made to show. */
const headers: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Frame-Options": "DENY",
};

/** Sets the headers of every answer. */
export const secureHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
};

/**
 * Without a token only names of this machine are taken as host, so that a foreign name that resolves to 127.0.0.1 reaches
 * nothing. A page of another origin is refused in any case.
 */
export function refuseStrangers({ token }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    const name = host.replace(/:\d+$/, "");
    if (token === undefined && !loopbackNames.has(name)) return context.text("This host name is not served here.", 403);
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) return context.text("Other origins may not ask.", 403);
    const site = context.req.header("sec-fetch-site");
    const isOwn = site === undefined || site === "same-origin" || site === "none";
    // A link from elsewhere may open the page itself, nothing more.
    const isPage = context.req.method === "GET" && context.req.header("sec-fetch-mode") === "navigate";
    if (!isOwn && !isPage) return context.text("Other sites may not ask.", 403);
    return next();
  };
}

const tokenWanted =
  "The token is missing or wrong. Open the address that the studio printed in its terminal: the token stands in it.";

/** Asks for `Authorization: Bearer TOKEN`. */
export function askToken({ token }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    if (token === undefined) return next();
    const given = context.req.header("authorization") ?? "";
    if (!same(given, `Bearer ${token}`)) return context.json({ error: tokenWanted }, 401);
    return next();
  };
}

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
