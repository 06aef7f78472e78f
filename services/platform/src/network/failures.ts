/**
 * Plain words for what the operating system, TLS and the `ws` package report (Node.js `errors` documentation, "common system errors",
 * and `tls` documentation, "X509 certificate error codes", read 2026-11).
 */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by the server',
  EPIPE: 'connection closed by the server',
  UND_ERR_SOCKET: 'connection closed by the server',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'the name server did not answer',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EMFILE: 'too many open files',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
};

/** Why a connection failed, in plain words: the first known code in the chain of causes, else the innermost message. */
export function failureReason(error: unknown): string {
  let message = String(error);
  let current: unknown = error;
  // Chains of causes are short; the bound guards against one that loops. Fields, not classes: errors of another realm are read too.
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth++) {
    const known = 'code' in current && typeof current.code === 'string' ? REASONS[current.code] : undefined;
    if (known !== undefined) return known;
    if ('message' in current && typeof current.message === 'string' && current.message !== '') message = current.message;
    current = 'cause' in current ? current.cause : undefined;
  }
  return message;
}
