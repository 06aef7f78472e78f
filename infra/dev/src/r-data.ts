import { gunzipSync, inflateSync } from 'node:zlib';

/** What a saved object of R is made of, as far as tables of numbers need it. */
export type RValue = null | string | readonly number[] | readonly (string | null)[] | RList;

/** A list of R with its attributes (`names` among them): a table is one column after another. */
export interface RList {
  readonly items: readonly RValue[];
  readonly attributes: ReadonlyMap<string, RValue>;
}

/**
 * Reads R's serialization in XDR form, versions 2 and 3, as far as vectors, lists and data frames use it; throws on anything else. Source: "R Internals", section 1.8, and src/main/serialize.c
 * of R 4.2 for the codes of types (https://cran.r-project.org/doc/manuals/r-release/R-ints.html, read 2026-11-27).
 */
export function readRObject(bytes: Buffer): RValue {
  let at = 2;
  if (bytes.toString('latin1', 0, 2) !== 'X\n') throw new Error('not an XDR serialization of R');
  const int = (): number => bytes.readInt32BE((at += 4) - 4);
  const version = int();
  at += 8;
  // Version 3 names the encoding of plain text.
  const named = version === 3 ? int() : 0;
  at += named;
  const symbols: string[] = [];
  const text = (length: number): string => bytes.toString('utf8', (at += length) - length, at);
  const times = <T>(n: number, read: () => T): T[] => Array.from({ length: n }, read);
  const item = (): RValue => {
    const flags = int();
    const type = flags & 0xff;
    const hasAttributes = (flags & 0x200) !== 0;
    switch (type) {
      case 254: case 242: case 251: case 0: return null;
      case 255: return symbols[((flags >>> 8) || int()) - 1] ?? null;
      case 1: {
        const name = item();
        symbols.push(typeof name === 'string' ? name : '');
        return symbols.at(-1) ?? '';
      }
      case 9: {
        const length = int();
        return length < 0 ? null : text(length);
      }
      case 2: return pairs(flags);
      case 10: case 13: return withAttributes(times(int(), int), hasAttributes);
      case 14: return withAttributes(times(int(), () => bytes.readDoubleBE((at += 8) - 8)), hasAttributes);
      case 16: return withAttributes(times(int(), () => item() as string | null), hasAttributes);
      case 19: {
        const items = times(int(), item);
        return { items, attributes: hasAttributes ? attributesOf(item()) : new Map() };
      }
      default: throw new Error(`R type ${type} is not read here`);
    }
  };
  /** Attributes of plain vectors (a factor's levels, say) are read past. */
  const withAttributes = <T>(value: T, present: boolean): T => {
    if (present) item();
    return value;
  };
  const pairs = (first: number): RList => {
    const items: RValue[] = [];
    const attributes = new Map<string, RValue>();
    for (let flags = first; (flags & 0xff) === 2; flags = int()) {
      if ((flags & 0x200) !== 0) item();
      const tag = (flags & 0x400) !== 0 ? item() : null;
      const value = item();
      items.push(value);
      if (typeof tag === 'string') attributes.set(tag, value);
    }
    return { items, attributes };
  };
  return item();
}

const attributesOf = (value: RValue): ReadonlyMap<string, RValue> => (isList(value) ? value.attributes : new Map());

/** Whether a value is a list. */
export function isList(value: RValue | undefined): value is RList {
  return typeof value === 'object' && value !== null && 'items' in value;
}

/** A member of a list by its name. */
export function memberOf(value: RValue | undefined, name: string): RValue | undefined {
  if (!isList(value)) return undefined;
  const names = value.attributes.get('names');
  return Array.isArray(names) ? value.items[names.indexOf(name)] : undefined;
}

/** One object of a package's lazily loaded data: `index` and `data` are its files `Rdata.rdx` and `Rdata.rdb`. Throws when it is not there or is packed otherwise than with zlib. */
export function readLazyData(index: Buffer, data: Buffer, name: string): RValue {
  const place = memberOf(memberOf(readRObject(gunzipSync(index)), 'variables'), name);
  if (!Array.isArray(place)) throw new Error(`no ${name} in the package's data`);
  const [from = 0, length = 0] = place as readonly number[];
  // Four bytes of length, then a zlib stream.
  return readRObject(inflateSync(data.subarray(from + 4, from + length)));
}
