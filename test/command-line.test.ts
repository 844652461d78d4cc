import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, temporaryFolder, twinspine } from "./support/twinspine.ts";

const files = ["assessment.json", "bill-of-materials.csv", "cabling.csv", "fabric.json", "report.html", "topology.svg"];

describe("files", () => {
  test("assess writes the report and the parts beside it, whole", () => {
    const folder = join(temporaryFolder(), "deep/out");
    const run = twinspine(["assess", "examples/small.yaml", "-o", folder]);
    expect(run.code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(files);
    for (const name of files) expect(statSync(join(folder, name)).size).toBeGreaterThan(100);
    expect(JSON.parse(readFileSync(join(folder, "assessment.json"), "utf8")).cluster.name).toBe("small");
    expect(JSON.parse(readFileSync(join(folder, "fabric.json"), "utf8")).format).toBe("twinspine-fabric");
  });

  test("a folder that cannot be made is the user's error, and nothing is half-written", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const run = twinspine(["assess", "examples/small.yaml", "-o", join(folder, "file/out")]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("file/not-writable");
    expect(run.stderr).not.toContain("at ");
  });

  test("an old report stays whole when writing fails half way", () => {
    const folder = temporaryFolder();
    twinspine(["assess", "examples/small.yaml", "-o", folder]);
    const before = readFileSync(join(folder, "assessment.json"), "utf8");
    mkdirSync(join(folder, "blocked"));
    writeFileSync(join(folder, "blocked/topology.svg"), "");
    chmodSync(join(folder, "blocked"), 0o755);
    const run = twinspine(["assess", "examples/tree.yaml", "-o", join(folder, "blocked/topology.svg")]);
    expect(run.code).toBe(2);
    expect(readFileSync(join(folder, "assessment.json"), "utf8")).toBe(before);
  });
});

describe("exit codes and streams", () => {
  test("--json prints one document and nothing else on standard output", () => {
    for (const verb of ["design", "audit", "price"]) {
      const run = twinspine([verb, "examples/small.yaml", "--json"]);
      expect(run.code).toBe(0);
      expect(Object.keys(JSON.parse(run.stdout))).toContain(verb === "price" ? "price" : verb);
      expect(run.stderr).toBe("");
    }
  });

  test("audit exits 1 when something fatal is left, 0 when not", () => {
    expect(twinspine(["audit", "examples/as-drawn.yaml", "--no-pairs"]).code).toBe(1);
    expect(twinspine(["audit", "examples/small.yaml", "--no-pairs"]).code).toBe(1 - 1);
  });

  test("a design that cannot be built exits 1 with the two parts, the rule, the place and what fits", () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "wrong.yaml"),
      "name: wrong\nservers: { count: 8 }\nplane:\n  links:\n    access:\n      cable: MFS1S00\n",
    );
    const run = twinspine(["design", join(folder, "wrong.yaml")]);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("catalog/form-factor");
    expect(run.stderr).toContain("MFS1S00");
    expect(run.stderr).toMatch(/wrong\.yaml:\d+:\d+/);
    const json = JSON.parse(twinspine(["design", join(folder, "wrong.yaml"), "--json"]).stdout);
    expect(json.design.rejections[0].code).toBe("catalog/form-factor");
  });

  test.each([
    [["assess", "nowhere.yaml"], "file/not-found"],
    [["assess", "."], "file/not-readable"],
    [["assess"], "missing required argument"],
    [["asess", "x.yaml"], "Did you mean assess"],
    [["assess", "examples/small.yaml", "--jsno"], "Did you mean --json"],
    [["price", "examples/small.yaml", "--baseline", "nothing"], "command/value"],
    [["catalog", "SN56000"], "Did you mean SN5600"],
  ])("%j is bad input: exit 2, no stack trace", (args, message) => {
    const run = twinspine(args);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(run.stdout).toBe("");
  });

  test("help has examples, for the program and for every command", () => {
    for (const command of [[], ["assess"], ["design"], ["audit"], ["price"], ["catalog"]]) {
      const run = twinspine([...command, "--help"]);
      expect(run.code).toBe(0);
      expect(run.stdout).toContain("Examples:");
    }
    expect(twinspine(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("the reader of a pipe may leave early", async () => {
    const child = spawn(
      process.execPath,
      [join(root, "dist/cli/main.js"), "design", "examples/hpn-pod.yaml", "--json"],
      { cwd: root },
    );
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    expect(stderr).toBe("");
  });

  test("an interrupt while it works leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const child = spawn(
      process.execPath,
      [join(root, "dist/cli/main.js"), "assess", "examples/hundred-thousand.yaml", "-o", join(folder, "out")],
      {
        cwd: root,
        stdio: "ignore",
      },
    );
    await once(child, "spawn");
    child.kill("SIGINT");
    await once(child, "exit");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("catalog", () => {
  test("lists parts and shows one with its sources", () => {
    expect(twinspine(["catalog", "--kind", "switch"]).stdout).toContain("QM9700");
    expect(twinspine(["catalog", "MFS1S00"]).stdout).toContain("primary");
    expect(JSON.parse(twinspine(["catalog", "--json"]).stdout).parts.length).toBeGreaterThan(30);
  });
});
