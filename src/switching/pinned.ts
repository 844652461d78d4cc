/** Memory that a small view would hold on to: a view keeps the whole buffer that it lies in. */

/** The same bytes, copied when a view of them would keep more than twice the memory that they need. */
export function withoutPinning(bytes: Uint8Array): Uint8Array {
  return 2 * bytes.length >= bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
