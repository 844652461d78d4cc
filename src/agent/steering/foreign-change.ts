/** Whether a change in the kernel that somebody else made can touch what is the agent's. */

import { prefixText } from "../netlink/addresses.ts";
import { numberIn, parseAttributes } from "../netlink/attributes.ts";
import type { Message } from "../netlink/message.ts";
import { attributes, types } from "../netlink/rtnetlink.ts";
import { addressIn } from "./decode.ts";
import { ownProtocol } from "./operations.ts";
import { isOwnId } from "./wanted.ts";

const nexthopHeaderBytes = 8;
const routeHeaderBytes = 12;

/**
 * True for rules, and for nexthops and routes that carry the agent's protocol, have its ids or lead to its prefixes: a routing
 * daemon that changes thousands of others is nothing to look after.
 */
export function concernsAgent({ type, body }: Message, prefixes: ReadonlySet<string>): boolean {
  switch (type) {
    case types.newRule:
    case types.deleteRule:
      return true;
    case types.newNexthop:
    case types.deleteNexthop:
      if (body.length < nexthopHeaderBytes) return false;
      return body.readUInt8(2) === ownProtocol || isOwnId(idOf(body));
    case types.newRoute:
    case types.deleteRoute:
      if (body.length < routeHeaderBytes) return false;
      return body.readUInt8(5) === ownProtocol || prefixes.has(prefixOf(body));
    default:
      return false;
  }
}

const idOf = (body: Buffer) => numberIn(parseAttributes(body.subarray(nexthopHeaderBytes)), attributes.nexthop.id) ?? 0;

function prefixOf(body: Buffer): string {
  const found = parseAttributes(body.subarray(routeHeaderBytes));
  const bytes = addressIn(found, attributes.route.destination) ?? Buffer.alloc(body.readUInt8(0) === 10 ? 16 : 4);
  return prefixText({ bytes, length: body.readUInt8(1) });
}
