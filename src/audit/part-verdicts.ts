/** What the failure of each single part does, part by part: for colours and for looking at one part. */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { outcomesOfEffects } from "./n-minus-one.ts";
import { setScene } from "./scene.ts";
import { outcomesOfSharedThings } from "./shared-failures.ts";
import { setStage } from "./stage.ts";
import { verdicts } from "./types.ts";

/** Columns by part index, in the placement in force. */
export interface PartVerdicts {
  /** Index into {@link verdicts}; 255 for servers, which are no part of the network. */
  readonly verdict: Uint8Array;
  /** AllReduce bandwidth after over before, in [0, 1]. */
  readonly bandwidthKept: Float64Array;
  readonly gpusCutOff: Int32Array;
}

export const noVerdict = 255;

/** The same answers as `nMinusOne` of the audit, for every part by itself. */
export function verdictsOfParts(fabric: Fabric, cluster: Cluster): PartVerdicts {
  const scene = setScene(setStage(fabric, cluster), cluster.training.placement);
  const outcomeOf = outcomesOfEffects(scene, false);
  const { ofPart } = scene.stage.effects;
  const verdict = new Uint8Array(fabric.parts.count).fill(noVerdict);
  const bandwidthKept = new Float64Array(fabric.parts.count);
  const gpusCutOff = new Int32Array(fabric.parts.count);
  const note = (part: number, outcome: ReturnType<typeof outcomeOf>) => {
    verdict[part] = verdicts.indexOf(outcome.verdict);
    bandwidthKept[part] = outcome.bandwidthKept;
    gpusCutOff[part] = outcome.gpusCutOff;
  };
  for (let part = 0; part < ofPart.length; part++) if (ofPart[part]! >= 0) note(part, outcomeOf(ofPart[part]!));
  for (const { example, outcome } of outcomesOfSharedThings(scene, scene)) note(example, outcome);
  return { verdict, bandwidthKept, gpusCutOff };
}
