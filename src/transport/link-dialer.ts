/** Keeps one link of a session dialled: after a loss it tries again, ever less often, until it is there or the session ends. */

import type { LinkIndex } from "../switching/index.ts";
import { TransportError } from "./errors.ts";
import type { JoinedLink } from "./join-client.ts";
import type { TransportLogger } from "./options.ts";
import type { Session } from "./session.ts";

const delayMsMin = 20;
const delayMsMax = 1_000;

export class LinkDialer {
  readonly #link: LinkIndex;
  readonly #session: Session;
  readonly #dial: () => Promise<JoinedLink>;
  readonly #logger: TransportLogger;
  #delayMs = delayMsMin;
  #busy = false;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(link: LinkIndex, session: Session, dial: () => Promise<JoinedLink>, logger: TransportLogger) {
    this.#link = link;
    this.#session = session;
    this.#dial = dial;
    this.#logger = logger;
  }

  /** Begins to dial, unless it does already. */
  redial(): void {
    if (this.#busy || this.#stopped || !this.#session.isLinkEnabled(this.#link)) return;
    this.#busy = true;
    void this.#attempt();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #attempt(): Promise<void> {
    try {
      const joined = await this.#dial();
      this.#busy = false;
      this.#delayMs = delayMsMin;
      this.#session.attachLink(this.#link, joined);
      if (this.#stopped) joined.heartbeats?.close();
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
    }
  }
}
