/** Waits until a lab has converged: every session, every BFD pair, every route between hosts, and then nothing moves. */

import { setTimeout as sleep } from "node:timers/promises";
import { userError } from "../../base/diagnostics.ts";
import { equalPaths } from "../equal-paths.ts";
import { conditionOf } from "../faults.ts";
import type { LabNode, LabPlan } from "../plan.ts";
import { type NodeReading, readNode, routesOf } from "./read-node.ts";
import { forAll } from "./shell.ts";

/** What is going on, how many of how many. */
export type Progress = (what: string, done: number, of: number) => void;

const atOnce = 4;
const pollMs = 150;
/** A look ends when so many nodes were found to lack something. */
const lackingMax = 4;

/** Throws `lab/not-converged` with what is missing. */
export async function converge(
  plan: LabPlan,
  {
    timeoutMs,
    signal,
    onProgress,
  }: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly onProgress: Progress },
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  const paths = equalPaths(plan, conditionOf(plan, []));
  let waiting = plan.nodes;
  while (waiting.length > 0) {
    // Looking costs processor time that the daemons need: those who lack something keep the others from being asked.
    const lacking: NodeReading[] = [];
    const asked = new Set<LabNode>();
    await forAll(waiting, atOnce, async (node) => {
      if (lacking.length >= lackingMax) return;
      asked.add(node);
      const reading = await readNode(plan, node, paths);
      if (!isWell(reading)) lacking.push(reading);
    });
    const unwell = new Set(lacking.map(({ node }) => node));
    waiting = waiting.filter((node) => !asked.has(node) || unwell.has(node));
    onProgress("converging", plan.nodes.length - waiting.length, plan.nodes.length);
    if (waiting.length > 0) await pause(endMs, signal, () => lacking.map(lackOf).join("; "));
  }
  for (let before = "", now = await allRoutes(plan); before !== now; before = now, now = await allRoutes(plan))
    await pause(endMs, signal, () => "routes still change");
}

async function pause(endMs: number, signal: AbortSignal, lack: () => string): Promise<void> {
  signal.throwIfAborted();
  if (performance.now() > endMs)
    throw userError(
      "lab/not-converged",
      `the lab has not converged: ${lack().slice(0, 600)}`,
      "Give it more time (--timeout), fewer nodes (--nodes), or slower heartbeats (switching.heartbeat.interval: 50ms).",
    );
  await sleep(pollMs, undefined, { signal });
}

/** Whether a node has everything it should have. */
export const isWell = (node: NodeReading): boolean =>
  node.sessions === node.sessionsWanted &&
  node.bfd === node.sessionsWanted &&
  node.missingRoutes === 0 &&
  node.daemons === node.daemonsWanted &&
  node.agentLinks === node.agentLinksWanted;

const lackOf = (each: NodeReading): string =>
  `${each.node.name}: ${each.sessions} of ${each.sessionsWanted} BGP sessions, ${each.bfd} BFD, ${each.missingRoutes} routes missing` +
  `${each.agentLinksWanted === undefined ? "" : `, the agent sees ${each.agentLinks} of ${each.agentLinksWanted} links`}`;

async function allRoutes(plan: LabPlan): Promise<string> {
  const routes = new Map<number, string>();
  await forAll(plan.nodes, atOnce, async (node) => {
    routes.set(node.node, await routesOf(node.namespace));
  });
  return plan.nodes.map(({ node }) => routes.get(node)).join("\n");
}
