import { join } from "node:path";
import { expect, test } from "vitest";
import { diagnosticCodes } from "./diagnostic-codes.ts";

test("docs/errors.md lists every code (npm run reference writes it)", async () => {
  const codes = Object.entries(diagnosticCodes);
  const groups = [...new Set(codes.map(([code]) => code.slice(0, code.indexOf("/"))))];
  const sections = groups.map((group) => {
    const rows = codes
      .filter(([code]) => code.startsWith(`${group}/`))
      .map(([code, text]) => `| \`${code}\` | ${text} |`);
    return [`## ${group}`, "", "| Code | Meaning |", "| --- | --- |", ...rows, ""].join("\n");
  });
  const head =
    "# Codes of diagnostics\n\nErrors stop the work (exit code 2, or 1 where the finding is that a design cannot be built); warnings and notes do not.\nThis list is generated from `src/base/diagnostic-codes.ts`.\n";
  await expect([head, ...sections].join("\n")).toMatchFileSnapshot(join(import.meta.dirname, "../../docs/errors.md"));
});
