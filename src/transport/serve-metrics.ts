/** Prometheus metrics over HTTP, for whoever keeps a registry. */

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** Serves /metrics on this loopback port; port 0 takes any that is free. */
export async function serveMetrics(registry: Registry, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end("see /metrics\n");
      return;
    }
    void registry.metrics().then((text) => {
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    });
  });
  server.listen({ host: "127.0.0.1", port });
  await once(server, "listening");
  return server;
}
