/** One server-sent event. */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** Reads the text of a `text/event-stream` in pieces of any size. */
export interface EventReader {
  /** The events that are complete with this piece. Throws `RangeError` when one event grows past the limit. */
  push(piece: string): readonly ServerEvent[];
}

/** An event larger than this is not from our daemon: the largest, a score with its curve, is well under 1 MB. */
const maxChars = 8_000_000;

/** A reader of the format of the HTML standard, section 9.2.6: lines end in LF, CR or CRLF, a blank line ends an event, a colon starts a comment. */
export function createEventReader(): EventReader {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id: string | undefined;
  let size = 0;
  const line = (text: string, out: ServerEvent[]): void => {
    if (text === '') {
      if (data.length > 0) out.push({ event: event === '' ? 'message' : event, data: data.join('\n'), id });
      [event, data, size] = ['', [], 0];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(text.startsWith(' ', colon + 1) ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
    size += text.length;
    if (size > maxChars) throw new RangeError('an event of the stream is too large');
  };
  return {
    push: (piece) => {
      const out: ServerEvent[] = [];
      rest += piece;
      // A CR at the end may be the first half of CRLF: it waits for the next piece.
      const held = rest.endsWith('\r') ? 1 : 0;
      const lines = rest.slice(0, rest.length - held).split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? '') + rest.slice(rest.length - held);
      for (const text of lines) line(text, out);
      if (rest.length > maxChars) throw new RangeError('a line of the stream is too large');
      return out;
    },
  };
}
