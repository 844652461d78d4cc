/** Netlink attributes (struct nlattr): a length, a type, a payload, filled up to four bytes. */

/** Attribute types may carry the flags "nested" and "network byte order". */
const typeMask = 0x3fff;

const aligned = (length: number) => (length + 3) & ~3;

/** One attribute with its payload. */
export function attribute(type: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(aligned(4 + payload.length));
  bytes.writeUInt16LE(4 + payload.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(payload, 4);
  return bytes;
}

export function attributeU8(type: number, value: number): Buffer {
  return attribute(type, Buffer.of(value));
}

export function attributeU16(type: number, value: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16LE(value);
  return attribute(type, payload);
}

export function attributeU32(type: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32LE(value >>> 0);
  return attribute(type, payload);
}

/** A text that ends with a zero byte. */
export function attributeText(type: number, text: string): Buffer {
  return attribute(type, Buffer.from(`${text}\0`, "utf8"));
}

/** Attributes inside an attribute. */
export function nested(type: number, inner: readonly Buffer[]): Buffer {
  return attribute(type, Buffer.concat(inner));
}

/** As {@link nested}, with the flag that newer families demand. */
export function nestedFlagged(type: number, inner: readonly Buffer[]): Buffer {
  return nested(type | 0x8000, inner);
}

/** Every attribute of a block by its type, the last of equals; what is malformed ends the block. */
export function parseAttributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > bytes.length) break;
    found.set(bytes.readUInt16LE(at + 2) & typeMask, bytes.subarray(at + 4, at + length));
    at += aligned(length);
  }
  return found;
}

/** The number in an attribute of one, two, four or eight bytes; undefined when it is absent or of another size. */
export function numberIn(attributes: ReadonlyMap<number, Buffer>, type: number): number | undefined {
  const payload = attributes.get(type);
  switch (payload?.length) {
    case 1:
      return payload.readUInt8();
    case 2:
      return payload.readUInt16LE();
    case 4:
      return payload.readUInt32LE();
    case 8:
      return Number(payload.readBigUInt64LE());
    default:
      return undefined;
  }
}
