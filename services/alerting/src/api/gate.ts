import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { FastifyRequest } from 'fastify';
import type { Access, Caller } from './access.ts';
import type { ApiConfig, ApiRole } from './config.ts';
import type { GuardedRequest } from './guard.ts';
import { allowedNames, checkHost, checkRole, checkUrl, checkWrite } from './guard.ts';
import type { Limits } from './limits.ts';
import type { Problem } from './problems.ts';

/** What every request passes before anything else looks at it, whether there is a route for it or not. */
export type Gate = (request: FastifyRequest, needed: ApiRole) => Promise<Result<Caller, Problem>>;

/** What the gate needs. */
export interface GateDeps {
  readonly config: ApiConfig;
  readonly access: Access;
  readonly limits: Limits;
  /** Told of every wrong token. */
  readonly onWrongLogin: (request: FastifyRequest) => void;
}

/** Makes the gate: length, rate, host name or token, role, origin, in this order. What it refuses has done nothing, and its body was not read. */
export function createGate({ config, access, limits, onWrongLogin }: GateDeps): Gate {
  const names = allowedNames(config.host, config.allowHosts);
  const identify = async (request: FastifyRequest, guarded: GuardedRequest): Promise<Result<Caller, Problem>> => {
    if (!access.hasTokens) {
      const refused = checkHost(guarded, names);
      if (refused !== null) return err(refused);
    } else {
      const refused = await limits.login(request);
      if (refused !== null) return err(refused);
    }
    const login = access.login(request.headers.authorization);
    switch (login.kind) {
      case 'caller': return ok(login.caller);
      case 'none': return err({ code: 'no-token' });
      case 'wrong':
        onWrongLogin(request);
        await limits.wrongLogin(request);
        return err({ code: 'wrong-token' });
    }
  };
  return async (request, needed) => {
    const guarded = guardedOf(request);
    const refused = checkUrl(guarded) ?? (await limits.request(request));
    if (refused !== null) return err(refused);
    const caller = await identify(request, guarded);
    if (!caller.ok) return caller;
    const forbidden = checkRole(guarded, caller.value, needed) ?? checkWrite(guarded, config.behindProxy);
    return forbidden === null ? caller : err(forbidden);
  };
}

function guardedOf(request: FastifyRequest): GuardedRequest {
  const { origin, 'content-type': contentType } = request.headers;
  return { method: request.method, url: request.originalUrl, host: request.host, protocol: request.protocol, origin, contentType };
}
