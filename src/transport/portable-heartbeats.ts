/** Heartbeats over Node's own datagram sockets, in the main thread: everywhere available, as punctual as the event loop. */

import type { KeyObject } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { nowUs } from "./clock.ts";
import {
  DatagramOpener,
  type HeartbeatChannel,
  type HeartbeatPeer,
  isWord,
  openWord,
  sealDatagram,
  sealingKey,
  sealWord,
} from "./heartbeat-channel.ts";
import type { HeartbeatRequest } from "./heartbeat-source.ts";
import { boundDatagrams } from "./kernel/bound-socket.ts";

/** Opens a datagram socket on the link's local address; `closed` is called once it is closed, or cannot be opened. */
export async function openPortableHeartbeats(request: HeartbeatRequest, closed: () => void): Promise<HeartbeatChannel> {
  const { localAddress, interfaceName } = request;
  const place =
    interfaceName === undefined
      ? { address: localAddress, port: 0, exclusive: true }
      : { fd: boundDatagrams(interfaceName, localAddress), exclusive: true };
  const socket = createSocket({ type: isIPv6(localAddress) ? "udp6" : "udp4" });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", (error) => {
      closed();
      reject(error);
    });
    socket.bind(place, () => {
      socket.removeAllListeners("error");
      resolve();
    });
  });
  // An unreachable peer is no error here: silence says it all.
  socket.on("error", () => {});
  let peer: HeartbeatPeer | undefined;
  let opener: DatagramOpener | undefined;
  let key: KeyObject | undefined;
  let isClosed = false;
  const transmit = (datagram: Buffer) => {
    if (peer !== undefined && !isClosed) socket.send(datagram, peer.port, peer.address, () => {});
  };
  socket.on("message", (datagram, from) => {
    if (peer === undefined || isClosed || from.port !== peer.port) return;
    const body = opener?.open(datagram);
    if (body === undefined) return;
    if (!isWord(body)) request.received(body, nowUs());
    else {
      const word = openWord(body);
      if (word !== undefined) request.receivedWord(word.sessionId, word.frame, nowUs());
    }
  });
  return {
    port: socket.address().port,
    start(to) {
      peer = to;
      key = sealingKey(to.sendKey);
      opener = new DatagramOpener(to.receiveKey);
    },
    send(frame) {
      if (key !== undefined) transmit(sealDatagram(frame, key));
    },
    sendWord(sessionId, frame) {
      if (key !== undefined) transmit(sealWord(sessionId, frame, key));
    },
    // Each heartbeat is sent once, by the thread that wrote it.
    share() {},
    // The event loop can only be as punctual as the core it would wake.
    watch() {},
    // It reads the connections itself.
    noteConnection() {},
    close() {
      if (isClosed) return;
      isClosed = true;
      socket.close();
      closed();
    },
  };
}
