/** The report of a simulated run as one self-contained HTML file: no network, no script. */

import { formatCounted } from "./format.ts";
import { htmlPage } from "./html/page.ts";
import { eventsSection } from "./html/simulation/events-section.ts";
import { linksSection } from "./html/simulation/links-section.ts";
import { costSection, lossesSection } from "./html/simulation/losses-section.ts";
import { sharingSection } from "./html/simulation/sharing-section.ts";
import { stepSection } from "./html/simulation/step-section.ts";
import { switchesSection } from "./html/simulation/switches-section.ts";
import { takeoversSection } from "./html/simulation/takeovers-section.ts";
import { verdictNodes } from "./html/summary-section.ts";
import type { Simulated } from "./simulation-json.ts";
import { simulationSummary } from "./simulation-summary.ts";

/** The whole report. Sections without anything to say are left out. */
export function simulationHtml(simulated: Simulated): string {
  const { cluster, scenario, runs, version } = simulated;
  const sections = [
    stepSection(simulated),
    takeoversSection(simulated),
    linksSection(simulated),
    sharingSection(simulated),
    switchesSection(simulated),
    eventsSection(simulated),
    lossesSection(simulated),
    costSection(simulated),
  ].filter((section) => section !== undefined);
  return htmlPage({
    title: `${cluster.name}: ${scenario.name}`,
    kicker: `Training through failures · ${formatCounted(runs[0]!.gpus, "GPU")} · ${scenario.name}`,
    heading: cluster.name,
    summary: verdictNodes(simulationSummary(simulated)),
    sections,
    version,
  });
}
