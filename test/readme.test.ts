import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requirement } from "./setup/requirements.ts";
import { root, temporaryFolder, twinspine } from "./support/twinspine.ts";

/** Every command of the README is run, and what it prints is what the README shows. UPDATE_README=1 writes it anew. */
const path = join(root, "README.md");
const readme = readFileSync(path, "utf8");

function blocks(info: string): string[] {
  return [...readme.matchAll(/```([^\n]*)\n(.*?)```/gs)].filter((match) => match[1] === info).map((match) => match[2]!);
}

/** The cluster files that the README's examples speak of. */
function exampleFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "sixty-four.yaml"), blocks("yaml cluster-file")[0]!);
  writeFileSync(join(folder, "classic-mistake.yaml"), blocks("yaml classic-mistake")[0]!);
  writeFileSync(join(folder, "module.yaml"), blocks("yaml scenario")[0]!);
  return folder;
}

describe("README", () => {
  test("the examples print what it shows", () => {
    const folder = exampleFolder();
    const shown = blocks("text example-output");
    const printed = blocks("sh example").map((command) => {
      const [npx, name, ...args] = command.trim().split(" ");
      expect([npx, name]).toEqual(["npx", "twinspine"]);
      const run = twinspine(args, { cwd: folder });
      return `${run.stdout}${run.stderr}`.replaceAll(/ +$/gm, "");
    });
    if (process.env.UPDATE_README === "1") {
      let index = 0;
      writeFileSync(
        path,
        readme.replaceAll(/(```text example-output\n).*?(```)/gs, (_, start, end) => start + printed[index++] + end),
      );
      return;
    }
    expect(shown).toEqual(printed);
  });

  test("the first command finds the command in the checkout and exits 0", () => {
    const [command] = blocks("sh first-command");
    expect(command).toMatch(/^npm ci && npx twinspine assess examples\/thousand-gpu\.yaml\n$/);
    const run = spawnSync(
      "npx",
      ["--no-install", "twinspine", "assess", "examples/thousand-gpu.yaml", "-o", temporaryFolder()],
      {
        cwd: root,
        encoding: "utf8",
      },
    );
    expect(run.status).toBe(0);
    expect(run.stdout).toContain("thousand-gpu");
  });

  test("the demonstration runs and its sums are equal", () => {
    const [npx, name, ...args] = blocks("sh demonstration")[0]!.trim().split(" ");
    expect([npx, name]).toEqual(["npx", "twinspine"]);
    const run = twinspine(args, { cwd: temporaryFolder() });
    expect(run.code).toBe(0);
  });

  test("the import reads the files that it names", () => {
    const [npx, name, ...args] = blocks("sh import")[0]!.trim().split(" ");
    expect([npx, name]).toEqual(["npx", "twinspine"]);
    const run = twinspine(
      args.map((each) => (each.startsWith("test/") ? join(root, each) : each)),
      { cwd: temporaryFolder() },
    );
    expect([run.code, run.stdout.includes("Written to fabric.json")]).toEqual([0, true]);
  });

  test("the agent looks at this machine and says what is missing", () => {
    const [npx, name, ...args] = blocks("sh agent")[0]!.trim().split(" ");
    expect([npx, name]).toEqual(["npx", "twinspine"]);
    const run = twinspine(args, { cwd: root });
    expect(run.stdout).toContain("host-a");
    expect([0, 1]).toContain(run.code);
  });

  test.skipIf(!requirement("network-namespaces", "nftables", "frr"))("the lab stands, fails and is taken down", () => {
    const printed = blocks("sh lab")[0]!.trim().split("\n");
    const runs = printed.map((line) => twinspine(line.split(" ").slice(2), { cwd: root }));
    // The status of a lab with a fault is a bad finding.
    expect(runs.map((run) => run.code)).toEqual([0, 0, 1, 0]);
    expect(runs[2]!.stdout).toContain("srv-0001/nic-1a/port-1");
  });

  test("every file it links to is there", () => {
    const targets = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!);
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test.each(["thousand-gpu", "hundred-thousand"])("the picture of %s is today's", (name) => {
    const folder = temporaryFolder();
    twinspine(["design", `examples/${name}.yaml`, "-o", folder]);
    const today = readFileSync(join(folder, "topology.svg"), "utf8");
    const picture = join(root, `docs/images/${name}.svg`);
    if (process.env["UPDATE_README"] === "1") writeFileSync(picture, today);
    expect(readFileSync(picture, "utf8")).toBe(today);
  });
});
