/** What the terminal can show. */

/** Width and colour for text reports: NO_COLOR and pipes are respected; 100 columns where nobody says. */
export function textOptions(): { width: number; colour: boolean } {
  const { stdout, env } = process;
  const colour = (stdout.isTTY === true && env["NO_COLOR"] === undefined) || env["FORCE_COLOR"] === "1";
  return { width: Math.max(60, Math.min(160, stdout.columns ?? 100)), colour };
}
