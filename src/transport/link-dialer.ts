/**
 * Keeps one link of a session dialled: after a loss it tries again, ever less often, until it is there or the session ends.
 * After a loss the first attempts are short: what opens a connection may be lost while routing still mends the path, and the
 * kernel sends it again only after a second, in which the session may have no link at all.
 */

import type { LinkIndex } from "../switching/index.ts";
import { TransportError } from "./errors.ts";
import type { JoinedLink } from "./join-client.ts";
import type { TransportLogger } from "./options.ts";
import type { Session } from "./session.ts";

const delayMsMin = 20;
const delayMsMax = 1_000;
const attemptMsMin = 200;
/** A join takes three round trips; a far link's attempts are given twice that from the first on. */
const attemptRoundTrips = 6;

export class LinkDialer {
  readonly #link: LinkIndex;
  readonly #session: Session;
  readonly #dial: (timeoutMs: number) => Promise<JoinedLink>;
  readonly #attemptMsMax: number;
  readonly #logger: TransportLogger;
  #delayMs = delayMsMin;
  #attemptMs = 0;
  #busy = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  /** `attemptMsMax`: for one attempt, at most. */
  constructor(
    link: LinkIndex,
    session: Session,
    {
      dial,
      attemptMsMax,
      logger,
    }: {
      readonly dial: (timeoutMs: number) => Promise<JoinedLink>;
      readonly attemptMsMax: number;
      readonly logger: TransportLogger;
    },
  ) {
    this.#link = link;
    this.#session = session;
    this.#dial = dial;
    this.#attemptMsMax = attemptMsMax;
    this.#logger = logger;
  }

  /** Begins to dial for the first time. Both ends have just started and may be slow. */
  dial(): void {
    this.#begin(this.#attemptMsMax);
  }

  /** The connection is lost: begins to dial, unless it does already. */
  redial(): void {
    this.#begin(Math.min(attemptMsMin, this.#attemptMsMax));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #begin(attemptMs: number): void {
    if (this.#busy || this.#stopped || !this.#session.isLinkEnabled(this.#link)) return;
    this.#busy = true;
    this.#attemptMs = attemptMs;
    void this.#attempt();
  }

  async #attempt(): Promise<void> {
    try {
      const roundTripMs = this.#session.status().links[this.#link].roundTripUs / 1_000;
      const attemptMs = Math.max(this.#attemptMs, attemptRoundTrips * roundTripMs);
      const joined = await this.#dial(Math.min(attemptMs, this.#attemptMsMax));
      this.#busy = false;
      this.#delayMs = delayMsMin;
      this.#session.attachLink(this.#link, joined);
    } catch (error) {
      if (this.#stopped) return;
      this.#logger.debug({ link: this.#link, reason: String(error) }, "dialling failed");
      const forgotten = error instanceof TransportError && error.code === "transport/unknown-session";
      if (forgotten && !this.#session.isAttached(this.#link === 0 ? 1 : 0)) {
        this.#session.fail("switching/peer-restarted", "the peer was started anew and knows nothing of this session");
        return;
      }
      this.#timer = setTimeout(() => void this.#attempt(), this.#delayMs);
      this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
      this.#attemptMs = Math.min(this.#attemptMs * 2, this.#attemptMsMax);
    }
  }
}
