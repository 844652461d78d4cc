/** Which link passes heartbeats but confirms no data: when to look, and what was seen. */

import type { HealthConfig, LinkIndex } from "./config.ts";
import type { LinkSender } from "./link-sender.ts";

/** With a monitor nothing else makes the session look again: it does so this often while it waits. */
const looksPerTimeout = 8;

export class ProgressWatch {
  readonly #health: HealthConfig;
  readonly #monitored: boolean;
  /** Before this it need not be looked again. */
  readonly #nextLookUs: [number, number] = [0, 0];

  constructor(health: HealthConfig, monitored: boolean) {
    this.#health = health;
    this.#monitored = monitored;
  }

  /** When a link that confirms nothing is to be looked at; infinity while nothing is in flight or it cannot carry. */
  dueUs(link: LinkIndex, sender: LinkSender, canCarry: boolean): number {
    if (sender.inFlightBytes === 0 || !canCarry) return Number.POSITIVE_INFINITY;
    const { progressTimeoutUs } = this.#health;
    const dueUs = sender.progressUs + progressTimeoutUs;
    if (this.#monitored) return Math.max(dueUs, this.#nextLookUs[link]);
    return this.#isPeerStalled(sender) ? Number.POSITIVE_INFINITY : dueUs;
  }

  /** Looks at a link that is due; true when it is to be blamed. */
  look(link: LinkIndex, sender: LinkSender, nowUs: number): boolean {
    if (!this.#isPeerStalled(sender)) return true;
    this.#nextLookUs[link] = nowUs + Math.ceil(this.#health.progressTimeoutUs / looksPerTimeout);
    return false;
  }

  /** A peer that did not live for half of the time could not confirm anything. */
  #isPeerStalled(sender: LinkSender): boolean {
    return sender.aliveUs * 2 < this.#health.progressTimeoutUs;
  }
}
