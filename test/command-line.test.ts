import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  watch,
  writeFileSync,
} from "node:fs";
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

  test("a folder in the place of a file is found before anything is written", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "cabling.csv"));
    const run = twinspine(["design", "examples/small.yaml", "-o", folder]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("cabling.csv is a folder");
    expect(readdirSync(folder)).toEqual(["cabling.csv"]);
  });

  test.each([["/proc/nowhere"], ["/proc/nowhere/deeper"], [""]])("no folder %j can be made: said at once", (folder) => {
    const run = twinspine(["design", "examples/small.yaml", "-o", folder]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(folder === "" ? /command\/value/ : /file\/not-writable/);
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
    expect(twinspine(["audit", "examples/small.yaml", "--no-pairs"]).code).toBe(0);
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
    [["assess", "/dev/zero"], "file/not-readable"],
    [["catalog", "MFS1S00", "--kind", "nic"], "MFS1S00"],
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

  test("pipes and devices are refused instead of waited for, as cluster file and as parts file", () => {
    const folder = temporaryFolder();
    expect(spawnSync("mkfifo", [join(folder, "pipe")]).status).toBe(0);
    writeFileSync(join(folder, "parts.yaml"), "name: x\nservers: { count: 2 }\nplane: {}\npartsFile: pipe\n");
    for (const name of ["pipe", "parts.yaml"]) {
      const run = twinspine(["design", join(folder, name)]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain("file/not-readable");
    }
  });

  test("a full disk behind standard output is said in one line", () => {
    const full = openSync("/dev/full", "w");
    const run = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), "catalog"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("file/not-writable");
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  test("absurd sizes are bad input", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "absurd.yaml"), "name: absurd\nservers: { count: 1000000 }\nplane: {}\n");
    const run = twinspine(["assess", join(folder, "absurd.yaml")]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("design/too-large");
    expect(readdirSync(folder)).toEqual(["absurd.yaml"]);
  });

  test("help has examples, for the program and for every command", () => {
    for (const command of [[], ["assess"], ["design"], ["audit"], ["price"], ["catalog"]]) {
      const run = twinspine([...command, "--help"]);
      expect(run.code).toBe(0);
      expect(run.stdout).toContain("Examples:");
    }
    expect(twinspine(["--version"]).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ["design", "examples/hpn-pod.yaml", 0],
    ["audit", "examples/tree.yaml", 1],
  ])("the reader of a pipe may leave early: %s %s still exits %i", async (verb, file, expected) => {
    const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), verb, file, "--json"], { cwd: root });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const [code] = await once(child, "exit");
    expect(code).toBe(expected);
    expect(stderr).toBe("");
  });

  test("an interrupt while files are written leaves whole files only", async () => {
    const folder = temporaryFolder();
    const out = join(folder, "out");
    const child = spawn(
      process.execPath,
      [join(root, "dist/cli/main.js"), "design", "examples/hpn-pod.yaml", "-o", out],
      { cwd: root, stdio: "ignore" },
    );
    const exit = once(child, "exit");
    const watcher = watch(folder);
    await once(watcher, "change");
    child.kill("SIGINT");
    await exit;
    watcher.close();
    expect(readdirSync(out).filter((name) => name.endsWith(".part"))).toEqual([]);
    expect(readdirSync(out).sort()).toEqual(["bill-of-materials.csv", "cabling.csv", "fabric.json", "topology.svg"]);
    expect(JSON.parse(readFileSync(join(out, "fabric.json"), "utf8")).format).toBe("twinspine-fabric");
  });

  test("an interrupt while it works leaves nothing behind", async () => {
    const folder = temporaryFolder();
    const started = 'data:text/javascript,process.send("started");process.channel.unref()';
    const child = spawn(
      process.execPath,
      [
        "--import",
        started,
        join(root, "dist/cli/main.js"),
        "assess",
        "examples/hundred-thousand.yaml",
        "-o",
        join(folder, "out"),
      ],
      { cwd: root, stdio: ["ignore", "ignore", "ignore", "ipc"] },
    );
    const exit = once(child, "exit");
    await once(child, "message");
    child.kill("SIGINT");
    const [, signal] = await exit;
    expect(signal).toBe("SIGINT");
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
