/**
 * Room in the kernel's tables of neighbours. All namespaces of a machine share them, and their limit (1,024 entries unless somebody has
 * raised it) is reached at some 500 links: sessions beyond it never come up. The limit is the machine's: it is put back with the last lab.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labsFolder } from "../places.ts";
import type { LabPlan } from "../plan.ts";
import { labsThere } from "./state.ts";

const families = [
  { name: "ipv4", count: "arp_cache" },
  { name: "ipv6", count: "ndisc_cache" },
] as const;
/** Below the first the kernel throws nothing away, above the third it lets nothing in. */
const limits = ["gc_thresh1", "gc_thresh2", "gc_thresh3"] as const;
/** Two ends, each with its peer and the groups that it sends to; room that is not used costs nothing. */
const entriesPerLink = 16;

const remembered = join(labsFolder, ".neighbours.json");
const pathOf = (family: string, limit: (typeof limits)[number]) => `/proc/sys/net/${family}/neigh/default/${limit}`;

/** By the path of a setting: what it was before any lab, and what labs have made of it. */
type Raised = Readonly<Record<string, { readonly was: number; readonly is: number }>>;

/** Raises the limits where this lab and what is there already might reach them, on a machine that lets them be changed. */
export function makeRoomForNeighbours({ links }: Pick<LabPlan, "links">): void {
  const before = readRaised();
  const raised: Record<string, Raised[string]> = { ...before };
  for (const { name, count } of families) {
    const wanted = entriesIn(count) + entriesPerLink * links.length;
    if ((numberIn(pathOf(name, "gc_thresh3")) ?? wanted) >= wanted) continue;
    for (const path of limits.map((limit) => pathOf(name, limit))) {
      const was = numberIn(path);
      if (was !== undefined && was < wanted) raised[path] = { was: before[path]?.was ?? was, is: wanted };
    }
  }
  if (Object.keys(raised).length === 0) return;
  mkdirSync(labsFolder, { recursive: true, mode: 0o755 });
  // Written down first: a crash between is put back with the last lab.
  writeFileSync(remembered, `${JSON.stringify(raised)}\n`);
  for (const [path, { is }] of Object.entries(raised)) writeNumber(path, is);
}

/** Puts the limits back when no lab is left; one that somebody else has changed since stays as it is. */
export function putBackNeighbours(): void {
  if (labsThere().length > 0) return;
  for (const [path, { was, is }] of Object.entries(readRaised())) if (numberIn(path) === is) writeNumber(path, was);
  rmSync(remembered, { force: true });
}

function readRaised(): Raised {
  try {
    return JSON.parse(readFileSync(remembered, "utf8")) as Raised;
  } catch {
    // No lab has raised anything, or one died while it wrote this down, before it did it.
    return {};
  }
}

function numberIn(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    // A kernel without this family, or a container that does not show it.
    return undefined;
  }
}

function writeNumber(path: string, value: number): void {
  try {
    writeFileSync(path, `${value}\n`);
  } catch {
    // A container that may not change it: a lab that needs more says what has not come up.
  }
}

/** How many entries the tables of all namespaces hold. */
function entriesIn(count: string): number {
  try {
    const [, line = ""] = readFileSync(`/proc/net/stat/${count}`, "utf8").split("\n");
    return Number.parseInt(line, 16) || 0;
  } catch {
    return 0;
  }
}
