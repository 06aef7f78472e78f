import { describe, expect, it } from '@jest/globals';
import type { Reason, ReserveScore, WarningMessage } from '@breakwater/contracts';
import { reserveScore, warningText } from '@breakwater/contracts';
import { DAY, epochMs, price, ratio } from '@breakwater/models/core';
import { foldAcknowledgement, foldScore, newAssetState, type AssetState } from '../asset-state.ts';
import { alertingConfig } from '../config.ts';
import { loadAssetState, saveAssetState } from '../saved-asset.ts';
import { sampleScore, sampleTime } from '../testing/sample.ts';
import type { Condition } from './condition.ts';
import { steadyView, type InputView } from './inputs.ts';
import { reserveBelow } from './reserve-below/rule.ts';
import { reserveFloor } from './reserve-floor/rule.ts';
import { reserveMint } from './reserve-mint/rule.ts';
import { reserveUnlock } from './reserve-unlock/rule.ts';

const config = alertingConfig.parse({});
const { rules } = config;
/** 30 BTC behind 30 M tokens of 100 M, 60,000 dollars a BTC; the price of a sample is 5.62. */
const calm: ReserveScore = reserveScore.parse({
  status: 'exact', chain: 'eip155:56', currency: 'BTC', floor: 1e-6, floorUsd: 0.06, trustedFloorUsd: 0.0588, effectiveFloorUsd: 0.058, worstFloorUsd: 0.018, premium: 90, vault: 30, supply: 30e6, cap: 100e6, owner: '0x0a',
  liquidityLockedUntil: sampleTime + 30 * DAY, floorDayAgo: 1e-6, events: [],
});
type Terms = { readonly [K in keyof ReserveScore]?: ReserveScore[K] | number | null };
const withReserve = (over: Terms | null | undefined, at = 0): ReturnType<typeof sampleScore> => {
  const score = sampleScore({ at });
  return over === undefined ? score : { ...score, reserve: over === null ? null : ({ ...calm, ...over } as ReserveScore) };
};
const outcome = (c: Condition): string => (c.active ? `active ${c.severity}` : c.clear ? 'clear' : c.unknown ? 'unknown' : 'between');
const mint = (tx: string, amount: number, at = 0, state = 'included'): ReserveScore['events'][number] => ({ event: 'mint', amount, account: '0x0a', eventTime: epochMs(sampleTime + at * 1_000), tx, logIndex: 0, state });

describe('reserve-floor', () => {
  const run = (over: Terms | null | undefined): string => outcome(reserveFloor.evaluate(withReserve(over), rules.reserveFloor, steadyView));
  it('fires when the floor is 1 % below that of a day ago, critical at 30 %, and clears at half', () => {
    expect(['active warning', 'active warning', 'active critical', 'between', 'clear', 'clear']).toEqual([0.98, 0.9899, 0.7, 0.992, 0.996, 1.2].map((share) => run({ floor: 1e-6 * share })));
  });
  it('says nothing of a reserve that is not read, and clears none', () => {
    expect([run(undefined), run(null), run({ status: 'stale' }), run({ status: 'stale', floor: 0 }), run({ floorDayAgo: null })]).toEqual(['unknown', 'unknown', 'unknown', 'unknown', 'unknown']);
  });
});

