import { describe, expect, it } from '@jest/globals';
import type { DepositReading, ScoreMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { sampleDeposit, sampleScore, sampleTime } from '../testing/sample.ts';
import { createSeenTransfers } from './seen-transfers.ts';

const score = (largest: DepositReading | null, recent?: readonly DepositReading[], reverted: readonly string[] = []): ScoreMessage => {
  const base = sampleScore({ trigger: largest, deposits: largest === null ? 0 : 1, reverted });
  return { ...base, deposits: { ...base.deposits, largest, ...(recent === undefined ? {} : { recent }) } };
};
const all = (seen: ReturnType<typeof createSeenTransfers>): readonly string[] => seen.within(epochMs(0), epochMs(sampleTime * 2)).map((t) => `${t.tx} ${t.state}`);

describe('createSeenTransfers', () => {
  it('keeps each transfer once, with its latest state, by time', () => {
    const seen = createSeenTransfers();
    seen.take(score(sampleDeposit(5, '0xb', 20)));
    seen.take(score(sampleDeposit(5, '0xb', 20), [sampleDeposit(1, '0xa', 10), { ...sampleDeposit(5, '0xb', 20), state: 'final' }, sampleDeposit(1, '0xc', 30)]));
    seen.take(score(null, [{ ...sampleDeposit(1, '0xa', 10), state: 'final' }]));
    expect(all(seen)).toEqual(['0xa final', '0xb included', '0xc included']);
    expect(seen.within(epochMs(sampleTime + 15_000), epochMs(sampleTime + 30_000)).map((t) => t.tx)).toEqual(['0xb', '0xc']);
  });
  it('keeps what a transfer was worth when it was first named: a later score values it at the price of then', () => {
    const seen = createSeenTransfers();
    const unpriced = { ...sampleDeposit(5, '0xa'), usd: null };
    seen.take(score(unpriced));
    seen.take(score(sampleDeposit(5, '0xa')));
    seen.take(score({ ...sampleDeposit(5, '0xa'), usd: sampleDeposit(0.4, '0xa').usd, state: 'final' }));
    expect(seen.within(epochMs(0), epochMs(sampleTime * 2)).map(({ usd, state }) => [usd, state])).toEqual([[5e6, 'final']]);
  });
  it('forgets what was reverted, unless the same score names it again', () => {
    const seen = createSeenTransfers();
    seen.take(score(sampleDeposit(5, '0xa'), [sampleDeposit(4, '0xb', 1)]));
    seen.take(score(sampleDeposit(4, '0xb', 1), undefined, ['0xa', '0xb']));
    expect(all(seen)).toEqual(['0xb included']);
  });
  it('makes room by dropping the oldest', () => {
    const seen = createSeenTransfers(3);
    for (const at of [50, 10, 40, 20, 30]) seen.take(score(sampleDeposit(1, `0x${at}`, at)));
    expect(all(seen)).toEqual(['0x30 included', '0x40 included', '0x50 included']);
  });
});
