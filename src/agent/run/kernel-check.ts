/**
 * Compares the kernel with what it shall have, now and then, from the main thread: reading thousands of routes takes
 * milliseconds in which no heartbeat must wait.
 */

import { nowUs } from "../../transport/clock.ts";
import type { Libc } from "../../transport/kernel/libc.ts";
import type { Host } from "../host/types.ts";
import { KernelSteering } from "../kernel/kernel-steering.ts";
import { difference } from "../steering/difference.ts";
import { type SteeringInputs, wantedState } from "../steering/wanted.ts";

const everyUs = 5_000_000;

export class KernelCheck {
  readonly #host: Host;
  readonly #steering: KernelSteering;
  #nextUs = nowUs() + everyUs;

  constructor(libc: Libc, host: Host) {
    this.#host = host;
    this.#steering = new KernelSteering(libc);
  }

  /** Whether it is time to look and the kernel has not what follows from these inputs, which must be of this moment. */
  findsDifference({ facts, steerings }: SteeringInputs): boolean {
    if (nowUs() < this.#nextUs) return false;
    this.#nextUs = nowUs() + everyUs;
    const { state, problems } = this.#steering.read();
    return problems.length > 0 || difference(state, wantedState(this.#host, facts, steerings)).length > 0;
  }

  close(): void {
    this.#steering.socket.close();
  }
}
