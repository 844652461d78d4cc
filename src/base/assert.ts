/**
 * Assertions are for us: a broken invariant is a bug in twinspine (exit code 70), never a mistake of the user.
 * They stay on in production. For bad input throw a `UserError` instead.
 */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws an {@link AssertionError} when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(`invariant broken: ${message}`);
}

/** The value, which the caller knows to be present. */
export function defined<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new AssertionError(`invariant broken: ${what} is missing`);
  return value;
}

/** Marks a branch of a closed union that cannot be reached; the compiler checks it. */
export function unreachable(value: never): never {
  throw new AssertionError(`invariant broken: unexpected ${JSON.stringify(value)}`);
}
