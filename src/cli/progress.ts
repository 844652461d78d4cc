/** A progress bar on standard error, only where a person looks on. */

import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** Fraction done in [0, 1] and what is being done. */
  update(fraction: number, label: string): void;
  stop(): void;
}

/** A bar when standard error is a terminal, else nothing. Appears only when the work takes longer than a blink. */
export function progressBar(): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const bar = new SingleBar(
    {
      format: "{bar} {percentage}% {label}",
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
      noTTYOutput: false,
    },
    Presets.shades_classic,
  );
  let started = false;
  const from = performance.now();
  return {
    update(fraction, label) {
      if (!started && performance.now() - from < 300) return;
      if (!started) bar.start(100, 0, { label });
      started = true;
      bar.update(Math.round(fraction * 100), { label });
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
