import { request } from 'node:http';

/** One server-sent event as a browser takes it. */
export interface SseEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

/** Reads what a stream says: whole events, in order; comments and `retry` fields are left out. The rest of an unfinished event is kept. */
export function createSseParser(): { take(text: string): readonly SseEvent[] } {
  let rest = '';
  return {
    take: (text) => {
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop() ?? '';
      return blocks.flatMap((block): readonly SseEvent[] => {
        const field = (name: string): string | undefined => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
        const data = field('data');
        return data === undefined ? [] : [{ id: field('id'), event: field('event') ?? 'message', data: JSON.parse(data) as unknown }];
      });
    },
  };
}

/** A reader of a stream on a socket. */
export interface SseClient {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly events: readonly SseEvent[];
  /** Everything as it came. */
  text(): string;
  /** Resolves when an event fits; those that came before count. */
  until(fits: (event: SseEvent) => boolean): Promise<SseEvent>;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>;
  /** Takes nothing more from the socket, as a reader that hangs. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Opens a stream on loopback. Resolves with the head of the answer. */
export function openSse(port: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<SseClient> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const parser = createSseParser();
      const events: SseEvent[] = [];
      let waiting: { readonly fits: (event: SseEvent) => boolean; readonly done: (event: SseEvent) => void }[] = [];
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        for (const event of parser.take(chunk)) {
          events.push(event);
          waiting = waiting.filter(({ fits, done }) => {
            if (fits(event)) done(event);
            return !fits(event);
          });
        }
      });
      const closed = new Promise<void>((done) => response.once('close', done));
      response.on('error', () => undefined);
      resolve({
        status: response.statusCode ?? 0, headers: response.headers, events, closed, text: () => text,
        until: (fits) => {
          const known = events.find(fits);
          return known === undefined ? new Promise((done) => waiting.push({ fits, done })) : Promise.resolve(known);
        },
        pause: () => response.pause(),
        resume: () => response.resume(),
        close: () => sent.destroy(),
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}
