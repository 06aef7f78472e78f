import { describe, expect, it } from '@jest/globals';
import { nativeFeeds } from '@breakwater/collectors';
import { liquidationPractice } from '@breakwater/models/market';

describe('how venues publish liquidations', () => {
  it('is the same to the feeds that read them and to the model that adds them up', () => {
    const derivatives = nativeFeeds.filter(({ venue }) => !['spot', 'option'].includes(venue.marketType) && Object.keys(venue.facts.figures).length > 0);
    expect(derivatives.length).toBeGreaterThan(6);
    for (const { venue } of derivatives) {
      const disclosure = venue.facts.liquidations;
      const said = disclosure.kind === 'none' ? { sampling: 'none' } : disclosure.kind === 'complete' ? { sampling: 'complete' } : { sampling: disclosure.which, windowMs: disclosure.windowMs };
      expect({ source: venue.source, ...liquidationPractice(venue.venue) }).toMatchObject({ source: venue.source, ...said });
    }
  });
});
