/** The parameters of a call, and its files by the name of their part. */
export interface CallBody {
  /** A parameter as text; objects are JSON, as in a form. */
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Reads the body of a call: JSON, a form, or a form with files (RFC 7578). Null when it is none of these. */
export function readBody(contentType: string, body: Buffer): CallBody | null {
  const none = new Map<string, Uint8Array>();
  if (body.length === 0) return { fields: new Map(), files: none };
  if (contentType.startsWith('application/json')) {
    const fields = jsonFields(body.toString('utf8'));
    return fields === null ? null : { fields, files: none };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) return { fields: new Map(new URLSearchParams(body.toString('utf8'))), files: none };
  const [, quoted, bare] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  return boundary === undefined ? null : multipart(body, boundary);
}

function jsonFields(text: string): ReadonlyMap<string, string> | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    return new Map(Object.entries(parsed).map(([name, value]: [string, unknown]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]));
  } catch {
    return null;
  }
}

function multipart(body: Buffer, boundary: string): CallBody | null {
  const fields = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString() === '--') return { fields, files };
    const next = body.indexOf(mark, start);
    const headEnd = body.indexOf('\r\n\r\n', start);
    if (next < 0 || headEnd < 0 || headEnd > next) return null;
    const head = body.subarray(start, headEnd).toString('utf8');
    const [, name] = /content-disposition:[^\r\n]*;\s*name="?([^";\r\n]+)"?/i.exec(head) ?? [];
    // A line end stands before the next boundary.
    const content = body.subarray(headEnd + 4, next - 2);
    if (name === undefined) return null;
    if (/;\s*filename=/i.test(head)) files.set(name, Uint8Array.from(content));
    else fields.set(name, content.toString('utf8'));
    at = next;
  }
  return null;
}
