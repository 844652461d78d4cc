// Says as JSON lines what a way of hearing carrier hears. Usage: node carrier.mjs monitor|netlink

import { monitorCarrier, watchCarrier } from "../../dist/transport/carrier-watch.js";

const say = (details) => process.stdout.write(`${JSON.stringify(details)}\n`);
const log = (details, message) => say({ what: "log", ...details, message });
const watch = process.argv[2] === "monitor" ? monitorCarrier : watchCarrier;
const stop = watch((interfaceName, up) => say({ what: "carrier", interfaceName, up }), {
  debug: log,
  info: log,
  warn: log,
});
// Only what is said on standard input keeps the process alive.
process.stdin.on("data", () => {});
process.stdin.on("end", () => {
  if (process.argv[2] === "monitor") return;
  stop();
});
