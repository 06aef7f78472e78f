import type { DaemonStatus } from '@breakwater/contracts';
import { readApiInput } from '@breakwater/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LiveView } from '../live-view.ts';
import type { Problem } from '../problems.ts';
import type { StreamHub } from '../stream/hub.ts';
import { replySink } from '../stream/reply-sink.ts';

/** What a stream needs. */
export interface StreamRouteDeps {
  readonly hub: StreamHub;
  readonly view: LiveView;
  /** What the daemon says of itself to this reader. */
  readonly status: () => DaemonStatus;
}

/** Seconds after which a reader that was refused may come again. */
const retryAfterSeconds = 10;

/** Takes a reader of the stream in; a problem, with nothing sent yet, when it cannot be. */
export async function openStream({ hub, view, status }: StreamRouteDeps, request: FastifyRequest, reply: FastifyReply): Promise<Problem | null> {
  const input = readApiInput('stream', request);
  if (!input.ok) return { code: 'bad-query', detail: `${input.error.rules.join('; ')}.` };
  const { asset } = input.value.query;
  if (asset !== undefined && view.summary(asset) === undefined) return { code: 'unknown-asset' };
  const last = request.headers['last-event-id'];
  if (last !== undefined && !(typeof last === 'string' && /^\d{1,15}$/.test(last))) return { code: 'bad-request', detail: 'Last-Event-ID is no cursor of the feed.' };
  const opened = await hub.open({ sink: () => replySink(reply), asset, after: last === undefined ? undefined : Number(last), status });
  return opened.ok ? null : { code: opened.error, retryAfterSeconds };
}
