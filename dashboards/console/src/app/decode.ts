import type { StreamEvent } from '@breakwater/contracts';

/** What every event of a kind must have for the page to use it. */
const carries: Readonly<Record<StreamEvent['kind'], string>> = { status: 'status', assets: 'assets', asset: 'detail', warning: 'warning', feeds: 'feeds', heartbeat: 'heartbeat' };

/**
 * An event of the live stream from its text; undefined where it is not one. Only the outline is checked: the page is served by the daemon
 * it listens to, which has the schema, and when the daemon is another version the page is loaded anew.
 */
export function decodeEvent(text: string): StreamEvent | undefined {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || !('kind' in value) || typeof value.kind !== 'string') return undefined;
  if (!Object.hasOwn(carries, value.kind)) return undefined;
  const field: unknown = Reflect.get(value, carries[value.kind as StreamEvent['kind']]);
  return typeof field === 'object' && field !== null ? (value as StreamEvent) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
