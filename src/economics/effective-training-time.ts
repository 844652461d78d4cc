/**
 * Effective training time ratio (arXiv 2410.21680): E = (1 - L (u0 + dt/2)) / (1 + w/dt), with L interruptions of the job
 * in an hour (N r_f), u0 standstill of one, dt checkpoint interval, w time to write one. All times in hours.
 */

export interface CheckpointSetting {
  /** Interruptions of the job in an hour. */
  readonly interruptionsPerHour: number;
  /** Mean standstill of an interruption. */
  readonly standstillHours: number;
  /** Time to write a checkpoint, during which training waits. */
  readonly writeHours: number;
}

/**
 * Share of time that trains, in [0, 1], for this interval (Infinity: no checkpoints). 0 when an interruption costs more
 * than the time between two, L (u0 + dt/2) >= 1: the training then makes no progress, and the formula has left its domain.
 */
export function effectiveTrainingTimeRatio(setting: CheckpointSetting, intervalHours: number): number {
  const alive = 1 - lostToInterruptions(setting, intervalHours);
  const writing = setting.writeHours === 0 ? 0 : setting.writeHours / intervalHours;
  return alive <= 0 ? 0 : alive / (1 + writing);
}

/** L (u0 + dt/2): share of time lost to standstill and to work done twice; 1 or more means no progress. */
export function lostToInterruptions(setting: CheckpointSetting, intervalHours: number): number {
  if (setting.interruptionsPerHour === 0) return 0;
  return setting.interruptionsPerHour * (setting.standstillHours + intervalHours / 2);
}

/** The published best interval, sqrt(2 w / L), in hours; Infinity when nothing ever interrupts. */
export function bestIntervalHours({ interruptionsPerHour, writeHours }: CheckpointSetting): number {
  return interruptionsPerHour === 0 ? Number.POSITIVE_INFINITY : Math.sqrt((2 * writeHours) / interruptionsPerHour);
}

/**
 * The interval at which the derivative of E vanishes exactly, -w + sqrt(w^2 + 2 w (1 - L u0) / L), in hours. The published
 * one is its limit for rare interruptions and fast writing. Undefined when there is no progress at any interval.
 */
export function exactIntervalHours(setting: CheckpointSetting): number | undefined {
  const { interruptionsPerHour, standstillHours, writeHours } = setting;
  if (interruptionsPerHour === 0) return Number.POSITIVE_INFINITY;
  const alive = 1 - interruptionsPerHour * standstillHours;
  if (alive <= 0) return undefined;
  return Math.sqrt(writeHours ** 2 + (2 * writeHours * alive) / interruptionsPerHour) - writeHours;
}
