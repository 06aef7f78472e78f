import type { Rng } from '@breakwater/models/core';

/** How a frame is spoilt: characters replaced, cut short, or padded beyond any limit. */
export type CorruptKind = 'mutate' | 'truncate' | 'oversize';

const KINDS: readonly CorruptKind[] = ['mutate', 'truncate', 'oversize'];

/** Spoils a frame. It stays text that a socket can carry; padding is white space, so that only the size of the frame is at fault. */
export function corruptText(
  text: string, options: { readonly kinds?: readonly CorruptKind[]; readonly oversizeBytes?: number }, rng: Rng,
): { readonly kind: CorruptKind; readonly text: string } {
  const kind = rng.pick(options.kinds ?? KINDS);
  switch (kind) {
    case 'mutate': return { kind, text: mutate(text, rng) };
    case 'truncate': return { kind, text: text.slice(0, rng.int(Math.max(1, text.length))) };
    case 'oversize': return { kind, text: text.padEnd(options.oversizeBytes ?? 17 * 1024 * 1024) };
  }
}

function mutate(text: string, rng: Rng): string {
  const characters = Array.from(text);
  if (characters.length === 0) return '\u0000';
  for (let n = 1 + rng.int(4); n > 0; n--) {
    const at = rng.int(characters.length);
    const before = characters[at] ?? '';
    // Any of the first 256 code points but the one that stands there.
    let code = rng.int(256);
    if (String.fromCharCode(code) === before) code = (code + 1) % 256;
    characters[at] = String.fromCharCode(code);
  }
  return characters.join('');
}