describe('reserve-mint', () => {
  const evaluate = (over: Terms | null | undefined, at = 0): Condition => reserveMint.evaluate(withReserve(over, at), rules.reserveMint, steadyView);
  const run = (over: Terms | null | undefined, at = 0): string => outcome(evaluate(over, at));
  it('is as bad as the mints dilute', () => {
    expect([run({ events: [mint('0x1', 200_000)] }), run({ events: [mint('0x1', 300_000)] }), run({ events: [mint('0x1', 3e6)] }), run({ events: [mint('0x1', 2e6), mint('0x2', 1e6)] })]).toEqual(['active watch', 'active warning', 'active critical', 'active critical']);
  });
  it('counts mints that are too many to be named, unless a named one is older than it looks back', () => {
    const events = [mint('0x1', 20_000), mint('0x2', 20_000, 1)];
    expect([run({ events }), run({ events, mintedDay: 3e6 }), run({ events: [mint('0x0', 1, -90_000), ...events], mintedDay: 3e6 }), run({ events: [], mintedDay: 3e6 })]).toEqual(['active watch', 'active critical', 'active watch', 'clear']);
  });
  it('says nothing of mints that were paid for, and counts only the others', () => {
    const paid = { ...mint('0x1', 3e6), backed: true };
    expect(run({ events: [paid] })).toBe('clear');
    expect(run({ events: [paid], status: 'stale' })).toBe('unknown');
    expect([run({ events: [paid, mint('0x2', 200_000, 1)] }), run({ events: [paid, mint('0x2', 200_000, 1)], mintedDay: 9e6, unbackedDay: 200_000 }), run({ events: [paid, mint('0x2', 200_000, 1)], unbackedDay: 3e6 })]).toEqual(['active watch', 'active watch', 'active critical']);
    // What came in for it counts: nearly paid for is nearly nothing, and shares of several multiply.
    const lost = (share: number, tx = '0x2'): ReserveScore['events'][number] => ({ ...mint(tx, 3e6, 1), backed: false, lost: ratio(share) });
    expect([run({ events: [lost(1e-9)] }), run({ events: [lost(0.06)] }), run({ events: [lost(0.06), lost(0.06, '0x3')] })]).toEqual(['active watch', 'active warning', 'active critical']);
    const { reasons } = evaluate({ events: [paid, { ...mint('0x2', 3e6, 1), backed: false, floorBefore: 7e-7, floorAfter: 6e-7 }] });
    expect(reasons.flatMap((r) => (r.code === 'reserve-mint' ? [[r.tx, r.floorBefore, r.floorAfter]] : []))).toEqual([['0x2', 7e-7, 6e-7]]);
  });
  it('is of what was minted for nothing in the day though only others are named, and ends with one that is named and too old', () => {
    const others = Array.from({ length: 8 }, (_, i) => ({ ...mint(`0x${String(i)}`, 10, i), backed: true }));
    expect([run({ events: others, unbackedDay: 3e6 }), run({ events: others, unbackedDay: 30_000 }), run({ events: others, unbackedDay: 0 }), run({ events: others })]).toEqual(['active critical', 'active watch', 'clear', 'clear']);
    const hour = { ...rules.reserveMint, forSeconds: 3_600 };
    const events = [mint('0x9', 3e6), ...others];
    expect([3_599, 3_600].map((at) => outcome(reserveMint.evaluate(withReserve({ events, unbackedDay: 3e6 }, at), hour, steadyView)))).toEqual(['active critical', 'clear']);
  });
  it('works the floor before each mint back from the present one, and says what the owner may still do', () => {
    const { reasons } = evaluate({ supply: 60e6, floor: 0.5e-6, events: [mint('0x1', 10e6), mint('0x2', 20e6, 1)] });
    expect(reasons.map((r) => (r.code === 'reserve-mint' ? [r.tx, r.floorBefore.toPrecision(6), r.floorAfter.toPrecision(6)] : r.code === 'owner-may-mint' ? [r.code, r.units, r.worstFloorUsd] : r.code))).toEqual([
      ['0x2', '7.50000e-7', '5.00000e-7'], ['0x1', '0.00000100000', '7.50000e-7'], ['owner-may-mint', 40e6, 0.018]]);
  });
  it('ends a day after the last one, and clears only while the reserve is read', () => {
    const events = [mint('0x1', 3e6)];
    expect([run({ events }, 86_399), run({ events }, 86_400), run({ events, status: 'stale' }, 86_400), run({ events, status: 'stale' }, 1), run(null), run(undefined)]).toEqual(['active critical', 'clear', 'unknown', 'active critical', 'unknown', 'unknown']);
    expect(run({ events: [{ ...mint('0x1', 3e6), event: 'burn' }] })).toBe('clear');
  });
});

describe('reserve-unlock', () => {
  const run = (over: Terms | null | undefined): string => outcome(reserveUnlock.evaluate(withReserve(over), rules.reserveUnlock, steadyView));
  it('fires in the last seven days, is a warning on the last, and stays one when the lock has ended', () => {
    const inDays = (days: number): Terms => ({ liquidityLockedUntil: epochMs(sampleTime + days * DAY) });
    expect([8, 7, 1.01, 1, -3].map((days) => run(inDays(days)))).toEqual(['clear', 'active watch', 'active watch', 'active warning', 'active warning']);
    expect([run({ ...inDays(3), status: 'stale' }), run({ ...inDays(8), status: 'stale' }), run({ liquidityLockedUntil: null }), run(null), run(undefined)]).toEqual(['active watch', 'unknown', 'clear', 'unknown', 'unknown']);
  });
  it('stays a warning when the liquidity was taken out of the lock, and says when', () => {
    const gone = (events: ReserveScore['events']): Condition => reserveUnlock.evaluate(withReserve({ liquidityLockedUntil: 0, events }), rules.reserveUnlock, steadyView);
    const released = { ...mint('0x1', 1_000, -60), event: 'unlock' };
    expect([outcome(gone([released])), gone([released]).reasons]).toEqual(['active warning', [{ code: 'liquidity-unlock', at: sampleTime - 60_000 }]]);
    expect([outcome(gone([])), gone([]).reasons]).toEqual(['active warning', []]);
  });
});

