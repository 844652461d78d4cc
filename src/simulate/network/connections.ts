/** Connections between endpoints, as columns: who sends to whom, and how much of the whole. */

/** A set of connections that advance together: for every byte of the whole, connection c moves share[c] bytes. */
export interface Connections {
  readonly count: number;
  /** Endpoints (server x rails + rail). */
  readonly source: Int32Array;
  readonly destination: Int32Array;
  /** Bytes of each connection for every byte of the whole, above 0. Default 1 each. */
  readonly share?: Float64Array | undefined;
  /** Tells connections between the same two endpoints apart. Default 0. */
  readonly number?: Int32Array | undefined;
}

/** One connection. */
export function oneConnection(source: number, destination: number, number = 0): Connections {
  return {
    count: 1,
    source: Int32Array.of(source),
    destination: Int32Array.of(destination),
    number: Int32Array.of(number),
  };
}

/** The connections of a ring of endpoints: each to the next, the last to the first. */
export function ringConnections(endpoints: ArrayLike<number>, number = 0): Connections {
  const source = Int32Array.from(endpoints);
  const destination = new Int32Array(source.length);
  for (let at = 0; at < source.length; at++) destination[at] = source[(at + 1) % source.length]!;
  return { count: source.length, source, destination, number: new Int32Array(source.length).fill(number) };
}
