import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { isRecord } from '../numbers.ts';

/** The lines of a text file, `.gz` or plain, streamed. A compressed file whose end is missing (its writer was killed) ends where it ends. Rejects with what the file system or the decompressor says. */
export async function* textLinesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const gunzip = path.endsWith('.gz') ? createGunzip() : undefined;
  // A pipe does not hand errors on.
  if (gunzip !== undefined) file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  try {
    yield* linesOf(gunzip ?? file);
  } finally {
    file.destroy();
    gunzip?.destroy();
  }
}

/** The lines of a stream of UTF-8 bytes; the last one also without an end of line. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line;
    }
  } catch (error) {
    // What came before the missing end is whole.
    if (!(isRecord(error) && error['code'] === 'Z_BUF_ERROR')) throw error;
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
