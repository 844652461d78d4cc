/** For tests: a fabric straight from the text of a cluster file. */

import { defined } from "../../base/assert.ts";
import { parseCluster } from "../../cluster/parse.ts";
import type { Cluster } from "../../cluster/types.ts";
import { buildFabric, type Design } from "../build/build.ts";
import type { Fabric } from "../types.ts";

export interface Built {
  readonly cluster: Cluster;
  readonly design: Design;
  /** Throws when the design was rejected. */
  readonly fabric: Fabric;
}

/** Parses and builds; `fabric` throws when read of a rejected design. */
export function buildFromYaml(text: string): Built {
  const cluster = parseCluster(text, "test.yaml");
  const design = buildFabric(cluster);
  return {
    cluster,
    design,
    get fabric() {
      return defined(design.fabric, `fabric (${design.rejections.map((each) => each.message).join("; ")})`);
    },
  };
}
