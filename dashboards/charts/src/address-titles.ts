import type { Language } from '@breakwater/contracts';
import { addressWordsOf } from './address-words.ts';

/*
 * Questions of the charts of owners, flows, unlocks and reserves, apart from what draws them, as in titles.ts.
 */

/** The question the chart of owners answers. */
export function holdersTitle(language: Language = 'en'): string {
  return addressWordsOf(language).holdersTitle;
}

/** The question the chart of flows to exchanges answers. */
export function flowsTitle(language: Language = 'en'): string {
  return addressWordsOf(language).flowsTitle;
}

/** The question the calendar of unlocks answers. */
export function unlocksTitle(language: Language = 'en'): string {
  return addressWordsOf(language).unlocksTitle;
}

/** The question the chart of a reserve answers. */
export function reserveTitle(language: Language = 'en'): string {
  return addressWordsOf(language).reserveTitle;
}
