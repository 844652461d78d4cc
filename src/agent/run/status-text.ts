/** The status page in the terminal. */

import { formatCount, formatCounted, formatDuration } from "../../report/format.ts";
import { type TextOptions, table } from "../../report/table.ts";
import type { LinkIndex } from "../../switching/index.ts";
import type { AgentStatus, PeerStatus } from "../events.ts";
import type { LinkReading } from "./link-reading.ts";
import type { StatusDocument } from "./status-server.ts";

const bothLinks = [0, 1] as const;
const bold = (text: string, colour: boolean) => (colour ? `\u001b[1m${text}\u001b[22m` : text);

export function statusText({ status, readings }: StatusDocument, options: TextOptions): string {
  const { name, mode, takeovers, reconciliations, driver } = status;
  const head = [
    `${bold(name, options.colour)}: ${mode}, up ${since(status, status.sinceUs)}, ${formatCounted(takeovers, "takeover")}`,
    `kernel by ${driver}; put right ${formatCounted(reconciliations, "time")}`,
  ];
  const parts = [head.join("\n"), linkTable(status, readings, options), peerTable(status, options)];
  return `${parts.join("\n\n")}\n`;
}

function linkTable(status: AgentStatus, readings: StatusDocument["readings"], options: TextOptions): string {
  const balanced = status.mode === "load-balancing";
  const columns = [
    { title: "link" },
    { title: "interface" },
    { title: "carrier" },
    ...(balanced ? [{ title: "weight", align: "right" as const }] : []),
    { title: "errors", align: "right" as const },
    { title: "module", flexible: true },
  ];
  const rows = bothLinks.map((link) => {
    const { interfaceName, carrier, weight, drained } = status.links[link];
    const reading = readings[link] ?? undefined;
    const module = moduleWords(reading);
    return [
      `${link + 1}`,
      interfaceName,
      carrier ? "up" : "lost",
      ...(balanced ? [`${weight}`] : []),
      reading === undefined ? "" : formatCount(reading.errors),
      drained === undefined ? module : `drained: ${drained}`,
    ];
  });
  return table(columns, rows, options);
}

function moduleWords(reading: LinkReading | undefined): string {
  if (reading?.module === undefined) return reading?.moduleProblem ?? "";
  const { vendor, part, temperatureC, receivePowerDbm, sendPowerDbm } = reading.module;
  const least = (name: string, values: readonly number[]) =>
    values.length === 0 ? [] : [`${name} ${Math.min(...values).toFixed(1)} dBm`];
  const values = [
    ...(temperatureC === undefined ? [] : [`${temperatureC.toFixed(0)} C`]),
    ...least("receives", receivePowerDbm),
    ...least("sends", sendPowerDbm),
  ];
  return [`${vendor} ${part}`, ...values].join(", ");
}

function peerTable(status: AgentStatus, options: TextOptions): string {
  const isForged = status.peers.some(({ links }) => links.some(({ forged }) => forged > 0));
  const columns = [
    { title: "peer", flexible: true },
    { title: "link", align: "right" },
    { title: "state" },
    { title: "since", align: "right" },
    { title: "traffic", flexible: true },
    { title: "RTT ms", align: "right" },
    { title: "heard" },
    { title: "received", align: "right" },
    ...(isForged ? [{ title: "forged", align: "right" } as const] : []),
  ] as const;
  const rows = status.peers.flatMap((peer) =>
    bothLinks.map((link) => {
      const { state, stateSinceUs, roundTripUs, received, forged, hears, peerHears } = peer.links[link];
      return [
        link === 0 ? peer.name : peer.watch === "bfd" ? "(BFD)" : "",
        `${link + 1}`,
        state,
        since(status, stateSinceUs),
        trafficWords(peer, link),
        roundTripUs === 0 ? "" : (roundTripUs / 1_000).toFixed(2),
        heardWords(hears, peerHears),
        formatCount(received),
        formatCount(forged),
      ];
    }),
  );
  return table(columns, rows, options);
}

/** What goes by a link: all, or a class or several of them. */
function trafficWords({ to, classes }: PeerStatus, link: LinkIndex): string {
  const held = link === 0 ? classes.filter((way) => way === "hold").length : 0;
  const here = classes.filter((way) => way === link).length;
  return [
    ...(to.includes(link) ? ["carries"] : []),
    ...(here === 0 ? [] : [formatCounted(here, "class", "classes")]),
    ...(held === 0 ? [] : [`${held} held`]),
  ].join(", ");
}

/** At which of the two ends the other is heard. */
function heardWords(here: boolean, there: boolean): string {
  if (here && there) return "both";
  return here ? "here" : there ? "there" : "no";
}

const since = (status: AgentStatus, sinceUs: number) => formatDuration(Math.max(status.atUs - sinceUs, 0) / 1e6);
