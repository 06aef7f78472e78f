import type { RiskWords } from './risk-words.ts';

/** A probability as people say a small one: 0.01 -> `1 in 100`, 0.034 -> `1 in 29`, 0.5 -> `1 in 2`. What is no probability above 0 is not known. */
export function oddsText(probability: number, words: RiskWords): string {
  if (!(probability > 0 && probability <= 1)) return words.notKnown;
  const count = 1 / probability;
  const digits = count < 9.95 && Math.abs(count - Math.round(count)) > 0.05 ? 1 : 0;
  const rounded = count >= 1_000 ? Number(count.toPrecision(2)) : count;
  return words.oneIn(rounded.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ','));
}
