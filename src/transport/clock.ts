/** The one clock of the transport: whole microseconds of the host's monotonic clock, the same in every thread. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
}
