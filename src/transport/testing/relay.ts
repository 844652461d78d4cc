/** A TCP relay that can break: stands between two ends in tests that need no privileges. */

import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, type Socket } from "node:net";

export class Relay {
  readonly #server;
  readonly #target: { host: string; port: number };
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #refusing = false;
  #frozen = false;
  #swallowing = false;
  #swallowed: () => void = () => {};

  private constructor(target: { host: string; port: number }) {
    this.#target = target;
    this.#server = createServer((incoming) => this.#relay(incoming));
  }

  static async to(target: { host: string; port: number }, host: string): Promise<Relay> {
    const relay = new Relay(target);
    relay.#server.listen({ host, port: 0 });
    await once(relay.#server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes every connection and accepts none until {@link restore}. */
  cut(): void {
    this.#refusing = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
  }

  /** Closes every connection; those made until {@link restore} are accepted, and nothing ever passes over them. Resolves at the first. */
  swallow(): Promise<void> {
    this.cut();
    this.#refusing = false;
    this.#swallowing = true;
    return new Promise((resolve) => {
      this.#swallowed = resolve;
    });
  }

  /** Swallows nothing but passes nothing on either: a link that went silent. */
  freeze(): void {
    this.#frozen = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  restore(): void {
    this.#refusing = false;
    this.#frozen = false;
    this.#swallowing = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #relay(incoming: Socket): void {
    if (this.#refusing) {
      incoming.destroy();
      return;
    }
    if (this.#swallowing) {
      incoming.on("error", () => {});
      incoming.resume();
      this.#swallowed();
      return;
    }
    const outgoing = dial(this.#target);
    const pair = [incoming, outgoing] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [outgoing, incoming]] as const) {
      from.on("data", (bytes) => {
        if (!to.write(bytes)) from.pause();
      });
      to.on("drain", () => {
        if (!this.#frozen) from.resume();
      });
      from.on("error", () => {});
      from.on("close", () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#frozen) from.pause();
    }
  }
}
