/** NCCL: settings, and hints on the dual-link server that they belong to. */

import { type ExportFormat, lazy } from "../format.ts";
import { netsOfServer } from "./nets.ts";
import { ncclConf } from "./settings.ts";
import { graphXml, topologyXml } from "./xml.ts";

export const nccl: ExportFormat = {
  name: "nccl",
  writes: "nccl.conf (environment), topology.xml and graph.xml (hints on one dual-link server)",
  checkedBy: "xmllint against elements and attributes as NCCL reads them, restated",
  make: ({ cluster, fabric }) => {
    const nets = netsOfServer(fabric);
    return {
      files: [
        { name: "nccl.conf", content: lazy(() => ncclConf(cluster, nets)) },
        { name: "topology.xml", content: lazy(() => topologyXml(cluster, nets)) },
        { name: "graph.xml", content: lazy(() => graphXml(cluster, nets)) },
      ],
      remarks: [],
    };
  },
};
