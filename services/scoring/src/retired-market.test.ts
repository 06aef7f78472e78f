import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage } from '@breakwater/contracts';
import { assetId } from '@breakwater/models/core';
import { createAssetState, fold } from './asset-state.ts';
import { book, health, instrument, ladder, socket } from './testing/messages.ts';

const { bids, asks } = ladder(6, 5, 0.01, 100);
const retired = (reason: string, over: Partial<FeedHealthMessage> = {}): FeedHealthMessage => ({ ...health('bybit', 30, 'down'), channel: 'instruments', reason, ...over });

function stateWith(message: FeedHealthMessage): { readonly markets: number; readonly unlisted: number } {
  const state = createAssetState();
  for (const each of [instrument('bybit', 10), book('bybit', 20, bids, asks), message]) fold(state, each);
  return { markets: state.markets.size, unlisted: state.unlisted.size };
}

describe('a market that is not watched any more', () => {
  it('leaves the asset when it is delisted or another coin, and stays while it only rests', () => {
    expect(stateWith(retired('delisted'))).toEqual({ markets: 0, unlisted: 0 });
    expect(stateWith(retired('other-identity'))).toEqual({ markets: 0, unlisted: 0 });
    expect(stateWith(retired('instrument-halted'))).toEqual({ markets: 1, unlisted: 0 });
    // A read of the list that leaves it out once.
    expect(stateWith(retired('instrument-missing', { status: 'stale' }))).toEqual({ markets: 1, unlisted: 0 });
  });

  it('stays with the asset it is of now', () => {
    expect(stateWith(retired('other-identity', { asset: assetId('MANTRA') })).markets).toBe(1);
  });

  it('is not missing because one answer of its venue lacks something', () => {
    const whole: FeedHealthMessage = { ...socket('bybit', 30, 'stale'), channel: 'instruments', reason: 'field-missing' };
    expect(stateWith(whole)).toEqual({ markets: 1, unlisted: 0 });
    expect(stateWith({ ...whole, reason: 'list-failed' })).toEqual({ markets: 1, unlisted: 1 });
    expect(stateWith({ ...whole, reason: 'not-supported', status: 'down' })).toEqual({ markets: 1, unlisted: 1 });
  });
});
