import type { ApiInput, ApiJsonOperation, ApiOutput } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import type { Caller } from '../access.ts';
import type { Problem } from '../problems.ts';

/** Who asks, and whether they still wait. */
export interface RouteContext {
  readonly caller: Caller;
  /** True once the caller has gone: an answer is worth nothing any more. */
  readonly isGone: () => boolean;
}

/** Answers one route with what its contract says, or with a problem. What it throws is ours or the store's, and is told to nobody. */
export type JsonHandler<O extends ApiJsonOperation> = (input: ApiInput<O>, context: RouteContext) => Promise<Result<ApiOutput<O>, Problem>>;
/** The handlers of every route that answers JSON. */
export type JsonHandlers = { readonly [O in ApiJsonOperation]: JsonHandler<O> };
