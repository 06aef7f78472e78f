import { createHash, timingSafeEqual } from 'node:crypto';
import { defined } from '@breakwater/models/core';
import type { ApiRole, ApiToken } from './config.ts';

/** Who asks. */
export interface Caller {
  /** The name of the token; `local` on a server without tokens, which only this machine reaches. */
  readonly name: string;
  readonly role: ApiRole;
}

/** What the header `Authorization` says: nobody, somebody, or something that is no token of ours. */
export type Login = { readonly kind: 'none' } | { readonly kind: 'wrong' } | { readonly kind: 'caller'; readonly caller: Caller };

/** Tells callers by their tokens. */
export interface Access {
  /** Whether this server has tokens; without any, who reaches it may do everything. */
  readonly hasTokens: boolean;
  /** Reads the header. Takes the same time whichever token is given, and whether it is one. */
  login(authorization: string | undefined): Login;
}

/** Longest header that is looked at, characters. */
const maxHeader = 1_024;

/** Makes the access of a list of tokens. Only hashes of them are kept: comparing these says nothing of the tokens by its time. */
export function createAccess(tokens: readonly ApiToken[]): Access {
  const known = tokens.map(({ name, role, token }) => ({ caller: { name, role }, hash: sha256(token.reveal()) }));
  const callerOf = (token: string): Login => {
    const given = sha256(token);
    // Every one is compared, also after one that fits.
    const found = known.filter(({ hash }) => timingSafeEqual(hash, given));
    return found.length === 0 ? { kind: 'wrong' } : { kind: 'caller', caller: defined(found[0], 'a token that fits').caller };
  };
  return {
    hasTokens: known.length > 0,
    login: (authorization) => {
      if (known.length === 0) return { kind: 'caller', caller: { name: 'local', role: 'admin' } };
      if (authorization === undefined) return { kind: 'none' };
      const token = tokenOf(authorization);
      return token === undefined ? { kind: 'wrong' } : callerOf(token);
    },
  };
}

/** The token in a header: `Bearer <token>` (RFC 6750, 2.1) or the password of `Basic` (RFC 7617), whatever the user name. */
function tokenOf(header: string): string | undefined {
  if (header.length > maxHeader) return undefined;
  const [, scheme = '', value = ''] = /^(\w+) +([A-Za-z0-9._~+/=-]+)$/.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(colon + 1);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
