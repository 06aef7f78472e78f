import { describe, expect, it } from '@jest/globals';
import { answerStress, parseSnapshot, type StressCase } from '@breakwater/models/cascade';
import { stressPicture } from './stress-picture.ts';

/** A market whose bids are 100 at each cent from $10.00 down to $9.00, with long positions that close at `triggers`. */
function caseWith(triggers: readonly (readonly [number, number, number])[]): StressCase {
  const read = parseSnapshot({
    asset: 'OM', asOf: '2025-04-13T18:20:00Z', ignitionGap: 0.02,
    markets: [{
      id: 'binance:OM', kind: 'linear', tickSize: 0.01, lotSize: 1, asks: [[10.01, 100]], longTriggers: triggers,
      bids: Array.from({ length: 101 }, (_, i) => [Math.round(1_000 - i) / 100, 100]),
    }],
  });
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
const picture = (of: StressCase): string => stressPicture(of, answerStress(of));

describe('the picture of a stress', () => {
  it('marks the cliff and every tipping point behind it, from the whole profile', () => {
    // 1,000 sold reach $9.91; then 3,000 close at $9.90 and carry the price to $9.60. 1,000 more reach $9.51; then 2,500 close at $9.50 and carry it 2.6 % further.
    const two = picture(caseWith([[9.9, 3_000, 9.5], [9.5, 2_500, 9.1]]));
    expect(two).toContain('Ignition threshold $10 k');
    expect(two).toContain('Further tipping points');
    // One mark in the plot and one in the legend.
    const accents = (svg: string): number => svg.match(/stroke="#1d5fa6"/g)?.length ?? 0;
    expect(accents(two) - accents(picture(caseWith([[9.9, 3_000, 9.5]])))).toBe(2);
  });
  it('marks none where there is one cliff alone, or a step of the book without positions', () => {
    expect(picture(caseWith([[9.9, 3_000, 9.5]]))).not.toContain('Further tipping points');
    // 150 close at $9.50: 1.5 % is less than the ignition gap.
    expect(picture(caseWith([[9.9, 3_000, 9.5], [9.5, 150, 9.1]]))).not.toContain('Further tipping points');
  });
});
