/** Memory that a small view would hold on to: a view keeps the whole buffer that it lies in. */

/** Whether a view keeps more than twice the memory that its bytes need. */
export function isPinning(bytes: Uint8Array): boolean {
  return 2 * bytes.length < bytes.buffer.byteLength;
}

/** The same bytes in a buffer of their own. Not `slice()`, which for a Buffer is another view. */
export function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
