import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import type { Api } from '../api/start.ts';

/** A request of a test. */
export interface TestRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** What came of it. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as text. */
  readonly text: string;
}

/** Asks one thing of a server on loopback, on a connection of its own. */
export function ask(port: number, { method = 'GET', path, headers = {}, body }: TestRequest): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const whole = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, text: whole.toString('utf8') });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Has an API listen on a free loopback port, whatever its settings say; gives the port. */
export async function listenOnLoopback(api: Api): Promise<number> {
  await api.server.listen({ host: '127.0.0.1', port: 0 });
  const bound = api.server.server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the server is not bound to a port');
  return bound.port;
}
