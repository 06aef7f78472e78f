import { apiRoutes, openApiDocument } from '@breakwater/contracts';

/** The text of `docs/openapi.json`: the HTTP API in OpenAPI 3.1, from the table of its routes. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(apiRoutes), null, 2)}\n`;
}
