/** Warnings and notes of design, audit and price. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Assessment } from "../assessment.ts";
import { element } from "../svg.ts";
import { dataTable, type ReportSection } from "./elements.ts";

export function notesSection({ design, audit, price }: Assessment): ReportSection | undefined {
  const notes: readonly Diagnostic[] = [
    ...design.rejections,
    ...design.warnings,
    ...(audit?.diagnostics ?? []),
    ...(price?.diagnostics ?? []),
  ];
  if (notes.length === 0) return undefined;
  const rows = notes.map((note) => [
    note.severity,
    element("code", {}, note.code),
    element(
      "span",
      {},
      note.message,
      note.remedy === undefined ? undefined : element("span", { class: "soft" }, ` ${note.remedy}`),
    ),
    note.path === undefined ? "" : element("code", {}, note.path),
  ]);
  const columns = [
    { title: "Severity" },
    { title: "Code" },
    { title: "What and what would help", className: "wide" },
    { title: "In the cluster file" },
  ] as const;
  return { id: "notes", title: "Warnings and notes", content: [dataTable(columns, rows)] };
}
