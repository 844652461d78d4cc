/** Short ways to write a figure with its source, shared by the data files. */

import type { Figure, Source } from "./types.ts";

export const primary = (text: string): Source => ({ grade: "primary", text });
export const secondary = (text: string): Source => ({ grade: "secondary", text });
export const computed = (text: string): Source => ({ grade: "computed", text });
export const assumption = (text: string): Source => ({ grade: "assumption", text });

export const figure = (value: number, source: Source): Figure => ({ value, source });

/** The parts tables and product specifications of the LinkX family. */
export const linkxCatalogue = primary("NVIDIA LinkX cables and transceivers, parts tables, 2026-09");

/** The maker's parts tables as copied in September 2026: form factor, ports, reach, lengths, networks. */
export const partsTable = secondary("copy of NVIDIA's interconnect and switching parts tables, 2026-09-17");

/** What a part costs where nobody publishes a price. */
export const priceEstimate = (value: number): Figure =>
  figure(
    value,
    assumption(
      "no list price is published; order of magnitude of resellers' asking prices 2024-2025; put your quote into the cluster file",
    ),
  );

/** A technical figure remembered from a data sheet that could not be read again. */
export const recalled = (value: number): Figure =>
  figure(value, assumption("recalled from the maker's data sheet, not read again; check before relying on it"));
