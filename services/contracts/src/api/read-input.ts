import type { Result } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { z } from 'zod';
import type { ApiOperation, apiRoutes } from './route-table.ts';
import { routeOf } from './route-table.ts';

type RouteOf<O extends ApiOperation> = Extract<(typeof apiRoutes)[number], { readonly operation: O }>;
type Part<R, K extends 'params' | 'query' | 'body'> = R extends { readonly [P in K]: infer S extends z.ZodType } ? z.output<S> : undefined;

/** What a route is asked with, as its schemas read it. */
export interface ApiInput<O extends ApiOperation> {
  readonly params: Part<RouteOf<O>, 'params'>;
  readonly query: Part<RouteOf<O>, 'query'>;
  readonly body: Part<RouteOf<O>, 'body'>;
}
/** What a route that answers JSON answers. */
export type ApiOutput<O extends ApiOperation> = RouteOf<O>['answer'] extends { readonly kind: 'json'; readonly schema: infer S extends z.ZodType } ? z.output<S> : never;
/** Routes that answer JSON. */
export type ApiJsonOperation = { [O in ApiOperation]: RouteOf<O>['answer'] extends { readonly kind: 'json' } ? O : never }[ApiOperation];

/** What of a request cannot be read: the part, and each field with its rule. */
export interface ApiInputProblem {
  readonly part: 'params' | 'query' | 'body';
  readonly rules: readonly string[];
}

/** Rules told of one request at most. */
const maxRules = 8;

/** Reads what came with a request by the schemas of its route. A query parameter that is not in the schema is a problem; so is one given twice. */
export function readApiInput<O extends ApiOperation>(operation: O, raw: { readonly params: unknown; readonly query: unknown; readonly body: unknown }): Result<ApiInput<O>, ApiInputProblem> {
  const route = routeOf(operation);
  const read: Record<string, unknown> = {};
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = route[part];
    if (schema === undefined) continue;
    const parsed = schema.safeParse(raw[part]);
    if (!parsed.success) return err({ part, rules: parsed.error.issues.slice(0, maxRules).map((issue) => `${issue.path.join('.') || part}: ${issue.message}`) });
    read[part] = parsed.data;
  }
  return ok(read as unknown as ApiInput<O>);
}
