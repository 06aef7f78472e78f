import { room } from './room.ts';

const { bytes, words } = room;

/** Texts that come again and again (symbols), found by their bytes without making a string each time. */
export interface Texts {
  /** The text of `length` bytes at `at`, whose hash is `hash`; the empty text when it is refused. */
  get(at: number, length: number, hash: number): string;
}

interface Entry {
  readonly hash: number;
  readonly length: number;
  /** Its words, the last one overlapping where its length is no multiple of four; those of a short text one byte each. */
  readonly words: Int32Array;
  readonly text: string;
}

/** More symbols than any venue lists; further ones are refused, which leaves their frames to the plain path. */
const MOST = 8_192;
/** Slots at first; doubled whenever a quarter of them is taken. */
const FIRST_SLOTS = 256;

function isAt(entry: Entry, at: number, length: number): boolean {
  if (entry.length !== length) return false;
  const own = entry.words;
  if (length < 4) {
    for (let i = 0; i < length; i++) if (own[i] !== bytes[at + i]) return false;
    return true;
  }
  const last = own.length - 1;
  for (let i = 0; i < last; i++) if (words.getInt32(at + 4 * i, true) !== own[i]) return false;
  return words.getInt32(at + length - 4, true) === own[last];
}

/** Makes an empty memory of texts. `name` gives the text to use for a new one, the empty text to refuse it from then on. */
export function createTexts(name: (text: string) => string): Texts {
  let slots: (Entry | undefined)[] = new Array<undefined>(FIRST_SLOTS).fill(undefined);
  let size = 0;
  const put = (entry: Entry): void => {
    let slot = entry.hash & (slots.length - 1);
    while (slots[slot] !== undefined) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = entry;
  };
  const add = (entry: Entry): void => {
    if (4 * size++ >= slots.length) {
      const held = slots;
      slots = new Array<undefined>(2 * held.length).fill(undefined);
      for (const old of held) if (old !== undefined) put(old);
    }
    put(entry);
  };
  return {
    get: (at, length, hash) => {
      const mask = slots.length - 1;
      let slot = hash & mask;
      for (let entry = slots[slot]; entry !== undefined; entry = slots[slot]) {
        if (entry.hash === hash && isAt(entry, at, length)) return entry.text;
        slot = (slot + 1) & mask;
      }
      if (size >= MOST) return '';
      const text = name(bytes.toString('latin1', at, at + length));
      const own = length < 4 ? Int32Array.from(bytes.subarray(at, at + length)) : Int32Array.from({ length: (length + 3) >>> 2 }, (_, i) => words.getInt32(at + Math.min(4 * i, length - 4), true));
      add({ hash, length, words: own, text });
      return text;
    },
  };
}
