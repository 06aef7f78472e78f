import type { Language, ScoreMessage } from '@breakwater/contracts';
import { flowsFigures } from './flow-figures.ts';
import { holdersFigures } from './holder-figures.ts';
import { unlocksFigures } from './unlock-figures.ts';

/** Why a chart of owners, flows or unlocks would have nothing to show, so that a sentence stands in its place and no empty plot; null where it has. */
export interface AddressAbsence {
  readonly holders: string | null;
  readonly flows: string | null;
  readonly unlocks: string | null;
}

/** What the charts of a score's addresses would have nothing to show of. O(n log n). */
export function addressAbsence(score: Pick<ScoreMessage, 'asset' | 'eventTime' | 'addresses' | 'ignitionUsd' | 'price' | 'horizonSeconds'>, language: Language = 'en'): AddressAbsence {
  const why = (figures: { readonly kind: string; readonly why?: string }): string | null => figures.why ?? null;
  return { holders: why(holdersFigures(score, language)), flows: why(flowsFigures(score, language)), unlocks: why(unlocksFigures(score, language)) };
}