describe('reserve-below', () => {
  const run = (trusted: number | null | undefined, over: Terms = {}, view: InputView = steadyView): string =>
    outcome(reserveBelow.evaluate({ ...withReserve({ ...over, ...(trusted === undefined ? {} : { trustedFloorUsd: trusted }) }), price: { value: price(5.62), low: price(5.62), high: price(5.62), status: 'exact' } }, rules.reserveBelow, view));
  it('fires when the price is below the floor less the haircut, and clears a hundredth above it', () => {
    expect([run(5.63), run(5.62), run(5.58), run(5.5)]).toEqual(['active warning', 'between', 'between', 'clear']);
  });
  it('says nothing while a book, a rate, the price or the reserve is out', () => {
    expect([run(5.63, {}, { ...steadyView, dropped: ['book.okx'] }), run(5, {}, { ...steadyView, dropped: ['rate.USDT'] }), run(null), run(5.63, { status: 'stale' })]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(outcome(reserveBelow.evaluate({ ...withReserve({ trustedFloorUsd: 9 }), price: null }, rules.reserveBelow, steadyView))).toBe('unknown');
  });
});

/** Plays scores, each saved and loaded again, and gives the revisions of warnings about mints. */
function play(steps: readonly (Terms | null | undefined)[], every = 60): readonly string[] {
  let state: AssetState = newAssetState;
  const told: WarningMessage[] = [];
  for (const [i, over] of steps.entries()) {
    const step = foldScore(state, withReserve(over, i * every), config, epochMs(1));
    const loaded = loadAssetState(saveAssetState(step.state));
    if (!loaded.ok) throw new Error(loaded.error);
    state = loaded.value;
    told.push(...step.warnings);
  }
  const name = (reason: Reason): readonly string[] => (reason.code === 'reserve-mint' || reason.code === 'reverted-transfer' ? [`${reason.code === 'reserve-mint' ? '' : 'not '}${reason.tx}`] : []);
  return told.filter(({ warning }) => warning === 'reserve.mint').map((w) => `${w.state} ${w.severity} ${w.reasons.flatMap(name).join(' ')}`);
}

describe('the life of a warning about a mint', () => {
  const reverted = (tx: string): Terms => ({ reverted: [{ tx, logIndex: 0, event: 'mint' }] });
  it('is raised once, however often the mint is told', () => {
    expect(play([{}, ...Array.from({ length: 30 }, (_, i) => ({ events: [mint('0x1', 3e6, 60, i < 5 ? 'included' : 'final')] }))])).toEqual(['firing critical 0x1']);
  });
  it('is withdrawn as loudly as it was raised when the chain takes the mint back, and raised anew when it is mined again', () => {
    const events = [mint('0x1', 3e6, 60)];
    expect(play([{}, { events }, { events }, reverted('0x1'), {}, { events }])).toEqual(['firing critical 0x1', 'retracted critical not 0x1', 'firing critical 0x1']);
    // Mined again before it was said that it was taken back.
    expect(play([{}, { events }, { events }])).toEqual(['firing critical 0x1']);
  });
  it('says each further mint once, at once, and holds while one is left', () => {
    const [one, two] = [mint('0x1', 200_000, 60), mint('0x2', 200_000, 120)];
    expect(play([{}, { events: [one] }, { events: [one, two] }, { events: [one, two] }, { events: [one], ...reverted('0x2') }, { events: [one] }, reverted('0x1')])).toEqual([
      'firing watch 0x1', 'firing warning 0x2 0x1', 'firing warning not 0x2 0x1', 'retracted warning not 0x1']);
  });
  it('waits with the withdrawal until the reserve can be judged', () => {
    const events = [mint('0x1', 3e6, 60)];
    expect(play([{}, { events }, null, undefined, { status: 'stale', ...reverted('0x1') }])).toEqual(['firing critical 0x1', 'retracted critical not 0x1']);
    expect(play([{}, { events }, { status: 'stale' }, { status: 'stale' }])).toEqual(['firing critical 0x1']);
  });
  it('that somebody deals with fires again with another mint', () => {
    const [one, two] = [mint('0x1', 200_000, 0), mint('0x2', 10_000, 60)];
    const first = foldScore(newAssetState, withReserve({ events: [one] }), config, epochMs(1));
    const id = first.warnings.find(({ warning }) => warning === 'reserve.mint')?.id;
    if (id === undefined) throw new Error('no warning');
    const taken = foldAcknowledgement(first.state, id, { by: 'anna' }, epochMs(1));
    const stays = foldScore(taken?.step.state ?? first.state, withReserve({ events: [one] }, 700), config, epochMs(1));
    expect(stays.warnings).toEqual([]);
    expect(foldScore(stays.state, withReserve({ events: [one, two] }, 760), config, epochMs(1)).warnings.map(({ state, severity }) => `${state} ${severity}`)).toEqual(['firing watch']);
  });
  it('resolves a day and a quarter of an hour after the mint', () => {
    const events = [mint('0x1', 3e6, 60)];
    expect(play([{}, { events }, ...Array.from({ length: 400 }, () => ({ events }))], 240).slice(-1)).toEqual(['resolved critical 0x1'.replace(' 0x1', ' ')]);
  });
  it('reads as a sentence', () => {
    const { warnings } = foldScore(newAssetState, withReserve({ supply: 33e6, floor: 30 / 33e6, events: [mint('0x1234567890abcdef', 3e6)] }), config, epochMs(1));
    const [warning] = warnings.filter(({ warning: kind }) => kind === 'reserve.mint');
    const text = warning === undefined ? '' : warningText(warning, { language: 'en', audience: 'committee' });
    expect(text).toContain('The owner minted');
    expect(text).toContain('from 0.000001000 BTC to 9.091e-7 BTC');
  });
});
