/** Every code a diagnostic can carry, with one line on its meaning. docs/errors.md is generated from this table. */
export const diagnosticCodes = {
  "base/quantity": "A quantity is not a number with a unit of the right kind.",
  "file/not-found": "A file named on the command line or in a cluster file does not exist.",
  "file/not-readable": "A file exists but cannot be read as text.",
  "file/too-large": "A file is larger than the documented limit.",
  "file/not-writable": "An output file or folder cannot be written.",

  "catalog/unknown-part": "No part of this name and kind is in the catalog or the cluster file.",
  "catalog/duplicate-part": "Two parts of the cluster file have the same model name.",
  "catalog/device-network": "A switch or NIC does not speak the network that the link shall carry.",
  "catalog/breakout": "A cage cannot be used as this many links of this speed.",
  "catalog/form-factor": "A plug or module does not fit into the cage.",
  "catalog/top": "A finned-top module is meant for a flat-top cage, or the other way round.",
  "catalog/place": "A module made for NICs sits in a switch, or the other way round.",
  "catalog/network": "A cable or module does not carry the network of the link.",
  "catalog/speed": "A module or cable does not run links of this speed in this way.",
  "catalog/links-per-cage": "The links of one cage do not match the ports of the module or plug in it.",
  "catalog/optics": "The optics at the two ends do not understand each other.",
  "catalog/connector": "The connector of a fibre does not match that of a module.",
  "catalog/fibre-kind": "A module needs the other kind of fibre: multimode or single-mode.",
  "catalog/reach": "The link is longer than its optics reach over this grade of fibre.",
  "catalog/length": "A cable is not sold in the length that the link needs.",
  "catalog/power-class": "A module or plug draws more power than the cage supplies.",
  "catalog/erratum": "A published erratum applies to this combination of parts.",
  "catalog/missing-end": "A fibre needs a module at both ends, and a captive cable none.",
  "catalog/no-assembly": "No cable and modules of the catalog make such a link.",
  "catalog/ports": "A switch has too few cages for the links that it shall carry.",
  "catalog/logical-ports": "A switch has too few logical ports for the links that it shall carry.",
} as const;

export type DiagnosticCode = keyof typeof diagnosticCodes;
