/**
 * Carrier as the driver counts it. Linux may put its link messages off by up to a second when another came just before;
 * these two counters change at once, and reading them takes no lock.
 */

import { closeSync, openSync, readSync } from "node:fs";

const bytes = Buffer.alloc(32);

export class CarrierCounts {
  readonly #downFd: number;
  readonly #upFd: number;
  #downs: number;
  #ups: number;
  /** It is opened for a link that has just been joined. */
  #up = true;

  private constructor(downFd: number, upFd: number) {
    this.#downFd = downFd;
    this.#upFd = upFd;
    this.#downs = read(downFd);
    this.#ups = read(upFd);
  }

  /** The counters of an interface; undefined where there are none. `folder` is for tests. */
  static open(interfaceName: string, folder = "/sys/class/net"): CarrierCounts | undefined {
    let downFd = -1;
    try {
      downFd = openSync(`${folder}/${interfaceName}/carrier_down_count`, "r");
      return new CarrierCounts(downFd, openSync(`${folder}/${interfaceName}/carrier_up_count`, "r"));
    } catch {
      if (downFd >= 0) closeSync(downFd);
      return undefined;
    }
  }

  /**
   * What has happened since the last look, in order: nothing, `[false]` (lost), `[true]` (back), or both for a flap shorter
   * than that. Losses and returns take turns.
   */
  changes(): readonly boolean[] {
    const downs = read(this.#downFd);
    const ups = read(this.#upFd);
    // An interface that is gone counts no more; netlink speaks of that.
    if (Number.isNaN(downs + ups) || (downs === this.#downs && ups === this.#ups)) return none;
    const difference = downs - this.#downs - (ups - this.#ups);
    this.#downs = downs;
    this.#ups = ups;
    if (difference === 0) return [!this.#up, this.#up];
    this.#up = difference < 0;
    return [this.#up];
  }

  close(): void {
    closeSync(this.#downFd);
    closeSync(this.#upFd);
  }
}

const none: readonly boolean[] = [];

/** A counter's value; NaN when it cannot be read. */
function read(fd: number): number {
  try {
    return Number(bytes.toString("latin1", 0, readSync(fd, bytes, 0, bytes.length, 0)));
  } catch {
    return Number.NaN;
  }
}
