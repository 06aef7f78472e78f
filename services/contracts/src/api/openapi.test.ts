import { describe, expect, it } from '@jest/globals';
import { openApiDocument, openApiPath } from './openapi.ts';
import { apiRoutes } from './route-table.ts';

type Json = Readonly<Record<string, unknown>>;
const document = openApiDocument(apiRoutes) as { readonly openapi: string; readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>; readonly components: { readonly schemas: Readonly<Record<string, Json>> } };

/** Every `$ref` below a value. */
function refsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(refsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : refsOf(inner)));
}

describe('openApiDocument', () => {
  it('has every route of the table once, and nothing else', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(described.sort()).toEqual(apiRoutes.map((route) => `${route.method} ${openApiPath(route.path)}`).sort());
    expect(new Set(apiRoutes.map((route) => route.operation)).size).toBe(apiRoutes.length);
  });
  it('says role, parameters, body and answers of each', () => {
    for (const route of apiRoutes) {
      const operation = document.paths[openApiPath(route.path)]?.[route.method.toLowerCase()];
      expect(operation).toMatchObject({ operationId: route.operation, summary: route.summary, 'x-role': route.role, responses: { default: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ApiProblem' } } } } } });
      const places = ((operation?.['parameters'] ?? []) as readonly { readonly name: string; readonly in: string }[]);
      expect(places.filter((p) => p.in === 'path').map((p) => p.name)).toEqual([...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name));
      expect('requestBody' in (operation ?? {})).toBe('body' in route);
      expect(route.method === 'GET').toBe(route.role === 'reader');
    }
    expect(document.paths['/v1/feed']?.['get']?.['parameters']).toEqual([
      { name: 'after', in: 'query', required: false, schema: { type: 'string', pattern: '^\\d{1,15}$', default: '0' } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 500, default: 100 } },
    ]);
  });
  it('refers to nothing that is not there, and describes every field of an answer', () => {
    const refs = refsOf(document);
    expect(refs.length).toBeGreaterThan(30);
    for (const ref of refs) expect([ref, document.components.schemas[ref.replace('#/components/schemas/', '')] !== undefined]).toEqual([ref, true]);
    expect(document.components.schemas['AssetDetail']).toEqual({
      type: 'object', properties: { summary: { $ref: '#/components/schemas/AssetSummary' }, score: { anyOf: [{ $ref: '#/components/schemas/Score' }, { type: 'null' }] } },
      required: ['summary', 'score'],
    });
    expect(document.components.schemas['Acknowledgement']).toEqual({ type: 'object', properties: { note: { type: 'string', maxLength: 500 } }, additionalProperties: false });
    expect(document.openapi).toBe('3.1.0');
  });
});
