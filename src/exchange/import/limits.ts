/** Limits of the files that describe fabrics which exist; a file beyond them is refused before it can hurt. */

import type { YamlLimits } from "../../cluster/limits.ts";
export const importLimits = {
  /** UTF-16 code units of one file, and of all files of a folder together. */
  lengthMax: 402_653_184,
  /** Files of a folder. */
  filesMax: 20_000,
  /** Characters of one line of a dump, one cell of a table, one text of a document. */
  fieldLengthMax: 65_536,
  /** Devices: servers and switches. */
  devicesMax: 1_000_000,
  /** Cables. */
  cablesMax: 2_000_000,
  /** Links of one device. */
  degreeMax: 65_536,
  /** Levels of nesting of a document. */
  depthMax: 64,
  /** Characters of a name; longer ones are cut. */
  nameLengthMax: 80,
  /** Mistakes that are reported. */
  diagnosticsMax: 100,
  /** Planes; what hangs together beyond them shares the last. */
  planesMax: 64,
} as const;

/** Limits of a topology in YAML, besides those above. */
export const topologyLimits: YamlLimits = {
  lengthMax: 16_777_216,
  nodesMax: 1_500_000,
  lexemesMax: 8_000_000,
  depthMax: 32,
  aliasesMax: 10_000,
  syntaxErrorsMax: 100,
};
