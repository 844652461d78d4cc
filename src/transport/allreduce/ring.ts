/**
 * Ring AllReduce of float32 values: 2 (n - 1) steps, each rank sending one chunk to the next rank and receiving one from
 * the rank before. The order of the additions depends on the ring alone, so that the sums are the same to the bit
 * however the bytes travelled.
 */

/** The neighbours of a rank. */
export interface RingPorts {
  /** Sends to the next rank; the bytes may be changed once it returns. */
  send(bytes: Uint8Array): void;
  /** Fills `into` with the next bytes from the rank before. */
  receive(into: Uint8Array): Promise<void>;
}

/** Where chunk `chunk` of `ranks` begins in `elements` values. */
export function chunkStart(elements: number, ranks: number, chunk: number): number {
  return Math.floor((elements * chunk) / ranks);
}

/** Replaces `values` by the sums over all ranks. */
export async function ringAllReduce(
  values: Float32Array,
  rank: number,
  ranks: number,
  ports: RingPorts,
): Promise<void> {
  const chunkOf = (index: number) => {
    const chunk = ((index % ranks) + ranks) % ranks;
    const start = chunkStart(values.length, ranks, chunk);
    return values.subarray(start, chunkStart(values.length, ranks, chunk + 1));
  };
  const received = new Float32Array(Math.ceil(values.length / ranks) + 1);
  for (let step = 0; step < ranks - 1; step++) {
    ports.send(bytesOf(chunkOf(rank - step)));
    const sum = chunkOf(rank - step - 1);
    const part = received.subarray(0, sum.length);
    await ports.receive(bytesOf(part));
    for (let index = 0; index < sum.length; index++) sum[index]! += part[index]!;
  }
  for (let step = 0; step < ranks - 1; step++) {
    ports.send(bytesOf(chunkOf(rank + 1 - step)));
    await ports.receive(bytesOf(chunkOf(rank - step)));
  }
}

/** The same sums from all ranks' values in one place, in the ring's order. */
export function referenceSums(all: readonly Float32Array[]): Float32Array {
  const ranks = all.length;
  const elements = all[0]?.length ?? 0;
  const sums = new Float32Array(elements);
  for (let chunk = 0; chunk < ranks; chunk++)
    for (let index = chunkStart(elements, ranks, chunk); index < chunkStart(elements, ranks, chunk + 1); index++) {
      let sum = all[chunk]![index]!;
      for (let hop = 1; hop < ranks; hop++) sum = Math.fround(all[(chunk + hop) % ranks]![index]! + sum);
      sums[index] = sum;
    }
  return sums;
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
