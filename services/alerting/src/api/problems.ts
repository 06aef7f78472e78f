import type { ApiProblem } from '@breakwater/contracts';

/** The closed table of what the API answers instead of what was asked: status, what happened and why, what to do. */
export const problems = {
  'bad-request': { status: 400, message: 'The request cannot be read.', todo: 'Check its address and headers; /v1/openapi.json describes them.' },
  'bad-query': { status: 400, message: 'A query parameter cannot be read.', todo: 'Give only the parameters that /v1/openapi.json describes, each once.' },
  'bad-body': { status: 400, message: 'The body cannot be read.', todo: 'Send a JSON object as /v1/openapi.json describes it, {} at least.' },
  'no-token': { status: 401, message: 'This server answers only with a token, and none was given.', todo: 'Send it as Authorization: Bearer <token>, or as the password of Basic.' },
  'wrong-token': { status: 401, message: 'The token given is none of this server.', todo: 'Check it, and that nothing was cut off.' },
  'wrong-role': { status: 403, message: 'The token given may not do this.', todo: 'Use a token of role committee to write, of role admin to reload the configuration.' },
  'wrong-origin': { status: 403, message: 'The request comes from a page of another origin.', todo: 'Open the console from this server.' },
  'not-found': { status: 404, message: 'There is nothing here.', todo: 'See /v1/openapi.json for every address.' },
  'unknown-asset': { status: 404, message: 'No such asset is watched.', todo: 'See /v1/assets; assets are named in the config.' },
  'unknown-warning': { status: 404, message: 'There is no such warning.', todo: 'See /v1/warnings.' },
  'no-snapshot': { status: 404, message: 'There is no snapshot of this asset yet.', todo: 'Wait until its books are read; /v1/status says which feeds are missing.' },
  'no-console': { status: 404, message: 'The console is not part of this installation.', todo: 'Build it (npm run build), or use the API under /v1.' },
  'not-open': { status: 409, message: 'The warning has ended.', todo: 'Nothing is left to acknowledge; its history is under /v1/warnings/<id>.' },
  'too-large': { status: 413, message: 'The body is larger than 64 kB.', todo: 'Send less.' },
  'address-too-long': { status: 414, message: 'The address is longer than 2,048 characters.', todo: 'Shorten it.' },
  'wrong-content-type': { status: 415, message: 'The body is not declared as JSON.', todo: 'Set Content-Type: application/json.' },
  'wrong-host': { status: 421, message: 'This server is not known under the name it was addressed by.', todo: 'Use 127.0.0.1 or localhost, or add the name to alerting.api.allowHosts.' },
  'too-many-requests': { status: 429, message: 'Too many requests came from this address.', todo: 'Wait as long as Retry-After says, then ask less often; /v1/stream has changes as they happen.' },
  'too-many-logins': { status: 429, message: 'Too many wrong tokens came from this address.', todo: 'Wait as long as Retry-After says, and check the token.' },
  'internal': { status: 500, message: 'The server made a mistake.', todo: 'See its log; please report it.' },
  'too-many-streams': { status: 503, message: 'As many live streams are open as are allowed.', todo: 'Close one, or raise alerting.api.maxStreams.' },
  'busy': { status: 503, message: 'Too many long questions are being answered.', todo: 'Ask again in some seconds.' },
  'not-ready': { status: 503, message: 'No asset has a current score.', todo: 'Wait while the feeds connect; if it lasts, /v1/status says which are missing.' },
  'standby': { status: 503, message: 'This instance stands by, and only the active one takes acknowledgements.', todo: 'Send it to the active one; if none is named, ask again in some seconds.' },
  'unavailable': { status: 503, message: 'The store could not be used.', todo: 'Ask again; if it lasts, see the log of the daemon.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly message: string; readonly todo: string }>>;

/** A code of `problems`. */
export type ProblemCode = keyof typeof problems;

/** A problem with what is known of this one. */
export interface Problem {
  readonly code: ProblemCode;
  /** Appended to the message: rules of what cannot be read. Never anything of the inside. */
  readonly detail?: string;
  /** Seconds until another try is worth it. */
  readonly retryAfterSeconds?: number;
}

/** A problem as it is answered. */
export function bodyOf({ code, detail }: Problem): ApiProblem {
  const { message, todo } = problems[code];
  return { code, message: detail === undefined ? message : `${message} ${detail}`, todo };
}
