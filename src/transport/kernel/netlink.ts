/** Link messages of the kernel's routing socket (rtnetlink(7)): which interface has carrier. */

const newLink = 16;
const deletedLink = 17;
const headerBytes = 16;
const linkBytes = 16;
const attributeName = 3;
const flagUp = 0x1;
const flagLowerUp = 0x1_0000;

export interface CarrierChange {
  readonly interfaceName: string;
  readonly up: boolean;
}

/** Every link message in what one read of the socket gave; anything else or malformed is passed over. */
export function parseLinkMessages(bytes: Buffer): CarrierChange[] {
  const changes: CarrierChange[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < headerBytes || at + length > bytes.length) break;
    const type = bytes.readUInt16LE(at + 4);
    if ((type === newLink || type === deletedLink) && length >= headerBytes + linkBytes) {
      const flags = bytes.readUInt32LE(at + headerBytes + 8);
      const interfaceName = nameIn(bytes.subarray(at + headerBytes + linkBytes, at + length));
      const up = type === newLink && (flags & flagUp) !== 0 && (flags & flagLowerUp) !== 0;
      if (interfaceName !== undefined) changes.push({ interfaceName, up });
    }
    at += (length + 3) & ~3;
  }
  return changes;
}

function nameIn(attributes: Buffer): string | undefined {
  for (let at = 0; at + 4 <= attributes.length; ) {
    const length = attributes.readUInt16LE(at);
    if (length < 4 || at + length > attributes.length) return undefined;
    if (attributes.readUInt16LE(at + 2) === attributeName) {
      const text = attributes.toString("latin1", at + 4, at + length);
      return text.replace(/\0.*$/s, "");
    }
    at += (length + 3) & ~3;
  }
  return undefined;
}
