/** The report as one self-contained HTML file: no network, no script. */

import type { Assessment } from "./assessment.ts";
import { formatCounted } from "./format.ts";
import { assumptionsSection, methodSection } from "./html/assumptions-section.ts";
import { bandwidthSection } from "./html/bandwidth-section.ts";
import { billSection, cablingSection } from "./html/bill-section.ts";
import { failuresSection } from "./html/failures-section.ts";
import { moneySection } from "./html/money-section.ts";
import { notesSection } from "./html/notes-section.ts";
import { htmlPage } from "./html/page.ts";
import { sharedRisksSection } from "./html/shared-risks-section.ts";
import { summaryNodes } from "./html/summary-section.ts";
import { topologySection } from "./html/topology-section.ts";
import { trainingSection } from "./html/training-section.ts";

/** The whole report. Sections without anything to say are left out. */
export function reportHtml(assessment: Assessment): string {
  const { cluster, fabric } = assessment;
  const sections = [
    topologySection(assessment),
    failuresSection(assessment),
    bandwidthSection(assessment),
    trainingSection(assessment),
    sharedRisksSection(assessment),
    moneySection(assessment),
    billSection(assessment),
    cablingSection(assessment),
    notesSection(assessment),
    assumptionsSection(assessment),
    methodSection(assessment),
  ].filter((section) => section !== undefined);
  const gpus = formatCounted(fabric.serverCount * fabric.gpusPerServer, "GPU");
  return htmlPage({
    title: `${cluster.name}: fabric assessment`,
    kicker: `Fabric assessment · ${gpus}`,
    heading: cluster.name,
    summary: summaryNodes(assessment),
    sections,
    version: assessment.version,
  });
}
