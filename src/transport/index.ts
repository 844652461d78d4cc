/** Sessions over two links between real hosts: `connect` and `listen`. See docs/transport.md. */

export type {
  EndpointStatus,
  LinkStatus,
  SessionEnd,
  SwitchingMode,
  TakeoverRecord,
  TrafficClass,
} from "../switching/index.ts";
export { connect } from "./connect.ts";
export type { ConnectOptions, LinkTarget } from "./connect-options.ts";
export { SessionEndedError, TransportError } from "./errors.ts";
export { type ListenAddress, type Listener, type ListenOptions, listen } from "./listen.ts";
export type { SessionOptions, TransportLogger } from "./options.ts";
export type { LinkChange, Session, SessionEvents, SessionTraffic } from "./session.ts";
export type { SessionStream } from "./session-stream.ts";
export type { CertificateTls, LinkTls, PreSharedKeyTls } from "./tls.ts";
