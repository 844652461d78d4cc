/** The status page in the terminal. */

import { type TextOptions, table } from "../../report/table.ts";
import type { LinkIndex } from "../../switching/index.ts";
import type { AgentStatus } from "../events.ts";

export function statusText(status: AgentStatus, options: TextOptions): string {
  const upS = Math.floor((status.atUs - status.sinceUs) / 1e6);
  const name = (link: LinkIndex) => status.links[link].interfaceName;
  const head = [
    `${status.name}: ${status.mode}, up ${upS} s, ${status.takeovers} takeovers, ${status.reconciliations} times put right`,
    `kernel by ${status.driver}`,
    ...status.links.map(
      (link) =>
        `${link.interfaceName}: carrier ${link.carrier ? "up" : "lost"}${link.drained === undefined ? "" : `, drained (${link.drained})`}${status.mode === "load-balancing" ? `, weight ${link.weight}` : ""}`,
    ),
  ];
  const rows = status.peers.flatMap((peer) =>
    ([0, 1] as const).map((link) => {
      const each = peer.links[link];
      return [
        link === 0 ? peer.name : "",
        name(link),
        each.state,
        peer.to.includes(link) ? "carries" : "",
        each.roundTripUs === 0 ? "" : `${(each.roundTripUs / 1_000).toFixed(2)}`,
        `${yes(each.hears)}/${yes(each.peerHears)}`,
        `${each.received}`,
        `${each.stale + each.forged}`,
        `${((status.atUs - each.stateSinceUs) / 1e6).toFixed(1)}`,
      ];
    }),
  );
  const columns = [
    { title: "peer" },
    { title: "link" },
    { title: "state" },
    { title: "traffic" },
    { title: "RTT ms", align: "right" },
    { title: "we/they hear" },
    { title: "received", align: "right" },
    { title: "refused", align: "right" },
    { title: "since s", align: "right" },
  ] as const;
  return `${head.join("\n")}\n\n${table(columns, rows, options)}\n`;
}

const yes = (value: boolean) => (value ? "yes" : "no");
