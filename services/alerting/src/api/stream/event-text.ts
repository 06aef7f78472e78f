import type { StreamEvent } from '@breakwater/contracts';

/** Asked of a browser: how long it waits before it connects again, milliseconds. */
export const retryMs = 2_000;
/** A comment, which readers ignore and which shows them and everything between that the connection lives. */
export const pingText = ': ping\n\n';

/** One server-sent event: its name is the kind, its id the cursor of the feed where it has one. JSON has no line breaks, so one line holds it. */
export function eventText(event: StreamEvent, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
