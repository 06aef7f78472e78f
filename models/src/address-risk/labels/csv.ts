/** One line of a CSV file: its fields, and the number of the line it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads CSV (RFC 4180): fields in quotes may hold commas, quotes (doubled) and line ends; a mark of the byte order is left out. Empty lines, and lines that begin with `#`, are left out. A quote that is
 * never closed ends with the text. Linear in the length.
 */
export function* csvRows(text: string): Generator<CsvRow> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  // Looked for once, so that a text without quotes is read through once.
  let nextQuote = -1;
  while (at < text.length) {
    const begin = line;
    const lineEnd = endOfLine(text, at);
    if (nextQuote < at) nextQuote = quoteFrom(text, at);
    if (nextQuote >= lineEnd) {
      // Nearly every line: nothing in quotes.
      const raw = text.slice(at, text[lineEnd - 1] === '\r' ? Math.max(at, lineEnd - 1) : lineEnd);
      at = lineEnd + 1;
      line++;
      if (raw.trim() !== '' && raw[0] !== '#') yield { line: begin, fields: raw.split(',') };
      continue;
    }
    const fields: string[] = [];
    const isComment = text[at] === '#';
    for (;;) {
      let field = '';
      let end: number;
      if (text[at] === '"' && !isComment) {
        const closed = quoted(text, at);
        field = closed.value;
        line += closed.lines;
        end = endOfField(text, closed.end);
      } else {
        end = endOfField(text, at);
        field = text.slice(at, end);
      }
      fields.push(field);
      at = end + 1;
      if (text[end] !== ',') break;
    }
    // A carriage return before the line's end is part of it.
    const last = fields.length - 1;
    fields[last] = (fields[last] ?? '').replace(/\r$/, '');
    line++;
    if (!isComment && (fields.length > 1 || fields[0]?.trim() !== '')) yield { line: begin, fields };
  }
}

function quoteFrom(text: string, from: number): number {
  const found = text.indexOf('"', from);
  return found < 0 ? Number.POSITIVE_INFINITY : found;
}

function endOfLine(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

function endOfField(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44 || code === 10) return i;
  }
  return text.length;
}

/** The field that begins with the quote at `from`: what it says, where it ends (after the closing quote) and how many lines it spans beyond the first. */
function quoted(text: string, from: number): { readonly value: string; readonly end: number; readonly lines: number } {
  let end = from + 1;
  for (;;) {
    end = text.indexOf('"', end);
    if (end < 0) end = text.length;
    else if (text[end + 1] === '"') {
      end += 2;
      continue;
    }
    break;
  }
  const value = text.slice(from + 1, end).replaceAll('""', '"');
  return { value, end: Math.min(text.length, end + 1), lines: value.split('\n').length - 1 };
}

/** A field as CSV: in quotes where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]|^[#\s]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
