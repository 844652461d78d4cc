/** TLS 1.3 on the links: mutual authentication by certificates, or a pre-shared key. */

import { type ConnectionOptions, connect, type TLSSocket, type TlsOptions } from "node:tls";
import { userError } from "../base/diagnostics.ts";

/** Both sides show a certificate that the other's `ca` has signed. */
export interface CertificateTls {
  readonly ca: string | Buffer | readonly (string | Buffer)[];
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** The name the listener's certificate must carry; default the host dialled. */
  readonly servername?: string;
}

/** Both sides know the same secret of at least 16 bytes. */
export interface PreSharedKeyTls {
  readonly preSharedKey: Buffer;
}

export type LinkTls = CertificateTls | PreSharedKeyTls;

const version = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" } as const;
const identity = "twinspine";
const preSharedKeyBytesMin = 16;

function keyOf(tls: PreSharedKeyTls): Buffer {
  if (tls.preSharedKey.length >= preSharedKeyBytesMin) return tls.preSharedKey;
  throw userError(
    "transport/config",
    `the pre-shared key has ${tls.preSharedKey.length} bytes`,
    `Use at least ${preSharedKeyBytesMin} random bytes.`,
  );
}

/** Options of the listening side. */
export function listenerTlsOptions(tls: LinkTls): TlsOptions {
  if ("preSharedKey" in tls) {
    const key = keyOf(tls);
    return { ...version, pskCallback: (_socket, name) => (name === identity ? key : null) };
  }
  return {
    ...version,
    ca: authorities(tls),
    cert: tls.cert,
    key: tls.key,
    requestCert: true,
    rejectUnauthorized: true,
  };
}

function authorities(tls: CertificateTls): (string | Buffer)[] {
  return Array.isArray(tls.ca) ? [...tls.ca] : [tls.ca as string | Buffer];
}

/** Dials with TLS; `ready` once the peer has proved who it is. */
export function connectTls(tls: LinkTls, base: ConnectionOptions, ready: () => void): TLSSocket {
  if ("preSharedKey" in tls) {
    const psk = keyOf(tls);
    return connect(
      {
        ...base,
        ...version,
        pskCallback: () => ({ psk, identity }),
        // With the key no certificate is shown; a peer that shows one does not know the key.
        checkServerIdentity: (_host, certificate) =>
          Object.keys(certificate).length === 0 ? undefined : new Error("a certificate in place of the pre-shared key"),
      },
      ready,
    );
  }
  const { servername } = tls;
  return connect(
    { ...base, ...version, ca: authorities(tls), cert: tls.cert, key: tls.key, ...(servername && { servername }) },
    ready,
  );
}
