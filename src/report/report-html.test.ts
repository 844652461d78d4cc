import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { assessCluster } from "./assess-cluster.ts";
import type { Assessment } from "./assessment.ts";
import { reportHtml } from "./report-html.ts";

function assessed(text: string, baseline?: "single"): Assessment {
  const assessment = assessCluster(parseCluster(text, "test.yaml"), { version: "0.0.0", baseline });
  if (assessment.kind === "rejected") throw new Error("rejected");
  return assessment;
}

const dual = assessed("name: dual\nservers: {count: 16}\nplane: {}", "single");
const single = assessed("name: one\nservers: {count: 16, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}\nplane: {}");
const sectionsOf = (html: string) => [...html.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]);

describe("HTML report", () => {
  test("has every section, in order, and a link to each", () => {
    const html = reportHtml(dual);
    const expected = [
      "topology",
      "failures",
      "bandwidth",
      "training",
      "shared-risks",
      "money",
      "bill",
      "cabling",
      "notes",
      "assumptions",
      "method",
    ];
    expect(sectionsOf(html)).toEqual(expected);
    for (const id of expected) expect(html).toContain(`<a href="#${id}">`);
  });

  test("says nothing of what was not asked for", () => {
    const { audit, price, ...design } = dual;
    expect(sectionsOf(reportHtml(design))).not.toContain("money");
    expect(sectionsOf(reportHtml({ ...design, audit: audit! }))).toContain("bandwidth");
    expect(sectionsOf(reportHtml({ ...design, audit: audit! }))).not.toContain("money");
    expect(price).toBeDefined();
  });

  test("a fatal finding is the first thing said, and marked in the picture", () => {
    const html = reportHtml(single);
    expect(html.indexOf("One failed part can stop training.")).toBeGreaterThan(0);
    expect(html.indexOf("One failed part can stop training.")).toBeLessThan(html.indexOf("<section"));
    expect(html).toContain("fatal if it fails");
  });

  test("loads nothing and runs nothing", () => {
    const html = reportHtml(dual);
    expect(html).toContain("default-src &#39;none&#39;");
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|url\(|@import|javascript:/i);
    expect([...html.matchAll(/https?:\/\/[^\s"'<]+/g)].map(([address]) => address)).toEqual([
      "http://www.w3.org/2000/svg",
    ]);
  });

  test("is the same for the same assessment", () => {
    expect(reportHtml(dual)).toBe(reportHtml(dual));
  });

  test("hostile names never become markup", () => {
    const plain = tagsOf(reportHtml(dual));
    const nasty = fc.constantFrom(
      "<script>alert(1)</script>",
      '"><img src=x onerror=alert(1)>',
      "</title></style><x>",
      "<!--",
      "]]>",
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), nasty, (random, hostile) => {
        const name = hostile + random;
        const planes = dual.fabric.planes.map((plane) => ({ ...plane, name }));
        const rows = dual.bill.rows.map((row) => ({ ...row, model: name, description: name }));
        const audit = {
          ...dual.audit!,
          nMinusOne: dual.audit!.nMinusOne.map((row) => ({ ...row, example: name })),
          sharedRisks: dual.audit!.sharedRisks.map((risk) => ({ ...risk, example: name })),
        };
        const html = reportHtml({
          ...dual,
          cluster: { ...dual.cluster, name },
          fabric: { ...dual.fabric, name, planes },
          bill: { ...dual.bill, rows },
          audit,
        });
        expect(new Set(tagsOf(html))).toEqual(new Set(plain));
      }),
      { numRuns: 30 },
    );
  });
});

/** Names of all tags, with comments and other declarations under their first character. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<\/?([A-Za-z!?][^\s/>]*)/g)].map((match) => match[1]!);
}
