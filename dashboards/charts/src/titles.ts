import type { AssetTimeline, Language, ScoreMessage } from '@breakwater/contracts';
import { formatDuration } from '@breakwater/contracts';
import { riskWordsOf } from './risk-words.ts';
import { wordsOf } from './words.ts';

/*
 * Questions of charts that a page writes before it has loaded what draws them: this file takes along no chart.
 */

/** The question a timeline answers. */
export function timelineTitle(timeline: Pick<AssetTimeline, 'asset' | 'from' | 'to'>, language: Language = 'en'): string {
  return wordsOf(language).timelineTitle(timeline.asset, formatDuration(timeline.to - timeline.from));
}

/** The question a venue network answers. */
export function venueNetworkTitle(language: Language = 'en'): string {
  return wordsOf(language).networkTitle;
}

/** The question a liquidation map answers. */
export function liquidationMapTitle(language: Language = 'en'): string {
  return riskWordsOf(language).mapTitle;
}

/** The question a tail answers. */
export function tailTitle({ asset, tail }: Pick<ScoreMessage, 'asset' | 'tail'>, language: Language = 'en'): string {
  return riskWordsOf(language).tailTitle(asset, formatDuration((tail?.horizonSeconds ?? 3_600) * 1_000));
}
