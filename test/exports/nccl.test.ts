import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

/** Elements and attributes as NCCL reads them (src/graph/xml.cc, topo.cc, search.cc), restated as document types. */
const topologyType = `
<!ELEMENT system (cpu+)><!ATTLIST system version (1) #REQUIRED>
<!ELEMENT cpu (pci*)><!ATTLIST cpu numaid CDATA #REQUIRED arch CDATA #REQUIRED>
<!ELEMENT pci (pci*, gpu?, nic?)>
<!ATTLIST pci busid CDATA #REQUIRED class CDATA #REQUIRED link_speed CDATA #REQUIRED link_width CDATA #REQUIRED>
<!ELEMENT gpu EMPTY><!ATTLIST gpu dev CDATA #REQUIRED sm CDATA #REQUIRED rank CDATA #REQUIRED gdr CDATA #REQUIRED>
<!ELEMENT nic (net+)>
<!ELEMENT net EMPTY>
<!ATTLIST net name CDATA #REQUIRED dev CDATA #REQUIRED speed CDATA #REQUIRED port CDATA #REQUIRED guid CDATA #REQUIRED
  gdr CDATA #REQUIRED rail CDATA #REQUIRED plane CDATA #REQUIRED>
`;
const graphType = `
<!ELEMENT graphs (graph+)><!ATTLIST graphs version (1) #REQUIRED>
<!ELEMENT graph (channel+)>
<!ATTLIST graph id CDATA #REQUIRED pattern CDATA #REQUIRED crossnic CDATA #REQUIRED nchannels CDATA #REQUIRED
  speedintra CDATA #REQUIRED speedinter CDATA #REQUIRED latencyinter CDATA #REQUIRED
  typeintra (LOC|NVL|NVB|PIX|PXB|P2C|PXN|PHB|SYS) #REQUIRED typeinter (LOC|NVL|NVB|PIX|PXB|P2C|PXN|PHB|SYS) #REQUIRED
  samechannels CDATA #REQUIRED>
<!ELEMENT channel (net, gpu+, net)>
<!ELEMENT net EMPTY><!ATTLIST net dev CDATA #REQUIRED>
<!ELEMENT gpu EMPTY><!ATTLIST gpu dev CDATA #REQUIRED>
`;

describe.skipIf(!requirement("xmllint"))("NCCL's XML", () => {
  test.each(["thousand-gpu", "heterogeneous", "as-drawn"])("examples/%s.yaml", (example) => {
    const folder = temporaryFolder();
    expect(twinspine(["export", `examples/${example}.yaml`, "--to", "nccl", "-o", folder]).code).toBe(0);
    writeFileSync(join(folder, "topology.dtd"), topologyType);
    writeFileSync(join(folder, "graph.dtd"), graphType);
    for (const name of ["topology", "graph"]) {
      const args = ["--noout", "--nonet", "--dtdvalid", join(folder, `${name}.dtd`), join(folder, `${name}.xml`)];
      const check = spawnSync("xmllint", args, { encoding: "utf8" });
      expect([check.status, check.stderr]).toEqual([0, ""]);
    }
  });
});
