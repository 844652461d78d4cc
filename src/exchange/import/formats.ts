/** The formats that can be imported, by name. */

import { readContainerlab } from "./containerlab.ts";
import { readIbnetdiscover } from "./ibnetdiscover.ts";
import { readLldp } from "./lldp.ts";
import { readNetbox } from "./netbox.ts";
import type { ImportFile, Wiring } from "./wiring.ts";

export interface ImportFormat {
  /** One line for people. */
  readonly description: string;
  /** Endings of the files that are taken from a folder; empty: all files. */
  readonly endings: readonly string[];
  /** Reads the files of one fabric. Throws a `UserError` that names the line. */
  readonly read: (files: readonly ImportFile[]) => Wiring;
}

export const importFormats = {
  ibnetdiscover: {
    description: "what ibnetdiscover prints (one file for each subnet), or net files of ibsim",
    endings: [],
    read: readIbnetdiscover,
  },
  containerlab: {
    description: "containerlab topologies (*.clab.yml)",
    endings: [".yml", ".yaml"],
    read: readContainerlab,
  },
  lldp: {
    description: "neighbours as `lldpctl -f json` prints them, one file for each host or switch, named after it",
    endings: [".json", ".json0"],
    read: readLldp,
  },
  netbox: {
    description: "NetBox tables as CSV: cables, and if there are any devices and interfaces",
    endings: [".csv"],
    read: readNetbox,
  },
} as const satisfies Record<string, ImportFormat>;

export type ImportFormatName = keyof typeof importFormats;

export const importFormatNames = Object.keys(importFormats) as ImportFormatName[];
