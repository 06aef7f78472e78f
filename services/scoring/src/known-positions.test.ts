import { describe, expect, it } from '@jest/globals';
import type { AccountPositionMessage } from '@breakwater/contracts';
import { assetId, epochMs, instrumentId, price, sourceId } from '@breakwater/models/core';
import { createAssetState, fold } from './asset-state.ts';
import { createAccountMemory, readKnown } from './known-positions.ts';
import { holdAsset, restoreAsset } from './saved-state.ts';
import { instrument } from './testing/messages.ts';

const T = 1_800_000_000_000;
const market = instrumentId('hyperliquid', 'perp', 'OMUSDT');
let seq = 0;

/** What an account holds: nothing where `qty` is 0. */
function position(account: string, qty: number, liquidation: number | null, at = T): AccountPositionMessage {
  const none = qty === 0;
  return {
    kind: 'account.position', source: sourceId('hyperliquid:perp'), seq: seq++, eventTime: epochMs(at), receivedAt: epochMs(at), asset: assetId('OM'), instrument: market, account: `0x${account.repeat(40)}`, qty,
    entryPrice: none ? null : price(5), marginUsed: none ? null : 10, leverage: none ? null : 'cross', liquidationPrice: liquidation === null ? null : price(liquidation),
  };
}
const now = { at: epochMs(T + 60_000), markPrice: 5, openInterest: 100, lotQty: 0.1 };

describe('positions of accounts', () => {
  it('are folded into their market, survive a state that is held, and end with a position of nothing', () => {
    const state = createAssetState();
    fold(state, instrument('hyperliquid', T));
    for (const message of [position('a', 60, 4), position('b', -40, 6), position('a', 50, 3.9, T + 1_000)]) fold(state, message);
    const restored = restoreAsset(JSON.parse(JSON.stringify(holdAsset(state))) as ReturnType<typeof holdAsset>);
    for (const held of [state, restored]) {
      expect(held.markets.get(market)?.accounts.positions()).toEqual([
        { account: `0x${'b'.repeat(40)}`, qty: -40, liquidationPrice: 6, at: T }, { account: `0x${'a'.repeat(40)}`, qty: 50, liquidationPrice: 3.9, at: T + 1_000 },
      ]);
      fold(held, position('b', 0, null, T + 2_000));
      expect(held.markets.get(market)?.accounts.positions().map(({ qty }) => qty)).toEqual([50]);
    }
  });

  it('are exact when nearly all of both sides are known and what is at risk is fresh', () => {
    const memory = createAccountMemory();
    for (const message of [position('a', 96, 4), position('b', -97, 6)]) memory.fold(message);
    expect(readKnown(memory, now)).toEqual({
      positions: [{ side: 'long', lots: 960, liquidationPrice: 4 }, { side: 'short', lots: 970, liquidationPrice: 6 }], share: 0.96, freshShare: 1, status: 'exact',
      detail: '96 % of open interest known by account, 100 % of what is at risk read within two minutes',
    });
    // A side of which less is known decides.
    memory.fold(position('b', -60, 6, T + 1));
    expect(readKnown(memory, now)).toMatchObject({ share: 0.6, status: 'inferred', detail: expect.stringMatching(/^60 % of open interest/) });
    // So does what was read too long ago, by how much is at risk: 96 / 0.2 of the two against 100 / 0.2.
    memory.fold(position('b', -100, 6, T + 120_000));
    expect(readKnown(memory, { ...now, at: epochMs(T + 121_000) })).toMatchObject({ share: 0.96, freshShare: 100 / 196, status: 'inferred' });
    // A long that nothing liquidates is no risk, however old.
    memory.fold(position('a', 1, 4, T + 121_000));
    memory.fold(position('c', 95, null, T + 121_000));
    expect(readKnown(memory, { ...now, at: epochMs(T + 239_000) })).toMatchObject({ share: 0.96, freshShare: 1, status: 'exact' });
  });

  it('are the rest of open interest again when the mark has passed them or nobody has read them for an hour', () => {
    const memory = createAccountMemory();
    for (const message of [position('a', 50, 4), position('b', -50, 6), position('c', 30, null, T + 1_000)]) memory.fold(message);
    expect(readKnown(memory, { ...now, markPrice: 3.99 })).toMatchObject({ positions: [{ side: 'short', lots: 500 }, { side: 'long', lots: 300 }] });
    expect(readKnown(memory, { ...now, at: epochMs(T + 3_600_001) })?.positions).toMatchObject([{ side: 'long', lots: 300 }]);
    memory.fold(position('d', 1, 4, T + 3_600_500));
    expect(memory.positions().map(({ qty }) => qty)).toEqual([30, 1]);
  });

  it('say nothing where nobody is known or nothing is open, and never more than all', () => {
    const memory = createAccountMemory();
    expect(readKnown(memory, now)).toBeUndefined();
    for (const message of [position('a', 500, 4), position('b', -500, 6)]) memory.fold(message);
    expect(readKnown(memory, { ...now, openInterest: 0 })).toBeUndefined();
    expect(readKnown(memory, now)).toMatchObject({ share: 1, status: 'exact' });
  });

  it('are not undone by what was said of an earlier moment, and are bounded', () => {
    const memory = createAccountMemory();
    memory.fold(position('a', 5, 4, T + 1_000));
    memory.fold(position('a', 0, null, T));
    expect(memory.positions()).toHaveLength(1);
    for (let i = 0; i < 20_100; i++) memory.fold({ ...position('a', 1, 4, T + 2_000), account: `0x${i.toString(16).padStart(40, '0')}` });
    expect(memory.positions()).toHaveLength(20_000);
    expect(memory.positions().at(-1)?.account).toBe(`0x${(20_099).toString(16).padStart(40, '0')}`);
  });
});
