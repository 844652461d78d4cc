/** Limits of the files that a user writes; a file beyond them is rejected before it can hurt. */
export const clusterFileLimits = {
  /** UTF-16 code units of the text. */
  lengthMax: 1_048_576,
  /** Values (keys included) of the document, with every use of an alias counted as the values that it stands for. */
  nodesMax: 50_000,
  /** Words, signs, spaces and line ends of the text. */
  lexemesMax: 300_000,
  /** Levels of nesting. */
  depthMax: 32,
  /** Uses of YAML aliases. */
  aliasesMax: 100,
  /** Syntax errors that are reported. */
  syntaxErrorsMax: 1000,
} as const;

/** What a YAML file may hold; see {@link clusterFileLimits} for each. */
export type YamlLimits = Readonly<Record<keyof typeof clusterFileLimits, number>>;
