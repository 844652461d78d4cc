/** Netlink messages (struct nlmsghdr): header, family header, attributes. */

import { parseAttributes } from "./attributes.ts";

export const headerBytes = 16;

export const messageFlags = {
  request: 0x1,
  acknowledge: 0x4,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  dump: 0x300,
} as const;

const typeError = 2;
const typeDone = 3;
/** The kernel's things changed while it told them (NLM_F_DUMP_INTR). */
const flagInterrupted = 0x10;

/** A whole message; `sequence` comes back in the answer. */
export function encodeMessage(type: number, flags: number, sequence: number, body: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(headerBytes);
  const message = Buffer.concat([header, ...body]);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  message.writeUInt32LE(sequence >>> 0, 8);
  return message;
}

/** One message out of what a read of the socket gave. */
export interface Message {
  readonly type: number;
  readonly sequence: number;
  /** Whose request it answers or tells of; 0 for the kernel's own doing. */
  readonly port: number;
  /** Whether the dump that this belongs to may be inconsistent. */
  readonly interrupted: boolean;
  /** Family header and attributes. */
  readonly body: Buffer;
}

/** Every message in one read; malformed rest is passed over. */
export function parseMessages(bytes: Buffer): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < headerBytes || at + length > bytes.length) break;
    messages.push({
      type: bytes.readUInt16LE(at + 4),
      sequence: bytes.readUInt32LE(at + 8),
      port: bytes.readUInt32LE(at + 12),
      interrupted: (bytes.readUInt16LE(at + 6) & flagInterrupted) !== 0,
      body: bytes.subarray(at + headerBytes, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/**
 * The number of the error a message reports: 0 for an acknowledgement and for the end of a dump that went well, undefined when
 * it is another kind of message.
 */
export function errorOf({ type, body }: Message): number | undefined {
  if (type === typeDone) return body.length >= 4 ? Math.abs(body.readInt32LE(0)) : 0;
  return type === typeError && body.length >= 4 ? -body.readInt32LE(0) : undefined;
}

/** What the kernel says in words about an error, where it does (NLMSGERR_ATTR_MSG). */
export function errorText({ type, body }: Message): string | undefined {
  if (type !== typeError || body.length < 4 + headerBytes) return undefined;
  // With the option "capped acknowledgements" only the header of the request is repeated, else all of it.
  for (const skip of [headerBytes, (body.readUInt32LE(4) + 3) & ~3]) {
    const text = parseAttributes(body.subarray(4 + skip)).get(1);
    if (text !== undefined && /^[\x20-\x7e]+\0$/.test(text.toString("latin1")))
      return text.toString("latin1", 0, text.length - 1);
  }
  return undefined;
}
