import { formatShare } from '@breakwater/contracts';
import type { RiskWords } from './risk-words.ts';

/** A small loss with a digit that counts: 0.0002 -> `0.02 %`, where a share would be written as nothing. */
export function lossTick(loss: number): string {
  return loss > 0 && loss < 5e-4 ? `${String(Number((100 * loss).toPrecision(1)))} %` : formatShare(loss);
}

/** A probability as people say a small one: 0.01 -> `1 in 100`, 0.034 -> `1 in 29`, 0.5 -> `1 in 2`. What is no probability above 0 is not known. */
export function oddsText(probability: number, words: RiskWords): string {
  if (!(probability > 0 && probability <= 1)) return words.notKnown;
  const count = 1 / probability;
  const digits = count < 9.95 && Math.abs(count - Math.round(count)) > 0.05 ? 1 : 0;
  const rounded = count >= 1_000 ? Number(count.toPrecision(2)) : count;
  return words.oneIn(rounded.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, ','));
}
