/** The whole audit of a fabric: which single part could stop training, and what one or two failures cost. */

import type { Diagnostic } from "../base/diagnostics.ts";
import type { Cluster } from "../cluster/types.ts";
import { findCuts } from "../fabric/articulation.ts";
import { partGraph } from "../fabric/graph.ts";
import type { Fabric } from "../fabric/types.ts";
import { outcomesOfEffects, outcomesOfParts, tabulate } from "./n-minus-one.ts";
import { outcomesOfPairs } from "./n-minus-two.ts";
import { type Scene, setScene } from "./scene.ts";
import { outcomesOfSharedThings } from "./shared-failures.ts";
import { findSharedRisks } from "./shared-risks.ts";
import { singlePointsOfFailure } from "./single-points.ts";
import { setStage } from "./stage.ts";
import type { AuditResult } from "./types.ts";

export interface AuditOptions {
  /** Whether pairs of failures are looked at as well. Default true. */
  readonly pairs?: boolean;
  /** Works out every failure by itself instead of one of each class of equals. Slow; for checking. Default false. */
  readonly exhaustive?: boolean;
  /** Called now and then with the share of the work that is done, in [0, 1], and what is being done. */
  readonly onProgress?: (fraction: number, label: string) => void;
}

/** Audits a fabric under the training and switching settings of its cluster. Exact: nothing is sampled. */
export function auditFabric(fabric: Fabric, cluster: Cluster, options: AuditOptions = {}): AuditResult {
  const onProgress = options.onProgress ?? (() => {});
  onProgress(0, "finding equal parts");
  const stage = setStage(fabric, cluster);
  const placed = setScene(stage, cluster.training.placement);
  const packed = cluster.training.placement === "packed" ? placed : setScene(stage, "packed");
  onProgress(0.2, "one failure");
  const exhaustive = options.exhaustive ?? false;
  const inForce = outcomesOfEffects(placed, exhaustive);
  const whenPacked = placed === packed ? inForce : outcomesOfEffects(packed, exhaustive);
  const outcomes = outcomesOfParts(placed, packed, inForce, whenPacked, exhaustive);
  const all = [...outcomes, ...outcomesOfSharedThings(placed, packed)];
  const nMinusOne = tabulate(fabric, all);
  onProgress(0.35, "shared risks");
  const sharedRisks = findSharedRisks(stage, all);
  onProgress(0.4, "two failures");
  const two =
    options.pairs === false
      ? { rows: [], pairs: 0 }
      : outcomesOfPairs(placed, inForce, exhaustive, (done) => onProgress(0.4 + 0.6 * done, "two failures"));
  const result = {
    singlePointsOfFailure: singlePointsOfFailure(nMinusOne),
    sharedRisks,
    nMinusOne,
    nMinusTwo: two.rows,
    healthyGbpsPerGpu: {
      placed: placed.healthy.healthyGbps / fabric.gpusPerServer,
      packed: packed.healthy.healthyGbps / fabric.gpusPerServer,
    },
    partGraph: cutsOfPartGraph(fabric),
    examined: { parts: nMinusOne.reduce((sum, row) => sum + row.count, 0), pairs: two.pairs },
    diagnostics: healthDiagnostics(placed),
  };
  onProgress(1, "done");
  return result;
}

/** Articulation points and bridges of the graph of all parts, in one linear pass. */
function cutsOfPartGraph(fabric: Fabric): AuditResult["partGraph"] {
  const graph = partGraph(fabric);
  const { articulationPoints, bridgeFrom } = findCuts(graph);
  const counts = { articulationPoints: articulationPoints.length, bridges: bridgeFrom.length };
  return { nodes: graph.nodeCount, edges: graph.edgeCount, ...counts };
}

/** A fabric that is disconnected before anything fails must not be called fine. */
function healthDiagnostics({ stage, healthy }: Scene): Diagnostic[] {
  const { fatalGpus, reroutedGpus } = healthy.cut;
  if (fatalGpus + reroutedGpus === 0) return [];
  const gpus = stage.fabric.serverCount * stage.fabric.gpusPerServer;
  return [
    {
      code: "audit/disconnected",
      severity: fatalGpus > 0 ? "error" : "warning",
      message: `${fatalGpus + reroutedGpus} of ${gpus} GPUs cannot reach the others of their collective over their own NIC although nothing has failed`,
      remedy: "Join the switches of the plane, or give every endpoint a link to a plane that all the others reach.",
    },
  ];
}
