/**
 * What a session's own heartbeats say and bring: whom it hears, its confirmations, how long they take. With a monitor they
 * are rare: it has the beat, and a session speaks only when it has something to say.
 */

import type { Acknowledger } from "./acknowledger.ts";
import type { HeartbeatFrame } from "./codec/frames.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "./config.ts";
import { HeartbeatWriter } from "./heartbeat-writer.ts";
import { aliveSpanUs } from "./link-health.ts";
import type { Outgoing } from "./outgoing.ts";
import type { LinkPairController } from "./pair-controller.ts";

/** What they need of the endpoint. */
export interface HeartbeatHost {
  readonly config: EndpointConfig;
  readonly pair: LinkPairController;
  readonly outgoing: Outgoing;
  readonly acknowledgers: readonly [Acknowledger, Acknowledger];
  /** They know the limit of the whole session's bytes, for the peer. */
  readonly streams: { readonly sessionLimit: number };
  readonly ended: boolean;
  send(link: LinkIndex, head: Uint8Array, urgent: boolean): void;
  reportOfPeer(link: LinkIndex, hears: boolean, peerSentUs: number, nowUs: number): void;
  confirmUpTo(link: LinkIndex, cumulative: number, nowUs: number): void;
}

export class SessionHeartbeats {
  readonly #host: HeartbeatHost;
  readonly #writer: HeartbeatWriter;
  /** The connection of each link, by the number that both sides give it. */
  readonly #connections: [number, number] = [0, 0];
  /** The connections that the peer has been told of. */
  readonly #toldConnections: [number, number] = [0, 0];

  constructor(host: HeartbeatHost) {
    this.#host = host;
    this.#writer = new HeartbeatWriter(host.acknowledgers);
  }

  /** A link has a new connection. */
  beginOn(link: LinkIndex, connection: number): void {
    this.#connections[link] = connection & 0xff;
  }

  /** Says what the peer must know by now. */
  settle(nowUs: number): void {
    const isTold = bothLinks.every((link) => this.#connections[link] === this.#toldConnections[link]);
    if (!isTold || this.#hears !== this.#writer.toldHears) this.#sayHears(nowUs);
    else if (this.#owesNews(nowUs)) this.sendOnAll(true, nowUs);
  }

  /** The peer may not know what it was told: it is told again. */
  forgetTold(): void {
    this.#writer.toldHears = -1;
  }

  /** One on every connected link. */
  sendOnAll(urgent: boolean, nowUs: number): void {
    const { pair } = this.#host;
    for (const each of bothLinks) if (pair.health(each).attached) this.send(each, false, true, urgent, nowUs);
  }

  send(link: LinkIndex, probe: boolean, onBoth: boolean, urgent: boolean, nowUs: number): void {
    const { outgoing, streams } = this.#host;
    const { sessionLimit } = streams;
    const { floor } = outgoing.senders[link];
    const content = { probe, onBoth, hears: this.#hears, connections: this.#connections, floor, sessionLimit };
    this.#host.send(link, this.#writer.write(outgoing.tag, link, content, nowUs), urgent);
  }

  receive(link: LinkIndex, frame: HeartbeatFrame, arrivedUs: number, nowUs: number): void {
    const { config, pair, outgoing, acknowledgers } = this.#host;
    const own = acknowledgers[link];
    if (!config.pair.monitored && !frame.repeated) {
      // One that a busy peer's transport repeats does not show that the peer could have confirmed anything.
      outgoing.senders[link].noteAlive(aliveSpanUs(config.pair.health, pair.intervalUs), nowUs);
    }
    own.received.raiseFloor(frame.floor);
    if (frame.sentUs > own.echoSentUs) {
      own.echoSentUs = frame.sentUs;
      own.echoHeardUs = arrivedUs;
    }
    if (frame.echoSentUs > 0 && frame.echoSentUs <= Math.max(this.#writer.latestUs, nowUs))
      outgoing.senders[link].meter.sampleRoundTrip(arrivedUs - frame.echoSentUs - frame.echoHeldUs, nowUs);
    for (const each of bothLinks) {
      // A word of an earlier connection, on its way over the other link, says nothing of this one.
      if (frame.connections[each] === this.#connections[each])
        this.#host.reportOfPeer(each, frame.hears[each], frame.sentUs, nowUs);
      if (!this.#host.ended) this.#host.confirmUpTo(each, frame.cumulative[each], nowUs);
    }
    outgoing.sessionLimit = Math.max(outgoing.sessionLimit, frame.sessionLimit);
    if (frame.probe && !this.#host.ended) this.send(link, false, false, true, nowUs);
  }

  get #hears(): number {
    const { pair } = this.#host;
    return (pair.hears(0) ? 1 : 0) | (pair.hears(1) ? 2 : 0);
  }

  /** Where no beat repeats it, it must not be lost: it goes with the data. */
  #sayHears(nowUs: number): void {
    this.sendOnAll(!this.#host.config.pair.monitored, nowUs);
    for (const link of bothLinks) this.#toldConnections[link] = this.#connections[link];
    // With no link left there is nobody to tell: the next connection is new to both sides.
    if (this.#host.config.pair.monitored) this.#writer.toldHears = this.#hears;
  }

  /** Confirmations must not only queue behind data: where nothing repeats them there are new ones while data comes. */
  #owesNews(nowUs: number): boolean {
    const { watched, monitored } = this.#host.config.pair;
    if (!watched && !monitored) return false;
    return nowUs >= this.#writer.latestUs + this.#host.pair.intervalUs && this.#writer.owesConfirmation;
  }
}
