import { expect, test } from "vitest";
import { PartLookup } from "../../fabric/part-lookup.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { FaultBoard } from "./fault-board.ts";
import { deadFault } from "./happenings.ts";

const { fabric } = buildFromYaml(`
name: board
servers: {count: 8, gpus: 4, nics: 4}
plane: {leaf: {downlinks: 16}}
sharedRisks:
  - {name: west, kind: feed, members: [leaf-a-01, srv-0001]}
  - {name: east, kind: feed, members: [leaf-a-01]}
`);
const lookup = new PartLookup(fabric);
const part = (name: string) => lookup.find(name)[0]!;
const linksUp = (board: FaultBoard) => {
  let up = 0;
  for (let link = 0; link < fabric.links.count; link++) if (board.condition(link).up) up++;
  return up;
};

test("two faults on one link: it works again when both have ended", () => {
  const board = new FaultBoard(fabric);
  const [port, module] = [
    deadFault(0, part("srv-0002/nic-1/port-1")),
    deadFault(1, part("srv-0002/nic-1/port-1/module")),
  ];
  const { links } = board.begin(port);
  expect(links.length).toBe(1);
  board.begin(module);
  board.end(port);
  expect(board.condition(links[0]!).up).toBe(false);
  board.end(module);
  expect(board.condition(links[0]!)).toMatchObject({ up: true, carrier: true });
  expect(board.end(module).links).toEqual([]);
});

test("a device dies with its last feed and comes back with the first, in either order", () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const board = new FaultBoard(fabric);
    const feeds = [deadFault(0, part("west")), deadFault(1, part("east"))];
    board.begin(feeds[0]!);
    expect(board.isServerDown(0)).toBe(true);
    const before = linksUp(board);
    expect(board.begin(feeds[1]!).links.length).toBeGreaterThan(0);
    expect(linksUp(board)).toBeLessThan(before);
    expect(board.end(feeds[order[0]!]!).links.length).toBeGreaterThan(0);
    expect(linksUp(board)).toBeGreaterThanOrEqual(before);
    board.end(feeds[order[1]!]!);
    expect(linksUp(board)).toBe(fabric.links.count);
    expect(board.isServerDown(0)).toBe(false);
  }
});
