import { describe, expect, test } from "vitest";
import { UserError } from "../base/diagnostics.ts";
import { builtInCatalog, extendCatalog, findPart } from "./index.ts";

function diagnosticOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.diagnostics[0];
    throw error;
  }
  return undefined;
}

describe("findPart", () => {
  test("finds by name and kind", () => {
    expect(findPart(builtInCatalog, "SN5600", "switch").cages[0]?.count).toBe(64);
  });

  test("guesses at a slip", () => {
    const found = diagnosticOf(() => findPart(builtInCatalog, "ConnectX7-2x200", "nic"));
    expect(found).toMatchObject({ code: "catalog/unknown-part", remedy: "Did you mean ConnectX-7 2x200G?" });
  });

  test("says when the name is of another kind", () => {
    expect(diagnosticOf(() => findPart(builtInCatalog, "MFP7E10", "switch"))?.message).toBe(
      '"MFP7E10" is a fibre; wanted here: a switch',
    );
  });
});

describe("extendCatalog", () => {
  const own = { ...findPart(builtInCatalog, "SN5600", "switch"), model: "Own-64", description: "a box of one's own" };

  test("adds and replaces, and leaves the base alone", () => {
    const cheap = { ...findPart(builtInCatalog, "QM9700", "switch"), description: "bought used" };
    const extended = extendCatalog(builtInCatalog, [own, cheap]);
    expect(extended.size).toBe(builtInCatalog.size + 1);
    expect(findPart(extended, "QM9700", "switch").description).toBe("bought used");
    expect(builtInCatalog.get("QM9700")?.description).not.toBe("bought used");
  });

  test("refuses two parts of one name", () => {
    expect(diagnosticOf(() => extendCatalog(builtInCatalog, [own, own]))?.code).toBe("catalog/duplicate-part");
  });
});
