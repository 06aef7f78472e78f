import { chunkNames } from './chunk-writer.ts';
import { NO_COUNTS, type HolderCounts } from './holder-table.ts';

/** What a saved state says of its parts, and the sums that stand for what is in its chunks. */
export interface HolderHeader {
  readonly counts: HolderCounts;
  /** Which of its two places each chunk stands in. */
  readonly sides: string;
  readonly firstSegment: number;
  readonly segments: number;
  readonly days: readonly number[];
  /** The last block that is in the days, and the last one that is in the chunks. Later ones are in the segments. */
  readonly daysTo: number;
  readonly chunksTo: number;
  readonly settledTo: number;
  /** The last block that cannot be taken back any more. */
  readonly base: number;
  readonly began: number | undefined;
  readonly isWhole: boolean;
  readonly folded: number;
  readonly foldedAmount: bigint;
  readonly forgotten: number;
  readonly lostReorgs: number;
}

/** How parts are laid out; another number is not read. */
const VERSION = 2;

/** A header as text. */
export function encodeHeader(header: HolderHeader): string {
  return JSON.stringify({ version: VERSION, ...header }, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** Reads a header back. Throws on what is none. */
export function decodeHeader(text: string): HolderHeader {
  const raw: unknown = JSON.parse(text, (_key, value: unknown) => (typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value));
  if (typeof raw !== 'object' || raw === null || !('version' in raw) || raw.version !== VERSION) throw new Error('the holders are of another version');
  const { counts = NO_COUNTS, began, ...rest } = raw as unknown as Partial<HolderHeader> & Omit<HolderHeader, 'counts'>;
  const numbers = [rest.firstSegment, rest.segments, rest.daysTo, rest.chunksTo, rest.settledTo, rest.base, rest.folded, rest.forgotten, rest.lostReorgs];
  if (!numbers.every((value) => typeof value === 'number') || typeof rest.foldedAmount !== 'bigint' || typeof counts.minted !== 'bigint' || !Array.isArray(rest.days) || typeof rest.sides !== 'string') throw new Error('the holders have no header');
  const { sides, firstSegment, segments, days, daysTo, chunksTo, settledTo, base, isWhole, folded, foldedAmount, forgotten, lostReorgs } = rest;
  return { sides, firstSegment, segments, days, daysTo, chunksTo, settledTo, base, isWhole, folded, foldedAmount, forgotten, lostReorgs, counts, began: began ?? undefined };
}

/** The names of the parts of a saved state, by its header; none where nothing was saved. Throws on a header that is none. */
export function partNames(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  const { sides, firstSegment, segments, days } = decodeHeader(header);
  return [...chunkNames(sides), ...Array.from({ length: segments }, (_, i) => `l${firstSegment + i}`), ...days.map((day) => `d${day}`)];
}
