import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meansOf } from "./html/simulation/switches-section.ts";
import { pointsOf, type Span } from "./html/time-plot.ts";
import { simulationHtml } from "./simulation-html.ts";
import { simulated } from "./testing/simulated.ts";

const fails = readFileSync(new URL("../../examples/scenarios/access-link.yaml", import.meta.url), "utf8");
const dual = simulated("name: dual\nservers: {count: 16}\nplane: {}", fails, ["active-standby", "load-balancing"]);
const long = fails.replace("for: 60s", "for: 200s").replace("duration: 300s", "duration: 3h");
const single = simulated(
  "name: one\nservers: {count: 16, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}\nplane: {}",
  long,
  ["active-standby"],
);
const sectionsOf = (html: string) => [...html.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]);

describe("HTML report of a simulated run", () => {
  test("has every section, in order, and a link to each", () => {
    const html = simulationHtml(dual);
    const expected = ["steps", "takeovers", "links", "sharing", "switches", "events", "work-lost", "money"];
    expect(sectionsOf(html)).toEqual(expected);
    for (const id of expected) expect(html).toContain(`<a href="#${id}">`);
  });

  test("a lost job is the first thing said; single links have no takeovers", () => {
    const html = simulationHtml(single);
    expect(html.indexOf("The job was lost once")).toBeGreaterThan(0);
    expect(html.indexOf("The job was lost once")).toBeLessThan(html.indexOf("<section"));
    expect(sectionsOf(html)).not.toContain("takeovers");
    expect(html).toContain("restart from the last checkpoint");
  });

  test("loads nothing and runs nothing", () => {
    const html = simulationHtml(dual);
    expect(html).toContain("default-src &#39;none&#39;");
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|url\(|@import|javascript:|NaN|undefined|Infinity/i);
    expect(simulationHtml(dual)).toBe(html);
  });

  test("hostile names never become markup", () => {
    const tagsOf = (html: string) => new Set([...html.matchAll(/<\/?([A-Za-z!?][^\s/>]*)/g)].map((match) => match[1]!));
    const plain = tagsOf(simulationHtml(dual));
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (random) => {
        const name = `"><img src=x onerror=alert(1)></title>${random}`;
        const runs = dual.runs.map((run) => ({
          ...run,
          watched: name,
          events: run.events.map((each) => ({ ...each, part: name })),
          takeovers: run.takeovers.map((each) => ({ ...each, part: name })),
          utilisation: { ...run.utilisation, switches: run.utilisation.switches.map((each) => each + name) },
        }));
        const html = simulationHtml({
          ...dual,
          cluster: { ...dual.cluster, name },
          scenario: { ...dual.scenario, name, description: name },
          runs,
        });
        expect(tagsOf(html)).toEqual(plain);
      }),
      { numRuns: 4 },
    );
  });
});

describe("what the plots show", () => {
  test("an active-standby takeover is seen on the leaf that takes over", () => {
    const { utilisation } = dual.runs[0]!;
    const moved = utilisation.switches.filter((_, index) => {
      const shares = utilisation.share.map((row) => row[index]!);
      return Math.max(...shares) - Math.min(...shares) > 0.01;
    });
    expect(moved.filter((name) => name.includes("leaf"))).toHaveLength(2);
    expect(utilisation.atS).toEqual(utilisation.atS.map((_, index) => (index * 300) / utilisation.atS.length));
  });

  test("means over pieces of time keep the whole", () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(shares, (values) => {
        const atS = values.map((_, index) => index);
        const means = meansOf({ switches: ["leaf"], atS, share: values.map((value) => [value]) }, 0, values.length);
        const mean = (of: readonly number[]) => of.reduce((sum, each) => sum + each, 0) / of.length;
        expect(mean(means)).toBeCloseTo(mean(values), 9);
      }),
    );
  });

  test("many steps are drawn by columns that keep the smallest, the largest and the gaps", () => {
    const spans: Span[] = Array.from({ length: 5000 }, (_, at) => ({
      startS: at,
      endS: at + 1,
      value: at >= 2000 && at < 2100 ? null : at === 777 ? 99 : 1 + (at % 2),
    }));
    const points = pointsOf(spans, 5000);
    expect(points.length).toBeLessThanOrEqual(1600);
    expect(Math.max(...points.flatMap(({ value }) => (Number.isNaN(value) ? [] : [value])))).toBe(99);
    expect(points.filter(({ value }) => Number.isNaN(value)).every(({ atS }) => atS > 1990 && atS < 2110)).toBe(true);
    expect(points.some(({ value }) => Number.isNaN(value))).toBe(true);
  });
});
