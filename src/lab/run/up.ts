/** Brings a lab up, or takes everything away again. */

import { createHash } from "node:crypto";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defined } from "../../base/assert.ts";
import { userError } from "../../base/diagnostics.ts";
import { linkBatch, namespaceBatch, settingsScript, startScript } from "../commands.ts";
import { deafTable } from "../faults.ts";
import { nodeFolder } from "../places.ts";
import type { LabInput } from "../plan.ts";
import { startAgents } from "./agents.ts";
import { converge, type Progress } from "./converge.ts";
import { damageOf } from "./damage.ts";
import { removeLab } from "./down.ts";
import { makeRoomForNeighbours } from "./neighbours.ts";
import { command, forAll, inNamespace } from "./shell.ts";
import { type LabState, readState, writeState } from "./state.ts";

export interface UpOptions {
  /** Longest wait until every session and route is there, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
}

export interface UpResult {
  readonly already: boolean;
  /** What a lab that was up had lost, so that it was made anew, without its faults; empty otherwise. */
  readonly lost: readonly string[];
  /** Until the last daemon had started, and until all had converged, from the start. */
  readonly startedMs: number;
  readonly convergedMs: number;
}

const atOnce = 4;

/**
 * Nothing happens when this very lab is up and whole. Half a lab that a crash left, and one that has lost a namespace, a link or a
 * daemon, is taken away first. Throws `lab/differs` when a lab of this id runs something else, and `lab/not-converged`; after any
 * failure nothing is left.
 */
export async function bringUp({ plan, files, switching }: LabInput, options: UpOptions): Promise<UpResult> {
  const digest = createHash("sha256")
    .update(JSON.stringify([plan, files]))
    .digest("hex");
  const before = readState(plan.id);
  if (before?.phase === "up" && before.digest !== digest)
    throw userError(
      "lab/differs",
      `lab ${plan.id} runs another fabric, or the same with other settings`,
      "Take it down first (twinspine lab down), or give this one a name of its own (--name).",
    );
  const lost = before?.phase === "up" ? await damageOf(before) : [];
  if (before?.phase === "up" && lost.length === 0) return { already: true, lost, startedMs: 0, convergedMs: 0 };
  await removeLab(plan.id);
  const state: LabState = { version: 1, phase: "starting", plan, digest, faults: [] };
  writeState(state);
  const beginMs = performance.now();
  try {
    await make({ plan, files, switching }, options);
    const startedMs = performance.now() - beginMs;
    await converge(plan, options);
    writeState({ ...state, phase: "up" });
    return { already: false, lost, startedMs, convergedMs: performance.now() - beginMs };
  } catch (error) {
    await removeLab(plan.id);
    throw error;
  }
}

async function make({ plan, files, switching }: LabInput, { signal, onProgress }: UpOptions): Promise<void> {
  const owner = userOfFrr();
  makeRoomForNeighbours(plan);
  await command(["ip", "-batch", "-"], { input: namespaceBatch(plan), signal });
  const fileOf = new Map(files.map((each) => [each.node, each]));
  await forAll(plan.nodes, atOnce, async ({ node, namespace }) => {
    signal.throwIfAborted();
    const { frrConf, sysctl } = defined(fileOf.get(node), "files of a node");
    const folder = nodeFolder(plan.id, node);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    writeFileSync(join(folder, "frr.conf"), frrConf);
    for (const path of [folder, join(folder, "frr.conf")]) chownSync(path, owner.user, owner.group);
    await command(inNamespace(namespace, ["sh"]), { input: settingsScript(plan, sysctl), signal });
  });
  await command(["ip", "-batch", "-"], { input: linkBatch(plan), signal });
  let started = 0;
  await forAll(plan.nodes, atOnce, async (node) => {
    signal.throwIfAborted();
    await command(inNamespace(node.namespace, ["nft", "-f", "-"]), { input: deafTable, signal });
    await command(inNamespace(node.namespace, ["sh"]), { input: startScript(plan, node), signal });
    onProgress("starting daemons", ++started, plan.nodes.length);
  });
  await startAgents(plan, switching, signal);
}

/** FRR's daemons run as their own user, which writes sockets and process numbers into the node's folder. */
function userOfFrr(): { readonly user: number; readonly group: number } {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("frr:"));
  const [, , user, group] = line?.split(":") ?? [];
  if (user === undefined || group === undefined)
    throw userError(
      "lab/missing",
      "there is no user frr",
      "Install FRR's package; it makes the user: apt-get install frr.",
    );
  return { user: Number(user), group: Number(group) };
}
