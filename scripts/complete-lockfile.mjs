// Completes package-lock.json after `npm install`: a registry mirror may lack packages for other platforms, and npm then
// leaves them out, so that `npm ci` on a newer npm refuses the file. Adds the missing optional packages by name, version
// and platform. Usage: node scripts/complete-lockfile.mjs [--check]

import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm64", "x64", "ia32", "arm", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32"];

function platformOf(name) {
  const words = name.split(/[-/]/);
  const os = systems.find((each) => words.includes(each));
  const cpu = processors.find((each) => words.includes(each));
  if (cpu === "wasm32" || os === undefined || cpu === undefined) return undefined;
  const libc = words.includes("musl") || words.includes("musleabihf") ? ["musl"] : undefined;
  return { ...(libc && { libc }), cpu: [cpu], os: [os] };
}

const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${parent}/node_modules/${name}`;
    const key = `node_modules/${name}`;
    if (key in lock.packages || nested in lock.packages) continue;
    const platform = platformOf(name);
    if (platform === undefined) continue;
    const { cpu, os, libc } = platform;
    lock.packages[key] = { version, cpu, ...(entry.dev && { dev: true }), ...(libc && { libc }), optional: true, os };
    added.push(name);
  }
}
if (process.argv.includes("--check")) {
  if (added.length > 0) console.error(`package-lock.json lacks ${added.join(", ")}: run node scripts/complete-lockfile.mjs`);
  process.exitCode = added.length > 0 ? 1 : 0;
} else {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length} packages`);
}
