/** The BFD control packet (RFC 5880, section 4.1), without authentication. */

export const bfdBytes = 24;

export type BfdState = "adminDown" | "down" | "init" | "up";

/** In the order of their numbers. */
const states: readonly BfdState[] = ["adminDown", "down", "init", "up"];

/** Diagnostic codes that we send (RFC 5880, section 4.1). */
export const bfdDiagnostics = { none: 0, timeExpired: 1, neighbourDown: 3, adminDown: 7 } as const;

export interface BfdPacket {
  readonly diagnostic: number;
  readonly state: BfdState;
  readonly poll: boolean;
  readonly final: boolean;
  readonly demand: boolean;
  readonly detectMultiplier: number;
  readonly myDiscriminator: number;
  readonly yourDiscriminator: number;
  readonly desiredMinTransmitUs: number;
  readonly requiredMinReceiveUs: number;
}

export function encodeBfd(packet: BfdPacket): Buffer {
  const bytes = Buffer.alloc(bfdBytes);
  bytes.writeUInt8((1 << 5) | packet.diagnostic, 0);
  const flags = (packet.poll ? 0x20 : 0) | (packet.final ? 0x10 : 0) | (packet.demand ? 0x02 : 0);
  bytes.writeUInt8((states.indexOf(packet.state) << 6) | flags, 1);
  bytes.writeUInt8(packet.detectMultiplier, 2);
  bytes.writeUInt8(bfdBytes, 3);
  bytes.writeUInt32BE(packet.myDiscriminator, 4);
  bytes.writeUInt32BE(packet.yourDiscriminator, 8);
  bytes.writeUInt32BE(packet.desiredMinTransmitUs, 12);
  bytes.writeUInt32BE(packet.requiredMinReceiveUs, 16);
  return bytes;
}

/** The packet, or undefined where section 6.8.6 has it discarded for its form. */
export function decodeBfd(bytes: Buffer): BfdPacket | undefined {
  if (bytes.length < bfdBytes || bytes.readUInt8(0) >> 5 !== 1) return undefined;
  const flags = bytes.readUInt8(1);
  const length = bytes.readUInt8(3);
  const authenticated = (flags & 0x04) !== 0;
  const multipoint = (flags & 0x01) !== 0;
  if (authenticated || multipoint || length < bfdBytes || length > bytes.length) return undefined;
  const packet: BfdPacket = {
    diagnostic: bytes.readUInt8(0) & 0x1f,
    state: states[flags >> 6]!,
    poll: (flags & 0x20) !== 0,
    final: (flags & 0x10) !== 0,
    demand: (flags & 0x02) !== 0,
    detectMultiplier: bytes.readUInt8(2),
    myDiscriminator: bytes.readUInt32BE(4),
    yourDiscriminator: bytes.readUInt32BE(8),
    desiredMinTransmitUs: bytes.readUInt32BE(12),
    requiredMinReceiveUs: bytes.readUInt32BE(16),
  };
  const stray = packet.yourDiscriminator === 0 && packet.state !== "down" && packet.state !== "adminDown";
  return packet.detectMultiplier === 0 || packet.myDiscriminator === 0 || stray ? undefined : packet;
}
