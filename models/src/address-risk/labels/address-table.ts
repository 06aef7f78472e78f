/** Numbers addresses from 0. EVM addresses are packed into five words each (20 bytes) with open addressing, so that tens of thousands take about a megabyte and none is a string; others are in a map. */
export interface AddressTable {
  /** How many addresses there are. */
  readonly size: number;
  /** The number of an address in lower case, -1 when it is not there. About 100 ns. */
  find(address: string): number;
  /** The number of an address, given to it now when it has none. */
  add(address: string): number;
}

const WORDS = 5;
/** Values of hexadecimal digits by character code, 255 for what is none. */
const DIGITS = new Uint8Array(128).fill(255);
for (let i = 0; i < 16; i++) {
  DIGITS[i.toString(16).charCodeAt(0)] = i;
  DIGITS[i.toString(16).toUpperCase().charCodeAt(0)] = i;
}
/** Odd constants that spread bits (Knuth, The Art of Computer Programming 3, 6.4: the golden ratio of 2^32; MurmurHash3's finaliser). */
const [SPREAD, MIX] = [0x9e3779b1, 0x85ebca6b];

/** Makes a table with room for `expected` addresses; it grows when there are more. */
export function createAddressTable(expected: number): AddressTable {
  let slots = new Int32Array(slotsFor(expected)).fill(-1);
  let keys = new Uint32Array(WORDS * Math.max(16, expected));
  const others = new Map<string, number>();
  const word = new Uint32Array(WORDS);
  let size = 0;

  /** Packs an address into `word`; false when it is not an EVM address. */
  const pack = (address: string): boolean => {
    if (address.length !== 42 || address.charCodeAt(1) !== 120 || address.charCodeAt(0) !== 48) return false;
    for (let w = 0, at = 2; w < WORDS; w++) {
      let value = 0;
      for (let i = 0; i < 8; i++, at++) {
        const digit = DIGITS[address.charCodeAt(at)] ?? 255;
        if (digit > 15) return false;
        value = (value << 4) | digit;
      }
      word[w] = value;
    }
    return true;
  };
  /** Where the address in `word` is in `slots`, or the free place where it belongs. */
  const place = (): number => {
    const mask = slots.length - 1;
    let hash = 0;
    for (let w = 0; w < WORDS; w++) hash = Math.imul(hash ^ (word[w] ?? 0), SPREAD) ^ (hash >>> 15);
    let slot = Math.imul(hash ^ (hash >>> 13), MIX) & mask;
    for (;; slot = (slot + 1) & mask) {
      const at = slots[slot] ?? -1;
      if (at < 0) return slot;
      const key = at * WORDS;
      if (keys[key] === word[0] && keys[key + 1] === word[1] && keys[key + 2] === word[2] && keys[key + 3] === word[3] && keys[key + 4] === word[4]) return slot;
    }
  };
  const grow = (): void => {
    slots = new Int32Array(slots.length * 2).fill(-1);
    for (let at = 0; at * WORDS < keys.length && at < size; at++) {
      if (isOther(at)) continue;
      word.set(keys.subarray(at * WORDS, (at + 1) * WORDS));
      slots[place()] = at;
    }
  };
  const otherNumbers = new Set<number>();
  const isOther = (at: number): boolean => otherNumbers.has(at);
  const reserve = (): void => {
    if ((size + 1) * WORDS > keys.length) {
      const next = new Uint32Array(keys.length * 2);
      next.set(keys);
      keys = next;
    }
    // At most half full, so that few places are looked at.
    if ((size + 1) * 2 > slots.length) grow();
  };
  return {
    get size() {
      return size;
    },
    find: (address) => (pack(address) ? (slots[place()] ?? -1) : (others.get(address) ?? -1)),
    add: (address) => {
      reserve();
      if (!pack(address)) {
        const known = others.get(address);
        if (known !== undefined) return known;
        others.set(address, size);
        otherNumbers.add(size);
        return size++;
      }
      const slot = place();
      const known = slots[slot] ?? -1;
      if (known >= 0) return known;
      keys.set(word, size * WORDS);
      slots[slot] = size;
      return size++;
    },
  };
}

/** The power of two with at least twice as many places. */
function slotsFor(expected: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)));
}
