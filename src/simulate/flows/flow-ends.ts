/** Where a flow starts or ends, as a traffic matrix writes it. */

import { closest } from "../../base/suggest.ts";
import { serverName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";

/** A GPU (server x GPUs + GPU), one rail of a server (server x rails + rail), or a whole server with all its rails. */
export type FlowEnd =
  | { readonly kind: "gpu"; readonly gpu: number }
  | { readonly kind: "rail"; readonly endpoint: number }
  | { readonly kind: "server"; readonly server: number };

export type EndResult = { readonly end: FlowEnd } | { readonly problem: string; readonly remedy: string };

const form =
  "Write srv-0001/gpu-3 (a GPU), srv-0001/nic-3 (a rail), srv-0001 (a server, all rails) or the number of a GPU from 0.";

/** Reads the name of an end: `srv-0001/gpu-3`, `srv-0001/nic-3`, `srv-0001`, or the number of a GPU, from 0. */
export function parseEnd(fabric: Fabric, text: string): EndResult {
  const { serverCount, gpusPerServer, railsPerServer } = fabric;
  const gpuCount = serverCount * gpusPerServer;
  if (/^\d{1,9}$/.test(text)) {
    const gpu = Number(text);
    if (gpu < gpuCount) return { end: { kind: "gpu", gpu } };
    return { problem: `there is no GPU ${text}`, remedy: `The GPUs are numbered from 0 to ${gpuCount - 1}.` };
  }
  const match = /^srv-(\d{1,9})(?:\/(gpu|nic)-(\d{1,4}))?$/.exec(text);
  if (match === null) return { problem: `"${text}" names no end of a flow`, remedy: remedyFor(fabric, text) };
  const server = Number(match[1]) - 1;
  if (server < 0 || server >= serverCount)
    return {
      problem: `there is no server srv-${match[1]}`,
      remedy: `The servers are ${serverName(fabric, 0)} to ${serverName(fabric, serverCount - 1)}.`,
    };
  if (match[2] === undefined) return { end: { kind: "server", server } };
  const number = Number(match[3]) - 1;
  const count = match[2] === "gpu" ? gpusPerServer : railsPerServer;
  if (number < 0 || number >= count)
    return {
      problem: `a server has no ${match[2]}-${match[3]}`,
      remedy: `They are ${match[2]}-1 to ${match[2]}-${count}.`,
    };
  return {
    end:
      match[2] === "gpu"
        ? { kind: "gpu", gpu: server * gpusPerServer + number }
        : { kind: "rail", endpoint: server * railsPerServer + number },
  };
}

function remedyFor(fabric: Fabric, text: string): string {
  const [head = "", tail] = text.split("/");
  const digits = /(\d+)$/.exec(head)?.[1];
  const server = digits === undefined ? -1 : Number(digits) - 1;
  if (server < 0 || server >= fabric.serverCount) return form;
  const names = ["gpu", "nic"].flatMap((kind) =>
    Array.from({ length: Math.max(fabric.gpusPerServer, fabric.railsPerServer) }, (_, index) => `${kind}-${index + 1}`),
  );
  const part = tail === undefined ? undefined : closest(tail, names);
  if (tail !== undefined && part === undefined) return form;
  return `Did you mean ${serverName(fabric, server)}${part === undefined ? "" : `/${part}`}?`;
}

/** The name of an end. */
export function endName(fabric: Fabric, end: FlowEnd): string {
  const { gpusPerServer, railsPerServer } = fabric;
  switch (end.kind) {
    case "gpu":
      return `${serverName(fabric, Math.floor(end.gpu / gpusPerServer))}/gpu-${(end.gpu % gpusPerServer) + 1}`;
    case "rail":
      return `${serverName(fabric, Math.floor(end.endpoint / railsPerServer))}/nic-${(end.endpoint % railsPerServer) + 1}`;
    case "server":
      return serverName(fabric, end.server);
  }
}

/** The server of an end. */
export function serverOf(fabric: Fabric, end: FlowEnd): number {
  if (end.kind === "server") return end.server;
  return end.kind === "gpu"
    ? Math.floor(end.gpu / fabric.gpusPerServer)
    : Math.floor(end.endpoint / fabric.railsPerServer);
}
