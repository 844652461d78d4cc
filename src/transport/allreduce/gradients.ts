/** Made-up gradients of many magnitudes, so that another order of additions would give other bits. */

import { createHash } from "node:crypto";
import { randomStream } from "../../base/random.ts";

/** The gradients of one rank. */
export function gradientsOf(seed: number, rank: number, elements: number): Float32Array {
  const random = randomStream(seed).fork(`rank ${rank}`);
  const values = new Float32Array(elements);
  for (let index = 0; index < elements; index++) {
    const bits = random.uint32();
    values[index] = ((bits >>> 8) / 2 ** 23 - 1) * 2 ** ((bits & 15) - 8);
  }
  return values;
}

/** A fingerprint of the values, bit for bit. */
export function fingerprint(values: Float32Array): string {
  return createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");
}
