/** Which link takes the next chunk. */

import type { LinkIndex } from "./config.ts";
import type { LinkSender } from "./link-sender.ts";
import type { Carries } from "./modes.ts";

/**
 * The link for a chunk of `bytes`, of which `waitingBytes` in all wait to be sent; undefined when it should wait.
 *
 * With both links carrying, a chunk goes where it will have arrived first, by measured rate, round trip and what is in
 * flight, unless its class prefers a link. When that link has no room the other takes the chunk only if it arrives there before the first link would have
 * carried everything that waits: so the slower link is used as long as it helps, and never makes the pair slower than
 * the better link alone. (Compare ECF, Lim et al., CoNEXT 2017.) `waitingBytes` counts no more than the peer will take,
 * so a far link is not used when its late chunk would stop the stream for want of room at the receiver.
 * A link whose rate is not known yet is tried with copies of what the other carries, so that trying costs no time.
 */
export function chooseLink(
  senders: readonly [LinkSender, LinkSender],
  carries: Carries,
  bytes: number,
  waitingBytes: number,
  preferredLink: "auto" | LinkIndex,
): LinkIndex | undefined {
  if (!carries[0] || !carries[1]) {
    const only = carries[0] ? 0 : carries[1] ? 1 : undefined;
    return only !== undefined && senders[only].hasRoom(bytes) ? only : undefined;
  }
  const quicker = quickerLink(senders, bytes);
  const first = preferredLink === "auto" ? quicker : preferredLink;
  const second: LinkIndex = first === 0 ? 1 : 0;
  if (isOnTrial(senders))
    return senders[first].hasTrialRoom(bytes, senders[second].meter.roundTripMinUs) ? first : undefined;
  if (senders[first].hasRoom(bytes)) return first;
  if (!senders[second].hasRoom(bytes)) return undefined;
  const helps = senders[second].finishUs(bytes) <= senders[first].finishUs(Math.max(waitingBytes, bytes));
  return helps ? second : undefined;
}

function isOnTrial([first, second]: readonly [LinkSender, LinkSender]): boolean {
  return first.meter.rate === 0 || second.meter.rate === 0;
}

function quickerLink([first, second]: readonly [LinkSender, LinkSender], bytes: number): LinkIndex {
  if ((first.meter.rate === 0) !== (second.meter.rate === 0)) return first.meter.rate === 0 ? 1 : 0;
  return first.finishUs(bytes) <= second.finishUs(bytes) ? 0 : 1;
}
