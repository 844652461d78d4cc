/** What a file about a fabric that exists says: devices, and cables between their ports. Nothing is inferred here. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Network } from "../../catalog/types.ts";

/** Where something stands in the files. Lines count from 1. */
export interface FileLine {
  readonly file: string;
  readonly line: number;
}

export interface WiredDevice {
  /** Unique among the devices; no spaces, slashes or control characters. */
  readonly name: string;
  /** Undefined: the file does not say; classify.ts decides. */
  readonly kind: "server" | "switch" | undefined;
  /** Model of the catalog, where the file names or implies one. */
  readonly model: string | undefined;
  /** Ports of a switch that share one cage, where that is known: 2 of a twin-port 800G cage. Default 1. */
  readonly portsPerCage?: number;
}

/** One end of a cable. */
export interface WiredEnd {
  /** Index of the device. */
  readonly device: number;
  /** Name of the port, unique in the device. */
  readonly port: string;
  /** The NIC of a server's port, where the file tells: ports of one NIC have one name here, as clean as the device's. */
  readonly nic: string | undefined;
  /** The cage that this port shares with others of its device, where the file tells. */
  readonly cage?: string;
  /** Number of the port, where the device counts its ports. */
  readonly number: number | undefined;
}

export interface WiredCable {
  readonly ends: readonly [WiredEnd, WiredEnd];
  /** Undefined: the file does not say. */
  readonly speedGbps: number | undefined;
  /** Undefined: that of the whole wiring. */
  readonly network?: Network;
  readonly origin: FileLine;
}

export interface Wiring {
  /** Name of the format. */
  readonly from: string;
  /** Of all cables that do not say. */
  readonly network: Network;
  readonly devices: readonly WiredDevice[];
  readonly cables: readonly WiredCable[];
  /** What the format cannot say and the reader took for granted, in sentences. */
  readonly assumptions: readonly string[];
  /** Things in the file that were left out, and why. */
  readonly diagnostics: readonly Diagnostic[];
}

/** A file as it is given to a reader. */
export interface ImportFile {
  readonly name: string;
  readonly text: string;
}

/** Compares names as people count: leaf2 before leaf10. The same for every locale. */
export function naturally(left: string, right: string): number {
  const one = left.match(/\d+|\D+/g) ?? [];
  const other = right.match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const [a, b] = [one[index]!, other[index]!];
    const bothCount = /^\d/.test(a) && /^\d/.test(b);
    const [x, y] = bothCount ? [a.replace(/^0+/, ""), b.replace(/^0+/, "")] : [a, b];
    if (bothCount && x.length !== y.length) return x.length - y.length;
    if (x !== y) return x < y ? -1 : 1;
  }
  return one.length - other.length || (left < right ? -1 : left > right ? 1 : 0);
}
