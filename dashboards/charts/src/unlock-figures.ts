import type { AddressesScore, Language, ScoreMessage } from '@breakwater/contracts';
import { addressWordsOf } from './address-words.ts';
import { labelText } from './escape.ts';
import { drawable } from './scale.ts';

/** What a calendar of unlocks is drawn from; `unlocksOfScore` makes one. */
export type UnlocksInput = Pick<ScoreMessage, 'asset' | 'eventTime' | 'addresses'>;

/** The unlocks of a score. */
export function unlocksOfScore({ asset, eventTime, addresses }: ScoreMessage): UnlocksInput {
  return { asset, eventTime, addresses };
}

/** One date, in dollars or tokens. */
export interface UnlockMark {
  readonly at: number;
  readonly value: number;
  readonly of: AddressesScore['unlocks'][number];
}

/** Unlocks in plain numbers, all of them drawable. */
export interface UnlocksDrawing {
  readonly unit: 'dollars' | 'tokens';
  readonly marks: readonly UnlockMark[];
  readonly overhang: AddressesScore['overhang'];
}

/** Why there is no calendar, or its numbers. */
export type UnlocksFigures = { readonly kind: 'empty'; readonly why: string } | ({ readonly kind: 'unlocks' } & UnlocksDrawing);

/** The last moment a date can have (ECMAScript). */
const lastMs = 8.64e15;

/** The numbers of a calendar of unlocks, or why there are none. O(n log n). */
export function unlocksFigures({ asset, addresses }: UnlocksInput, language: Language): UnlocksFigures {
  const words = addressWordsOf(language);
  if (addresses === undefined) return { kind: 'empty', why: words.noHolders(labelText(asset)) };
  if (addresses === null) return { kind: 'empty', why: words.noChain(labelText(asset)) };
  const sound = addresses.unlocks.filter(({ at, units }) => at <= lastMs && drawable(units) !== undefined);
  if (sound.length === 0) return { kind: 'empty', why: words.noUnlocks(labelText(asset)) };
  const unit = sound.every(({ usd }) => usd !== null && drawable(usd) !== undefined && usd >= 0) ? 'dollars' : 'tokens';
  const marks = sound.map((of): UnlockMark => ({ at: of.at, value: unit === 'dollars' ? (of.usd ?? 0) : of.units, of })).sort((a, b) => a.at - b.at);
  return { kind: 'unlocks', unit, marks, overhang: addresses.overhang };
}
