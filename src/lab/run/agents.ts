/** `twinspine agent` on the servers of a lab. */

import { randomBytes } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { askStatus } from "../../agent/run/status-server.ts";
import { defined } from "../../base/assert.ts";
import { userError } from "../../base/diagnostics.ts";
import type { SwitchingSettings } from "../../cluster/types.ts";
import { agentScript } from "../commands.ts";
import { agentLinks, hostFile } from "../host-file.ts";
import { nodeFolder } from "../places.ts";
import type { LabAddress, LabLink, LabNode, LabPlan } from "../plan.ts";
import { runningName } from "./running.ts";
import { attempt, command, forAll, inNamespace } from "./shell.ts";

const atOnce = 4;
const pollMs = 100;

/** Servers that an agent runs on. */
export const agentNodes = (plan: LabPlan): readonly LabNode[] =>
  plan.agent === undefined ? [] : plan.nodes.filter((node) => agentLinks(node) !== undefined);

/** Writes the host files and starts the agents. The links are up. */
export async function startAgents(plan: LabPlan, settings: SwitchingSettings, signal: AbortSignal): Promise<void> {
  const key = randomBytes(32).toString("base64");
  await forAll(agentNodes(plan), atOnce, async (node) => {
    const folder = nodeFolder(plan.id, node.node);
    const [first, second] = defined(agentLinks(node), "links of an agent");
    const gateways = await Promise.all([gatewayOf(plan, node, first), gatewayOf(plan, node, second)]);
    writeFileSync(join(folder, "agent.key"), `${key}\n`, { mode: 0o600 });
    writeFileSync(join(folder, "host.yaml"), hostFile(plan, node, [gateways[0], gateways[1]], folder, settings));
    // The agent wants the address of each link on the link itself; routing has it on lo.
    const addresses = [first, second].map((each) => `address add ${each.address}/32 dev ${each.interface}\n`).join("");
    await command(["ip", "-n", node.namespace, "-batch", "-"], { input: addresses, signal });
    await command(inNamespace(node.namespace, ["sh"]), { input: agentScript(plan, node.node), signal });
  });
}

/** The link-local address at the leaf's end of a link. */
async function gatewayOf(plan: LabPlan, node: LabNode, { interface: name }: LabAddress): Promise<string> {
  const link: LabLink | undefined = plan.links.find(
    ({ lower }) => lower.node === node.node && lower.interface === name,
  );
  const { upper } = defined(link, "link of an agent");
  const leaf = defined(
    plan.nodes.find((each) => each.node === upper.node),
    "leaf",
  );
  for (let tries = 0; tries < 50; tries++) {
    const words = [
      "ip",
      "-n",
      leaf.namespace,
      "-6",
      "-json",
      "address",
      "show",
      "dev",
      upper.interface,
      "scope",
      "link",
    ];
    const { stdout } = await attempt(words);
    const found = JSON.parse(stdout === "" ? "[]" : stdout) as { addr_info?: { local?: string }[] }[];
    const address = found.flatMap(({ addr_info: all = [] }) => all.flatMap(({ local }) => local ?? []))[0];
    if (address !== undefined) return address;
    await sleep(pollMs);
  }
  throw userError(
    "lab/command",
    `${leaf.name} has no link-local address on ${upper.interface}`,
    "The agent needs IPv6 on this machine's kernel, as unnumbered BGP does.",
  );
}

/** Whether the agent that a node should have is gone. */
export const agentIsGone = (plan: LabPlan, { node }: LabNode): boolean =>
  agentNodes(plan).some((each) => each.node === node) &&
  runningName(join(nodeFolder(plan.id, node), "agent.pid")) === undefined;

/** How many links to peers an agent sees up; undefined when none answers. */
export async function agentLinksUp(plan: LabPlan, node: LabNode): Promise<number | undefined> {
  const folder = nodeFolder(plan.id, node.node);
  try {
    const socket = readdirSync(folder).find((name) => /^agent-\d+\.sock$/.test(name));
    if (socket === undefined) return undefined;
    const { status } = await askStatus(join(folder, socket));
    return status.peers.flatMap(({ links }) => links).filter(({ state }) => state === "up").length;
  } catch {
    // It has not started, or is gone.
    return undefined;
  }
}
