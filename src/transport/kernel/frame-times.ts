/** Times in heartbeat frames (docs/wire-format.md): 64 bits, big-endian, microseconds. Exact up to 2^53. */

export function readTime(frame: Uint8Array, at: number): number {
  const view = new DataView(frame.buffer, frame.byteOffset + at, 8);
  return view.getUint32(0) * 2 ** 32 + view.getUint32(4);
}

export function writeTime(frame: Uint8Array, timeUs: number, at: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset + at, 8);
  view.setUint32(0, Math.floor(timeUs / 2 ** 32));
  view.setUint32(4, timeUs % 2 ** 32);
}
