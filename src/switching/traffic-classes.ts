/** The traffic classes of a training job and what each may ask of the pair. */

export type TrafficClass = "control" | "gradient" | "activation" | "bulk";

/** All classes, in the order of their number on the wire. */
export const trafficClasses: readonly TrafficClass[] = ["control", "gradient", "activation", "bulk"];

export interface ClassConfig {
  /** Lower is served first; classes of equal priority share by turns. 0 to 255. */
  readonly priority: number;
  /** The share of a contested link the class is given even before more urgent classes; 0 to 1, the sum at most 1. */
  readonly floor: number;
  /** The link the class goes to first while that link carries; `auto`: whichever finishes first. */
  readonly preferredLink: "auto" | 0 | 1;
  /** Whether the class is slowed to what the others leave over while the other link is failed. */
  readonly paced: boolean;
}

export type ClassTable = Readonly<Record<TrafficClass, ClassConfig>>;

/** Activations block the pipeline's next stage and go before gradients, which overlap with compute; bulk is checkpoints. */
export const defaultClasses: ClassTable = {
  control: { priority: 0, floor: 0, preferredLink: "auto", paced: false },
  activation: { priority: 1, floor: 0, preferredLink: "auto", paced: false },
  gradient: { priority: 2, floor: 0.1, preferredLink: "auto", paced: false },
  bulk: { priority: 3, floor: 0.02, preferredLink: "auto", paced: true },
};
