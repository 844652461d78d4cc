/** What the agent's main thread and its worker say to each other. */

import type { LinkIndex } from "../../switching/index.ts";
import type { AgentEvent, AgentStatus } from "../events.ts";
import type { Host } from "../host/types.ts";
import type { SteeringInputs } from "../steering/wanted.ts";

export interface WorkerSetup {
  readonly host: Host;
  readonly key: Uint8Array | undefined;
  readonly seed: number;
  /** An eventfd that ends the worker's sleep. */
  readonly wakeFd: number;
  /** Of SCHED_FIFO, 1 to 99; 0 for none. */
  readonly realTimePriority: number;
}

export type ToWorker =
  | { readonly kind: "drain"; readonly link: LinkIndex; readonly reason: string | undefined }
  | { readonly kind: "errors"; readonly link: LinkIndex }
  | { readonly kind: "nominal"; readonly link: LinkIndex; readonly gbps: number }
  | { readonly kind: "measure"; readonly sentBytes: readonly [number, number]; readonly elapsedS: number }
  | { readonly kind: "status" }
  /** The kernel has not what it shall have. */
  | { readonly kind: "reconcile" }
  | { readonly kind: "stop" };

export type FromWorker =
  | { readonly kind: "ready"; readonly driver: string }
  /** In the order in which they happened. */
  | { readonly kind: "events"; readonly events: readonly AgentEvent[] }
  /** `inputs`: what the kernel's state follows from, for those who can read it. */
  | { readonly kind: "status"; readonly status: AgentStatus; readonly inputs?: SteeringInputs }
  /** The kernel is back to the way that needs no agent. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly reason: string };
