import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { reliability } from "../../catalog/reliability.ts";
import { matching } from "../../fabric/name-patterns.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { drawFailures } from "./generate.ts";
import { parseScenario } from "./parse.ts";
import { timelineOf } from "./timeline.ts";

const examples = join(import.meta.dirname, "../../../examples");
const folder = join(examples, "scenarios");
const read = (path: string) => readFileSync(path, "utf8");

test("every example of a scenario fits an example of a cluster", () => {
  const built = new Map(
    ["thousand-gpu", "homogeneous"].map((name) => [name, buildFromYaml(read(join(examples, `${name}.yaml`)))]),
  );
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(4);
  for (const file of files) {
    const { cluster, fabric } = built.get(file === "two-nics.yaml" ? "homogeneous" : "thousand-gpu")!;
    const timeline = timelineOf(fabric, cluster, parseScenario(read(join(folder, file)), file));
    expect(timeline.events.length, file).toBeGreaterThan(0);
    const times = timeline.happenings.map(({ atUs }) => atUs);
    expect(times, file).toEqual(times.toSorted((left, right) => left - right));
  }
});

test("the access link is that of the first server, however many digits its name has", () => {
  const located = parseScenario(read(join(folder, "access-link.yaml")), "access-link.yaml");
  const pattern = located.scenario.events[0]!.part.split("/")[0]!;
  for (const first of ["srv-0001", "srv-00001"]) {
    const servers = Array.from({ length: 10_000 }, (_, at) => `srv-${String(at + 1).padStart(first.length - 4, "0")}`);
    expect(matching(pattern, new Map(servers.map((name, at) => [name, at])))).toEqual([servers.indexOf(first)]);
  }
});

const { cluster, fabric } = buildFromYaml(`
name: drawn
servers: {count: 64, gpus: 8, nics: 8}
plane: {leaf: {downlinks: 32}}
`);
const year = 8766 * 3_600_000_000;

test("failures come as often as their rates say", () => {
  const wish = { rates: 20, flaps: true };
  const { events } = drawFailures(fabric, cluster, wish, year, randomStream(5), 0);
  const count = (kind: string, event: string) =>
    events.filter((each) => each.kind === kind && each.event === event).length;
  const expected = (pieces: number, fit: number) => (20 * pieces * fit * 8766) / 1e9;
  const gpus = expected(512, reliability.gpu.failureFit.value);
  expect(Math.abs(count("gpu", "fail") - gpus)).toBeLessThan(4 * Math.sqrt(gpus));
  const flaps = 20 * fabric.links.count * cluster.economics.linkFlapsPerDay * 365.25;
  expect(Math.abs(count("cable", "flap") - flaps)).toBeLessThan(4 * Math.sqrt(flaps));
});

test("leaving a kind out changes no other", () => {
  const names = (kinds: readonly ("gpu" | "module")[]) =>
    drawFailures(
      fabric,
      cluster,
      { rates: 5, flaps: false, kinds: [...kinds] },
      year,
      randomStream(5),
      0,
    ).events.flatMap((each) => (each.kind === "module" ? [`${each.part} ${each.atUs}`] : []));
  expect(names(["module"]).length).toBeGreaterThan(0);
  expect(names(["gpu", "module"])).toEqual(names(["module"]));
});
