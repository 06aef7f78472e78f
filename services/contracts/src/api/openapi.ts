import { z } from 'zod';
import { heartbeatMessage } from '../messages/heartbeat.ts';
import { responseCurve } from '../messages/response.ts';
import { depositReading, marketScore, scoreMessage } from '../messages/score.ts';
import { marketSnapshot, snapshotMarket } from '../messages/snapshot.ts';
import { warningMessage } from '../messages/warning.ts';
import { acknowledgement, cloudEvent, feedPage, signedHeartbeat, signingKey } from './events.ts';
import type { ApiAnswer, ApiRoute } from './route-table.ts';
import { apiProblem, assetDetail, assetList, assetSummary, assetTimeline, daemonStatus, feedState, streamEvent, timelinePoint, warningHistory, warningPage } from './views.ts';

/** A JSON document. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Schemas that the document names; others are written where they are used. */
const named: Readonly<Record<string, z.ZodType>> = {
  Acknowledgement: acknowledgement, ApiProblem: apiProblem, AssetDetail: assetDetail, AssetList: assetList, AssetSummary: assetSummary, AssetTimeline: assetTimeline,
  CloudEvent: cloudEvent, DaemonStatus: daemonStatus, DepositReading: depositReading, FeedPage: feedPage, FeedState: feedState, Heartbeat: heartbeatMessage,
  MarketScore: marketScore, MarketSnapshot: marketSnapshot, ResponseCurve: responseCurve, Score: scoreMessage, SignedHeartbeat: signedHeartbeat, SigningKey: signingKey,
  SnapshotMarket: snapshotMarket, StreamEvent: streamEvent, TimelinePoint: timelinePoint, Warning: warningMessage, WarningHistory: warningHistory, WarningPage: warningPage,
};

type Json = Readonly<Record<string, unknown>>;

/** How schemas are written: fields that a later version adds are allowed for, and types say nothing of who may write them. */
const terms = {
  unrepresentable: 'any', io: 'input',
  override: ({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void => {
    delete jsonSchema['readOnly'];
  },
} as const;

function withoutMeta(schema: Json): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}

function schemaOf(schema: z.ZodType): Json {
  const name = Object.entries(named).find(([, known]) => known === schema)?.[0];
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
  return withoutMeta(z.toJSONSchema(schema, terms));
}

function components(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...terms, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutMeta(schema as Json)]));
}

function parametersOf(object: z.ZodObject, place: 'path' | 'query'): readonly Json[] {
  const given = z.toJSONSchema(object, terms);
  // As they are read, not as they are written: numbers come as text.
  return Object.entries(object.shape).map(([name, schema]) => ({
    name, in: place, required: place === 'path' || (given.required ?? []).includes(name), schema: withoutMeta(z.toJSONSchema(schema as z.ZodType, { ...terms, io: 'output' })),
  }));
}

function contentOf(answer: ApiAnswer): Json {
  switch (answer.kind) {
    case 'json': return { 'application/json': { schema: schemaOf(answer.schema) } };
    case 'events': return { 'text/event-stream': { schema: schemaOf(answer.schema) } };
    case 'text': return { [answer.type]: { schema: { type: 'string' } } };
  }
}

function operationOf(route: ApiRoute): Json {
  const parameters = [...(route.params === undefined ? [] : parametersOf(route.params, 'path')), ...(route.query === undefined ? [] : parametersOf(route.query, 'query'))];
  return {
    operationId: route.operation, summary: route.summary, 'x-role': route.role,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } }),
    responses: {
      200: { description: 'Done.', content: contentOf(route.answer) },
      default: { description: 'A problem; `code` says which.', content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiProblem' } } } },
    },
  };
}

/** A path as OpenAPI writes it: `/v1/assets/{asset}`. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

/** The description of `routes` in OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1, read 2026-11). The same routes give the same document. */
export function openApiDocument(routes: readonly ApiRoute[]): OpenApiDocument {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[openApiPath(route.path)] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Breakwater', version: '1',
      description: 'Times are milliseconds since 1970-01-01 UTC, money is in US dollars unless a name says otherwise. Where the daemon has tokens, every request needs one, as `Authorization: Bearer <token>` or as the password of Basic; writes need one of role committee. Without tokens only the machine itself is answered.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }, { basic: [] }, {}],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, basic: { type: 'http', scheme: 'basic' } }, schemas: components() },
  };
}
