import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../problems.ts';
import type { StaticFile } from '../static-files.ts';
import { fileFor, isPage } from '../static-files.ts';

/** What the console's route needs. */
export interface ConsoleRouteDeps {
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly sendProblem: (reply: FastifyReply, problem: Problem) => FastifyReply;
}

/** Answers every address that no route has: with a file of the console, its page, or the problem that there is none. */
export function registerConsole(app: FastifyInstance, { files, sendProblem }: ConsoleRouteDeps): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    sendProblem(reply, { code: files.size === 0 && isPage(pathOf(request), request.headers.accept ?? '') ? 'no-console' : 'not-found' });
  app.route({
    method: ['GET', 'HEAD'], url: '/*',
    handler: async (request, reply) => {
      const file = fileFor(files, { path: pathOf(request), accept: request.headers.accept ?? '' });
      return file === undefined ? refuse(request, reply) : sendFile(request, reply, file);
    },
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, { code: 'not-found' }));
}

/** The decoded path, without the leading `/`. */
function pathOf({ params }: FastifyRequest): string {
  const rest: unknown = typeof params === 'object' && params !== null && '*' in params ? params['*'] : '';
  return typeof rest === 'string' ? rest : '';
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply {
  void reply.header('cache-control', file.cacheControl).header('etag', file.etag).header('vary', 'accept-encoding');
  if ((request.headers['if-none-match'] ?? '').split(/, */).includes(file.etag)) return reply.code(304).send();
  void reply.type(file.type);
  const takesGzip = /(^|[, ])gzip(;|,| |$)/.test(request.headers['accept-encoding'] ?? '');
  if (file.gzip === undefined || !takesGzip) return reply.send(file.body);
  return reply.header('content-encoding', 'gzip').send(file.gzip);
}
