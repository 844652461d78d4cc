/** The kernel's ethtool netlink: module pages, FEC counters, speed (Documentation/networking/ethtool-netlink.rst). */

import type { Libc } from "../../transport/kernel/libc.ts";
import { describe } from "../kernel/kernel-steering.ts";
import { NetlinkSocket } from "../kernel/netlink-socket.ts";
import {
  attributeText,
  attributeU8,
  attributeU32,
  nestedFlagged,
  numberIn,
  parseAttributes,
} from "../netlink/attributes.ts";
import { askFamily, encodeGeneric, familyIn, genericHeaderBytes, netlinkGeneric } from "../netlink/generic.ts";
import { messageFlags } from "../netlink/message.ts";
import type { FecCounters } from "../run/link-reading.ts";
import { parseCmis } from "./cmis.ts";
import type { ModuleDiagnostics } from "./module.ts";
import { parseSff8636 } from "./sff8636.ts";

export const ethtoolCommands = { linkModesGet: 4, fecGet: 29, moduleEepromGet: 31 } as const;
const version = 1;
const header = { self: 1, name: 2, flags: 3 } as const;
const flagStatistics = 4;
const linkModes = { speed: 5 } as const;
const fec = { statistics: 5, corrected: 2, uncorrectable: 3 } as const;
const eeprom = { offset: 2, length: 3, page: 4, bank: 5, i2cAddress: 6, data: 7 } as const;
const moduleI2cAddress = 0x50;
export const pageBytes = 128;
/** SFF-8024 identifiers of modules with each management interface. */
const sff8636Identifiers = new Set([0x0c, 0x0d, 0x11]);
const cmisIdentifiers = new Set([0x18, 0x19, 0x1b, 0x1e, 0x1f, 0x20, 0x21]);
const speedUnknown = 0xffff_ffff;
const errorNotSupported = 95;

/** A message that asks about one interface. */
export function encodeEthtool(
  family: number,
  command: number,
  interfaceName: string,
  flags: number,
  attributes: readonly Buffer[],
): Buffer {
  const { request, acknowledge } = messageFlags;
  return encodeGeneric(family, command, version, request | acknowledge, [
    nestedFlagged(header.self, [
      attributeText(header.name, interfaceName),
      ...(flags === 0 ? [] : [attributeU32(header.flags, flags)]),
    ]),
    ...attributes,
  ]);
}

/** Asks for 128 bytes of a module's memory. */
export function encodeModuleRead(family: number, interfaceName: string, page: number, offset: number): Buffer {
  return encodeEthtool(family, ethtoolCommands.moduleEepromGet, interfaceName, 0, [
    attributeU32(eeprom.length, pageBytes),
    attributeU32(eeprom.offset, offset),
    attributeU8(eeprom.page, page),
    attributeU8(eeprom.bank, 0),
    attributeU8(eeprom.i2cAddress, moduleI2cAddress),
  ]);
}

/** Asks for FEC with its counters. */
export function encodeFecRead(family: number, interfaceName: string): Buffer {
  return encodeEthtool(family, ethtoolCommands.fecGet, interfaceName, flagStatistics, []);
}

export class Ethtool {
  readonly #socket: NetlinkSocket;
  readonly #family: number;

  /** Undefined where the kernel has no ethtool netlink (before 5.6). */
  static open(libc: Libc): Ethtool | undefined {
    const socket = new NetlinkSocket(libc, netlinkGeneric);
    const family = familyIn(socket.dump(askFamily("ethtool")).messages);
    if (family !== undefined) return new Ethtool(socket, family);
    socket.close();
    return undefined;
  }

  constructor(socket: NetlinkSocket, family: number) {
    this.#socket = socket;
    this.#family = family;
  }

  close(): void {
    this.#socket.close();
  }

  /** What the driver reports as the link's speed; undefined when it does not know. */
  speedGbps(interfaceName: string): number | undefined {
    const request = encodeEthtool(this.#family, ethtoolCommands.linkModesGet, interfaceName, 0, []);
    const mbps = this.#ask(request, linkModes.speed);
    return mbps === undefined || mbps === speedUnknown ? undefined : mbps / 1_000;
  }

  #ask(request: Buffer, attribute: number): number | undefined {
    for (const { body } of this.#socket.dump(request).messages) {
      const value = numberIn(parseAttributes(body.subarray(genericHeaderBytes)), attribute);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** FEC counters, all lanes together; undefined where the driver gives none. */
  fec(interfaceName: string): FecCounters | undefined {
    for (const { body } of this.#socket.dump(encodeFecRead(this.#family, interfaceName)).messages) {
      const statistics = parseAttributes(body.subarray(genericHeaderBytes)).get(fec.statistics);
      if (statistics !== undefined) return parseFecStatistics(statistics);
    }
    return undefined;
  }

  /** The module's diagnostics, or in words why there are none. */
  module(interfaceName: string): ModuleDiagnostics | { readonly problem: string } {
    let refusal: string | undefined;
    const read = (page: number, offset: number): Buffer | undefined => {
      const answer = this.#socket.dump(encodeModuleRead(this.#family, interfaceName, page, offset));
      if (answer.error !== 0) {
        refusal ??=
          answer.error === errorNotSupported ? "the driver gives no module diagnostics" : `module: ${describe(answer)}`;
        return undefined;
      }
      for (const { body } of answer.messages) {
        const data = parseAttributes(body.subarray(genericHeaderBytes)).get(eeprom.data);
        if (data !== undefined && data.length >= pageBytes) return data;
      }
      return undefined;
    };
    const lower = read(0, 0);
    if (lower === undefined) return { problem: refusal ?? "the module does not answer" };
    return parseModule(lower, read) ?? { problem: `modules of kind 0x${lower[0]!.toString(16)} are not understood` };
  }
}

/** Diagnostics by the management interface that the module's identifier names; undefined for others. */
export function parseModule(
  lower: Buffer,
  read: (page: number, offset: number) => Buffer | undefined,
): ModuleDiagnostics | undefined {
  const identifier = lower[0]!;
  const readThrough = (page: number, offset: number) => (page === 0 && offset === 0 ? lower : read(page, offset));
  if (sff8636Identifiers.has(identifier)) return parseSff8636(readThrough);
  return cmisIdentifiers.has(identifier) ? parseCmis(readThrough) : undefined;
}

/** The first number of each counter is the total, those after it are of the lanes. */
export function parseFecStatistics(statistics: Buffer): FecCounters | undefined {
  const found = parseAttributes(statistics);
  const total = (attribute: number) => {
    const values = found.get(attribute);
    return values === undefined || values.length < 8 ? undefined : Number(values.readBigUInt64LE(0));
  };
  const correctedBlocks = total(fec.corrected);
  const uncorrectableBlocks = total(fec.uncorrectable);
  return correctedBlocks === undefined || uncorrectableBlocks === undefined
    ? undefined
    : { correctedBlocks, uncorrectableBlocks };
}
