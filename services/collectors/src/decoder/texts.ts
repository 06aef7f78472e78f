/** Texts that come again and again (symbols), found by their bytes without making a string each time. */
export interface Texts {
  /** The text of `length` bytes at `at`, whose hash is `hash`; the empty text when it is refused. */
  get(bytes: Uint8Array, at: number, length: number, hash: number): string;
}

interface Entry {
  readonly hash: number;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** More symbols than any venue lists; further ones are refused, which leaves their frames to the plain path. */
const MOST = 8_192;
/** Slots at first; doubled whenever a quarter of them is taken. */
const FIRST_SLOTS = 256;

/** Makes an empty memory of texts; those that `accepts` says no to are refused from then on. */
export function createTexts(accepts: (text: string) => boolean): Texts {
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
  const same = (entry: Entry, bytes: Uint8Array, at: number, length: number): boolean => {
    const own = entry.bytes;
    if (own.length !== length) return false;
    for (let i = 0; i < length; i++) if (own[i] !== bytes[at + i]) return false;
    return true;
  };
  return {
    get: (bytes, at, length, hash) => {
      const mask = slots.length - 1;
      let slot = hash & mask;
      for (let entry = slots[slot]; entry !== undefined; entry = slots[slot]) {
        if (entry.hash === hash && same(entry, bytes, at, length)) return entry.text;
        slot = (slot + 1) & mask;
      }
      if (size >= MOST) return '';
      const own = bytes.slice(at, at + length);
      const printed = Buffer.from(own).toString('latin1');
      const text = accepts(printed) ? printed : '';
      add({ hash, bytes: own, text });
      return text;
    },
  };
}
