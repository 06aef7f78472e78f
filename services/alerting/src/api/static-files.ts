import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BreakwaterError } from '@breakwater/platform/errors';

/** A file of the console, ready to be sent. */
export interface StaticFile {
  readonly body: Buffer;
  /** The same, gzipped; absent where that saves nothing. */
  readonly gzip: Buffer | undefined;
  readonly type: string;
  /** Of the content: an unchanged file need not be sent again. */
  readonly etag: string;
  readonly cacheControl: string;
}

/** The file that every page of the console is. */
export const indexFile = 'index.html';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', png: 'image/png', ico: 'image/x-icon',
  json: 'application/json; charset=utf-8', map: 'application/json; charset=utf-8', txt: 'text/plain; charset=utf-8', webmanifest: 'application/manifest+json', woff2: 'font/woff2',
};
/** Files of which gzip makes something smaller. */
const compressible = /^(text\/|application\/(json|manifest)|image\/svg)/;
/** Bounds of a console: far above what one is, so that a wrong folder is noticed and not read. */
const maxFiles = 1_000;
const maxBytes = 64 * 1_048_576;

/**
 * Reads the files of a built console, by their path below `folder` with `/`. They are held in memory: what is asked for is looked up among them and
 * never on the disk. Hidden files and links are left out. Empty when there is no `index.html`; fails with `listen-failed` when there is far too much.
 */
export function readConsole(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  if (!existsSync(join(folder, indexFile))) return files;
  let bytes = 0;
  const walk = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const file = readOne(join(folder, path), path);
        files.set(path, file);
        bytes += file.body.length;
        if (files.size > maxFiles || bytes > maxBytes) throw new BreakwaterError('listen-failed', `console not served: ${folder} holds more than ${maxFiles} files or ${maxBytes} bytes and is no built console`);
      }
    }
  };
  walk('');
  return files;
}

function readOne(from: string, path: string): StaticFile {
  const body = readFileSync(from);
  const type = types[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
  const zipped = compressible.test(type) ? gzipSync(body, { level: 9 }) : undefined;
  return {
    body, type, gzip: zipped !== undefined && zipped.length < body.length ? zipped : undefined,
    etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`,
    // Names below assets/ carry a hash of their content; everything else is asked for again.
    cacheControl: path.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

/** What is asked of the console. */
export interface PageRequest {
  /** Without the leading `/`, decoded. */
  readonly path: string;
  /** The header `Accept`. */
  readonly accept: string;
}

/** The file that answers an address: the one of that name, or the console's page where a browser asks for one of its addresses. */
export function fileFor(files: ReadonlyMap<string, StaticFile>, { path, accept }: PageRequest): StaticFile | undefined {
  const named = files.get(path === '' ? indexFile : path);
  if (named !== undefined) return named;
  return isPage(path, accept) ? files.get(indexFile) : undefined;
}

/** Whether an address may be one of the console's pages: a browser asks for a document, and neither the API nor a file is meant. */
export function isPage(path: string, accept: string): boolean {
  return path === '' || (accept.includes('text/html') && !/^(v1|metrics)(\/|$)/.test(path) && !/\.[a-z0-9]+$/i.test(path));
}
