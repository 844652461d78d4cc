/** Makes faults in a running lab, and heals them. */

import { defined } from "../../base/assert.ts";
import { userError } from "../../base/diagnostics.ts";
import { partName } from "../../fabric/names.ts";
import { PartLookup } from "../../fabric/part-lookup.ts";
import { type Fabric, kindCode } from "../../fabric/types.ts";
import { Reaches } from "../../simulate/scenario/reach.ts";
import { agentScript, daemonScript } from "../commands.ts";
import { commandOf, conditionOf, type LabFault, type Step, stepsBetween } from "../faults.ts";
import type { LabPlan } from "../plan.ts";
import { agentNodes } from "./agents.ts";
import { killAllIn } from "./down.ts";
import { command, inNamespace } from "./shell.ts";
import { type LabState, stateOf, writeState } from "./state.ts";

/** The faults that a part or pattern stands for. Throws `lab/part` when nothing of the lab fits it. */
export function faultsOf(
  fabric: Fabric,
  plan: LabPlan,
  pattern: string,
  { kind, direction }: Pick<LabFault, "kind" | "direction">,
): LabFault[] {
  const lookup = new PartLookup(fabric);
  const parts = lookup.find(pattern);
  if (parts.length === 0) {
    const meant = lookup.suggestion(pattern);
    throw userError(
      "lab/part",
      `no part of the fabric is named "${pattern}"`,
      meant === undefined
        ? "Names look like srv-0001/nic-1/port-1/module and leaf-a-01/cage-3; * and [0001-0016] are allowed."
        : `Did you mean "${meant}"?`,
    );
  }
  const inLab = new Set(plan.links.map(({ link }) => link));
  const nodesInLab = new Set(plan.nodes.map(({ node }) => node));
  const reaches = new Reaches(fabric);
  const nodeOfPart = (part: number) =>
    fabric.parts.kind[part] === kindCode.switch ? fabric.serverCount + fabric.switches.part.indexOf(part) : part;
  const isDevice = (part: number) =>
    fabric.parts.kind[part] === kindCode.switch || fabric.parts.kind[part] === kindCode.server;
  const faults = parts.flatMap((part): LabFault[] => {
    const links = reaches.failing(part).links.filter((link) => inLab.has(link));
    if (links.length === 0) return [];
    const nodes = isDevice(part) ? [nodeOfPart(part)].filter((node) => nodesInLab.has(node)) : [];
    return [{ part: partName(fabric, part), kind, direction, links: [...new Set(links)], nodes }];
  });
  if (faults.length > 0) return faults;
  throw userError(
    "lab/part",
    `"${pattern}" touches no link of this lab`,
    `The lab runs ${plan.nodes
      .map(({ name }) => name)
      .slice(0, 40)
      .join(", ")}; twinspine lab status lists its links.`,
  );
}

/** Brings the lab from its faults to others, and remembers them. The state is written first: a crash between is healed by heal. */
export async function setFaults(state: LabState, faults: readonly LabFault[]): Promise<LabState> {
  const { plan } = state;
  const next: LabState = { ...state, faults };
  const steps = stepsTo(state, faults);
  writeState({ ...state, faults: [...state.faults, ...faults.filter((each) => !state.faults.includes(each))] });
  const namespaces = new Map(plan.nodes.map(({ node, namespace }) => [node, namespace]));
  // Deaf ends and lost carriers of one fault come in the same moment, daemons after them.
  for (const together of inTurns(steps)) {
    await Promise.all(together.map((step) => take(plan, defined(namespaces.get(step.node), "namespace"), step)));
  }
  writeState(next);
  return next;
}

/** A fault that is asked for again is made again: a command that was killed may have taken it away without saying so. */
function stepsTo({ plan, faults: before }: LabState, faults: readonly LabFault[]): Step[] {
  const after = conditionOf(plan, faults);
  const kept = before.filter((each) => faults.includes(each));
  return [
    ...stepsBetween(plan, conditionOf(plan, kept), after),
    ...stepsBetween(plan, conditionOf(plan, before), after).filter(({ what }) => heals.has(what)),
  ];
}

const heals: ReadonlySet<Step["what"]> = new Set(["undeafen", "carrier-up", "start"]);

/** Goes back to the faults of a former state, from whatever has been begun since. */
export async function endFaults({ plan, faults }: LabState): Promise<void> {
  await setFaults(stateOf(plan.id), faults);
}

function inTurns(steps: readonly Step[]): Step[][] {
  const turns: Step[][] = [];
  for (const step of steps) {
    const last = turns.at(-1);
    if (last?.[0]?.what === step.what) last.push(step);
    else turns.push([step]);
  }
  return turns;
}

async function take(plan: LabPlan, namespace: string, step: Step): Promise<void> {
  const words = commandOf(step);
  if (words !== undefined) await command(inNamespace(namespace, words));
  else if (step.what === "kill") await killAllIn([namespace]);
  else {
    await killAllIn([namespace]);
    await command(inNamespace(namespace, ["sh"]), { input: daemonScript(plan.id, step.node) });
    if (agentNodes(plan).some(({ node }) => node === step.node))
      await command(inNamespace(namespace, ["sh"]), { input: agentScript(plan, step.node) });
  }
}
