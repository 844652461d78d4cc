/** What a lab tells a person. */

import { conditionOf } from "../lab/faults.ts";
import type { LabStatus } from "../lab/run/status.ts";
import { table } from "../report/table.ts";
import { textOptions } from "./terminal.ts";

/** Nodes, then the links that are not as they should be, then the faults. */
export function statusText({ state, nodes, links, converged }: LabStatus): string {
  const { plan, faults } = state;
  const names = new Map(plan.nodes.map(({ node, name }) => [node, name]));
  const rows = nodes.map((each) => [
    each.node.name,
    `${each.daemons}/${each.daemonsWanted}`,
    `${each.sessions}/${each.sessionsWanted}`,
    `${each.bfd}/${each.sessionsWanted}`,
    ...(plan.agent === undefined
      ? []
      : [each.agentLinksWanted === undefined ? "" : `${each.agentLinks}/${each.agentLinksWanted}`]),
    each.missingRoutes === 0 ? "all" : `${each.missingRoutes} missing`,
    each.node.addresses
      .filter(({ scope }) => scope === 0)
      .map(({ address }) => address)
      .join(" "),
  ]);
  const columns = [
    { title: "node" },
    ...["daemons", "BGP", "BFD", ...(plan.agent === undefined ? [] : ["agent"])].map((title) => ({
      title,
      align: "right" as const,
    })),
    { title: "routes" },
    { title: "addresses", flexible: true },
  ];
  const { dead } = conditionOf(plan, faults);
  const isLost = nodes.some(({ node, daemons, daemonsWanted }) => daemons < daemonsWanted && !dead.has(node.node));
  const bad = links.filter(({ carrier, dark }) => !carrier || dark !== "no");
  const end = ({ node, interface: name }: (typeof links)[number]["lower"]) => `${names.get(node)} ${name}`;
  return [
    `lab ${plan.id} of ${plan.cluster}: ${plan.nodes.length} nodes, ${plan.links.length} links, ${converged ? "converged" : "not converged"}`,
    "",
    table(columns, rows, textOptions()),
    ...(bad.length === 0 ? [] : [""]),
    ...bad.map(
      (each) => `${end(each.lower)} - ${end(each.upper)}: ${each.carrier ? `dark (${each.dark})` : "no carrier"}`,
    ),
    ...(faults.length === 0 ? [] : [""]),
    ...faults.map(
      ({ part, kind, direction }) => `failed: ${part} (${kind}${direction === "both" ? "" : `, ${direction}`})`,
    ),
    ...(isLost ? ["", "Daemons are gone that no fault has killed: twinspine lab up makes the lab anew."] : []),
  ].join("\n");
}
