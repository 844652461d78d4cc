/** Boxes and the lines between them, as they are drawn; and what is broken of what they stand for. */

import type { Bunch } from "./bunches.ts";

/** What has failed, by link and by switch or server. */
export interface Broken {
  /** State of each link, as `linkStates` of the protocol. */
  readonly linkState: Uint8Array;
  /** Links of each bundle that something is wrong with. */
  readonly deadOfBundle: Int32Array;
  /** Parts that something is wrong with. */
  readonly parts: ReadonlySet<number>;
}

export interface Box extends Bunch {
  readonly y: number;
  readonly height: number;
}

/** Links between two boxes, drawn as one line. */
export interface DrawnBundle {
  readonly lower: Box;
  readonly upper: Box;
  readonly links: number;
  readonly gbps: number;
  readonly dead: number;
  /** One of them. */
  readonly example: number;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}
