import { readCapture, type CaptureLine } from '@breakwater/collectors/replay';
import { decompress } from 'fzstd';

/** The lines of a capture file: `.jsonl`, `.jsonl.gz` or `.jsonl.zst`. */
export function readCaptureFile(path: string): AsyncGenerator<CaptureLine> {
  return readCapture(path, decompress);
}
