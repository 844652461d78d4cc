/** Every code a diagnostic can carry, with one line on its meaning. docs/errors.md is generated from this table. */
export const diagnosticCodes = {
  "base/quantity": "A quantity is not a number with a unit of the right kind.",
  "file/not-found": "A file named on the command line or in a cluster file does not exist.",
  "file/not-readable": "A file exists but cannot be read as text.",
  "file/too-large": "A file is larger than the documented limit.",
  "file/not-writable": "An output file or folder cannot be written.",
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
