/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), reflected, over several pieces without joining them. */

const table = new Uint32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** Goes on with a running value, at first 0, over bytes [start, end). */
export function crc32c(running: number, bytes: Uint8Array, start: number, end: number): number {
  let value = ~running >>> 0;
  for (let index = start; index < end; index++) value = table[(value ^ bytes[index]!) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
