/** Big-endian integers in byte arrays. Numbers of up to 53 bits take eight bytes. */

export function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** `value` is a whole number in [0, 2^53). */
export function writeUint53(bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, Math.floor(value / 4_294_967_296));
  writeUint32(bytes, at + 4, value >>> 0);
}

/** The number, or -1 when it is 2^53 or more. */
export function readUint53(bytes: Uint8Array, at: number): number {
  const high = readUint32(bytes, at);
  return high > 0x1f_ffff ? -1 : high * 4_294_967_296 + readUint32(bytes, at + 4);
}
