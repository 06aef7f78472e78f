import { describe, expect, it } from '@jest/globals';
import type { ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { clusterDeposits, reserveScore, warningMessage } from '@breakwater/contracts';
import { assetId, defined, epochMs, price, ratio, usd, warningId } from '@breakwater/models/core';
import type { AssetState } from './asset-state.ts';
import { foldAcknowledgement, foldScore, foldSilence, newAssetState } from './asset-state.ts';
import { defaultAlertingConfig } from './config.ts';
import { warningIdOf } from './lifecycle.ts';
import type { SampleTerms } from './testing/sample.ts';
import { sampleDeposit, sampleScore, sampleTime } from './testing/sample.ts';
import { loadAssetState, saveAssetState } from './saved-asset.ts';

const received = epochMs(0);

/** Folds scores and gives the revisions as `<kind> #<revision> <state> <severity>`, with the state at the end. */
function play(terms: readonly SampleTerms[], from: AssetState = newAssetState): { readonly lines: readonly string[]; readonly warnings: readonly WarningMessage[]; readonly state: AssetState } {
  let state = from;
  const warnings: WarningMessage[] = [];
  for (const t of terms) {
    const step = foldScore(state, sampleScore(t), defaultAlertingConfig, received);
    state = step.state;
    warnings.push(...step.warnings);
  }
  return { state, warnings, lines: warnings.map((w) => `${w.warning} #${w.revision} ${w.state} ${w.severity}`) };
}
/** The state after the one open warning of it was acknowledged, and that warning. */
function acknowledged(state: AssetState): { readonly state: AssetState; readonly warning: WarningMessage } {
  const id = defined(Object.values(state.open)[0], 'an open warning').last.id;
  const { step, warning } = defined(foldAcknowledgement(state, id, { by: 'ada', note: 'on it' }, received), 'an acknowledgement');
  expect(step.warnings).toEqual([warning]);
  return { state: step.state, warning };
}
/** Scores every minute from `from` to `to` (minutes, inclusive). */
const minutes = (from: number, to: number, terms: SampleTerms): readonly SampleTerms[] => Array.from({ length: to - from + 1 }, (_, i) => ({ ...terms, at: (from + i) * 60 }));

describe('lifecycle', () => {
  it('gives ids that anyone can compute', () => {
    // sha256("OM\ncascade-ignition\n1744567200000") begins with the 8 digits below (computed with sha256sum).
    expect(warningIdOf(assetId('OM'), 'cascade-ignition', epochMs(sampleTime))).toBe('BW-OM-20250413-f3bdbb67');
    expect(warningIdOf(assetId('OM'), 'ignition-drop', epochMs(sampleTime))).not.toBe('BW-OM-20250413-f3bdbb67');
  });
  it('fires once, holds, and resolves after 15 clear minutes', () => {
    const { lines, warnings, state } = play([{ deposits: 12 }, ...minutes(1, 5, { deposits: 12 }), ...minutes(6, 21, {})]);
    expect(lines).toEqual(['cascade.ignition #1 firing critical', 'cascade.ignition #2 resolved critical']);
    // Clear from minute 6, so 15 minutes of clear time are full at minute 21.
    expect(warnings[1]?.eventTime).toBe(sampleTime + 21 * 60_000);
    expect(warnings[1]?.onset).toBe(sampleTime);
    expect(state.open).toEqual({});
    for (const w of warnings) expect(warningMessage.parse(w)).toEqual(w);
  });
  it('starts the clear time again when figures are in between', () => {
    expect(play([{ deposits: 12 }, ...minutes(1, 15, {}), { at: 960, deposits: 8 }, ...minutes(17, 31, {})]).lines).toHaveLength(1);
    expect(play([{ deposits: 12 }, ...minutes(1, 15, {}), { at: 960, deposits: 8 }, ...minutes(17, 32, {})]).lines).toHaveLength(2);
  });
  it('holds while an input is out, whatever the figures, and counts no clear time', () => {
    const out = { 'book.okx': 'stale' } as const;
    const held = play([{ deposits: 12 }, ...minutes(1, 120, { out })]);
    expect(held.lines).toEqual(['cascade.ignition #1 firing critical']);
    expect(play(minutes(121, 135, {}), held.state).lines).toEqual([]);
    expect(play(minutes(121, 136, {}), held.state).lines).toEqual(['cascade.ignition #2 resolved critical']);
  });
  it('goes on counting clear time after inputs were out, and expires when they stay out for a day', () => {
    const out = { 'book.okx': 'stale' } as const;
    // Clear from minute 1 to 10 (9 minutes) and from 16 on: 15 minutes are full at minute 22.
    const { warnings } = play([{ deposits: 12 }, ...minutes(1, 10, {}), ...minutes(11, 15, { out }), ...minutes(16, 30, {})]);
    expect(warnings.map((w) => `${w.state} ${(w.eventTime - sampleTime) / 60_000}`)).toEqual(['firing 0', 'resolved 22']);
    expect(play([{ deposits: 12 }, ...minutes(1, 1_441, { out })]).lines).toEqual(['cascade.ignition #1 firing critical', 'cascade.ignition #2 expired critical']);
  });
  it('does not count a gap without scores as clear', () => {
    expect(play([{ deposits: 12 }, { at: 60 }, { at: 3_600 }, { at: 3_660 }]).lines).toHaveLength(1);
  });
  it('raises severity at once and never lowers it', () => {
    const gone = { 'book.okx': 'stale' } as const;
    const { lines } = play([{}, { at: 60, threshold: 4, deposits: 5, out: gone }, { at: 61, threshold: 10, deposits: 10 }, { at: 62, threshold: 4, deposits: 5, out: gone }]);
    expect(lines).toEqual(['cascade.ignition #1 firing warning', 'cascade.ignition #2 firing critical']);
  });
  it('revises for figures twice as bad, at most every ten minutes', () => {
    const { lines, warnings } = play([{ deposits: 12 }, { at: 60, deposits: 30 }, { at: 599, deposits: 30 }, { at: 600, deposits: 30 }, { at: 1_300, deposits: 31 }, { at: 1_301, deposits: 31, trigger: sampleDeposit(31, '0xlarger') }]);
    expect(lines).toEqual(['cascade.ignition #1 firing critical', 'cascade.ignition #2 firing critical', 'cascade.ignition #3 firing critical']);
    expect(warnings.map((w) => w.depositsUsd)).toEqual([12e6, 30e6, 31e6]);
  });
  it('says when an owner deposits twice as much or another begins to, at most every ten minutes', () => {
    const owner = (cluster: string, share: number): unknown => clusterDeposits.parse({
      cluster, label: cluster, addressCount: 1, confidence: 1, dayUnits: share * 1e9, dayUsd: share * 5e9, weekUnits: share * 1e9, weekUsd: share * 5e9, dayFloatShare: share, weekFloatShare: share, ofThreshold: null, risk: null,
    });
    const at = (state: AssetState, seconds: number, ...clusters: readonly unknown[]): ReturnType<typeof foldScore> => {
      const score = sampleScore({ at: seconds });
      return foldScore(state, { ...score, deposits: { ...score.deposits, clusters: clusters as typeof score.deposits.clusters } }, defaultAlertingConfig, received);
    };
    const told = ({ warnings }: ReturnType<typeof foldScore>): unknown => warnings.map((w) => [w.warning, w.revision, w.state, w.reasons.flatMap((reason) => (reason.code === 'cluster-deposits' ? [[reason.cluster, reason.dayFloatShare]] : []))]);
    const first = at(newAssetState, 0, owner('fund:a', 0.03));
    expect(told(first)).toEqual([['deposits.cluster', 1, 'firing', [['fund:a', 0.03]]]]);
    expect(told(at(first.state, 599, owner('fund:a', 0.2)))).toEqual([]);
    expect(told(at(first.state, 600, owner('fund:a', 0.059)))).toEqual([]);
    const second = at(first.state, 600, owner('fund:a', 0.06));
    expect(told(second)).toEqual([['deposits.cluster', 2, 'firing', [['fund:a', 0.06]]]]);
    const quiet = acknowledged(second.state).state;
    expect(told(at(quiet, 1_200, owner('fund:a', 0.12)))).toEqual([['deposits.cluster', 4, 'acknowledged', [['fund:a', 0.12]]]]);
    expect(told(at(quiet, 1_200, owner('fund:a', 0.06), owner('fund:b', 0.04)))).toEqual([['deposits.cluster', 4, 'firing', [['fund:a', 0.06], ['fund:b', 0.04]]]]);
  });
  it('says when a floor fell twice as far', () => {
    const at = (state: AssetState, seconds: number, floor: number): ReturnType<typeof foldScore> => foldScore(state, {
      ...sampleScore({ at: seconds }), reserve: reserveScore.parse({ status: 'exact', chain: 'eip155:56', currency: 'BTC', floor, floorUsd: null, effectiveFloorUsd: null, worstFloorUsd: null, premium: null, vault: 1, supply: 1, cap: null, owner: null, liquidityLockedUntil: null, floorDayAgo: 1, events: [] }),
    }, defaultAlertingConfig, received);
    const told = ({ warnings }: ReturnType<typeof foldScore>): unknown => warnings.map((w) => [w.warning, w.revision, w.severity, w.reasons]);
    const first = at(newAssetState, 0, 0.95);
    const fell = (to: number): unknown => [{ code: 'floor-fell', currency: 'BTC', from: 1, to, sinceMs: 86_400_000 }];
    expect(told(first)).toEqual([['reserve.floor', 1, 'warning', fell(0.95)]]);
    expect([told(at(first.state, 599, 0.8)), told(at(first.state, 600, 0.91))]).toEqual([[], []]);
    expect(told(at(first.state, 600, 0.89))).toEqual([['reserve.floor', 2, 'warning', fell(0.89)]]);
  });
  it('retracts when the transfer that set it off is reverted and nothing else reaches', () => {
    const trigger = sampleDeposit(12);
    const { lines, warnings, state } = play([{ deposits: 12, trigger }, { at: 12, deposits: 1, reverted: ['0xother', trigger.tx] }]);
    expect(lines).toEqual(['cascade.ignition #1 firing critical', 'cascade.ignition #2 retracted critical']);
    expect(warnings[1]?.reasons[0]).toEqual({ code: 'reverted-transfer', tx: trigger.tx, usd: 12e6 });
    expect(warnings[1]?.trigger).toEqual(trigger);
    expect(state.open).toEqual({});
  });
  it('names the new trigger when other deposits still reach', () => {
    const other = sampleDeposit(11, '0xother');
    const { lines, warnings } = play([{ deposits: 23, trigger: sampleDeposit(12) }, { at: 12, deposits: 11, trigger: other, reverted: [sampleDeposit(12).tx] }]);
    expect(lines).toEqual(['cascade.ignition #1 firing critical', 'cascade.ignition #2 firing critical']);
    expect(warnings[1]?.trigger).toEqual(other);
    expect(warnings[1]?.reasons[0]).toMatchObject({ code: 'reverted-transfer' });
  });
  it('retracts with books out, and waits with the chain out', () => {
    const reverted = [sampleDeposit(12).tx];
    expect(play([{ deposits: 12 }, { at: 12, reverted, out: { 'book.okx': 'stale' } }]).lines[1]).toBe('cascade.ignition #2 retracted critical');
    const waiting = play([{ deposits: 12 }, { at: 12, reverted, out: { 'transfers.eip155:1': 'stale' } }, { at: 24, out: { 'transfers.eip155:1': 'stale' } }]);
    expect(waiting.lines).toHaveLength(1);
    expect(play([{ at: 36 }], waiting.state).lines).toEqual(['cascade.ignition #2 retracted critical']);
    // Mined again meanwhile: it counts.
    expect(play([{ at: 36, deposits: 12 }], waiting.state).lines).toEqual([]);
  });
  it('expires after a day of which nothing is known, dated when it was due, by a score or by the clock', () => {
    const fired = play([{ deposits: 12 }]);
    const due = sampleTime + 86_400_000;
    expect(foldSilence(fired.state, epochMs(due), defaultAlertingConfig, received).warnings).toEqual([]);
    const [byClock] = foldSilence(fired.state, epochMs(due + 1), defaultAlertingConfig, received).warnings;
    const late = play([{ at: 200_000, deposits: 12 }], fired.state);
    expect(late.lines).toEqual(['cascade.ignition #2 expired critical', 'cascade.ignition #1 firing critical']);
    expect(late.warnings[0]).toEqual(byClock);
    expect(byClock?.eventTime).toBe(due);
    expect(late.warnings[1]?.id).not.toBe(late.warnings[0]?.id);
  });
  it('does not report a threshold that fell with the feeds as the market', () => {
    const out = { 'book.binance': 'missing', 'positions.binance': 'missing' } as const;
    expect(play([{}, ...minutes(1, 30, { threshold: 2, depth: 1, out })]).lines).toEqual([]);
    const day = play(minutes(0, 1_500, {}).filter((_, i) => i % 5 === 0));
    expect(play([{ at: 90_060, threshold: 2 }], day.state).lines).toEqual(['ignition.drop #1 firing warning']);
  });
  it('takes in each score once', () => {
    const once = play([{ deposits: 12 }]);
    expect(foldScore(once.state, sampleScore({ deposits: 12 }), defaultAlertingConfig, received).state).toBe(once.state);
    expect(foldScore(once.state, sampleScore({ at: -60, deposits: 50 }), defaultAlertingConfig, received).warnings).toEqual([]);
  });
  it('acknowledges an open warning once, with its last figures, and resolves it as ever', () => {
    const fired = play([{ deposits: 12 }, { at: 60, deposits: 12 }]);
    const acked = acknowledged(fired.state);
    expect(acked.warning).toEqual({ ...fired.warnings[0], revision: 2, seq: 2, state: 'acknowledged', eventTime: sampleTime + 60_000, receivedAt: received, acknowledgedBy: 'ada', acknowledgedNote: 'on it' });
    expect(warningMessage.parse(acked.warning)).toEqual(acked.warning);
    expect(foldAcknowledgement(acked.state, acked.warning.id, { by: 'bob' }, received)).toEqual({ step: { state: acked.state, warnings: [] }, warning: acked.warning });
    expect(loadAssetState(saveAssetState(acked.state))).toEqual({ ok: true, value: acked.state });
    const ended = play(minutes(2, 17, {}), acked.state);
    expect(ended.lines).toEqual(['cascade.ignition #3 resolved critical']);
    expect([ended.warnings[0]?.acknowledgedBy, ended.warnings[0]?.acknowledgedNote]).toEqual([undefined, undefined]);
    expect(foldAcknowledgement(ended.state, acked.warning.id, { by: 'ada' }, received)).toBeNull();
    expect(foldAcknowledgement(fired.state, warningId('BW-OM-20250413-00000000'), { by: 'ada' }, received)).toBeNull();
  });
  it('keeps an acknowledged warning quiet while its figures move, and fires again when it gets worse', () => {
    const out = { 'book.okx': 'stale' } as const;
    const watching = acknowledged(play([{}, { at: 60, threshold: 4, deposits: 5, out }]).state);
    expect(watching.warning.severity).toBe('warning');
    // Half the threshold: worth a revision, and no news to who is dealing with it.
    const moved = play([{ at: 700, threshold: 2, deposits: 2.5, out }], watching.state);
    expect(moved.lines).toEqual(['cascade.ignition #3 acknowledged warning']);
    expect(moved.warnings[0]).toMatchObject({ acknowledgedBy: 'ada', acknowledgedNote: 'on it', ignitionUsd: { value: 2e6 } });
    const worse = play([{ at: 701, threshold: 10, deposits: 12 }], moved.state);
    expect(worse.lines).toEqual(['cascade.ignition #4 firing critical']);
    expect([worse.warnings[0]?.acknowledgedBy, worse.warnings[0]?.acknowledgedNote]).toEqual([undefined, undefined]);
    expect(acknowledged(worse.state).warning).toMatchObject({ revision: 5, state: 'acknowledged' });
  });
  it('fires again when another transfer sets it off', () => {
    const fired = acknowledged(play([{ deposits: 12 }]).state);
    const larger = play([{ at: 700, deposits: 25, trigger: sampleDeposit(13, '0xlarger') }], fired.state);
    expect(larger.lines).toEqual(['cascade.ignition #3 firing critical']);
    const other = play([{ at: 12, deposits: 11, trigger: sampleDeposit(11, '0xother'), reverted: [sampleDeposit(12).tx] }], fired.state);
    expect(other.lines).toEqual(['cascade.ignition #3 firing critical']);
    expect(play([{ at: 12, deposits: 1, reverted: [sampleDeposit(12).tx] }], fired.state).lines).toEqual(['cascade.ignition #3 retracted critical']);
    const [expired] = foldSilence(fired.state, epochMs(sampleTime + 86_400_001), defaultAlertingConfig, received).warnings;
    expect([expired?.state, expired?.revision, expired?.acknowledgedBy]).toEqual(['expired', 3, undefined]);
  });
  it('sends the response curve with a revision and keeps it out of its state', () => {
    const response = { price: price(5.62), central: [{ saleUsd: usd(1e6), price: price(5) }], pessimistic: [], optimistic: [], withoutForced: [] };
    const step = foldScore(newAssetState, { ...sampleScore({ deposits: 12 }), response }, defaultAlertingConfig, received);
    expect(step.warnings[0]?.response).toEqual(response);
    expect(saveAssetState(step.state)).not.toContain('response');
    expect(acknowledged(step.state).warning.response).toBeUndefined();
  });
  it('loads what was saved before warnings could be acknowledged', () => {
    const { state } = play([{ deposits: 12 }]);
    const old = saveAssetState(state);
    expect(old).not.toContain('acknowledged');
    const loaded = loadAssetState(old);
    expect(loaded.ok && acknowledged(loaded.value).warning.revision).toBe(2);
  });
  it('saves and loads its state, and says what is wrong with a bad one', () => {
    const { state } = play([{ deposits: 12, depth: 1, issuerShare: 0.05 }]);
    expect(Object.keys(state.open)).toHaveLength(3);
    expect(loadAssetState(saveAssetState(state))).toEqual({ ok: true, value: state });
    expect(loadAssetState('{')).toEqual({ ok: false, error: 'not JSON' });
    expect(loadAssetState('{"version":2}').ok).toBe(false);
  });

  describe('of deposits that may still be undone', () => {
    const open = { state: 'included', undone: ratio(0.3) } as const;
    /** All deposits, and those that may be told. */
    const partly = (all: SampleTerms, told: SampleTerms | null): ScoreMessage => {
      const score = sampleScore(all);
      const { deposits } = score;
      const marked = { ...score, deposits: { ...deposits, horizon: { ...deposits.horizon, unsettled: open } } };
      return told === null ? marked : { ...marked, told: { deposits: sampleScore(told).deposits, issuerFloatShare: sampleScore(told).issuerFloatShare } };
    };
    const fold = (scores: readonly ScoreMessage[]): readonly WarningMessage[] => {
      let state = newAssetState;
      return scores.flatMap((score) => {
        const step = foldScore(state, score, defaultAlertingConfig, received);
        ({ state } = step);
        return step.warnings;
      });
    };
    const line = (w: WarningMessage): string => `${String((w.eventTime - sampleTime) / 1_000)} ${w.warning} ${w.state}`;

    it('waits for those that it needs and that do not pay yet, and for no others', () => {
      const waits = [0, 13, 26].map((at) => partly({ at, deposits: 12 }, { at, deposits: 3 }));
      const warnings = fold([...waits, partly({ at: 39, deposits: 12 }, null)]);
      expect(warnings.map(line)).toEqual(['39 cascade.ignition firing']);
      expect(warnings[0]).toMatchObject({ depositsUsd: 12e6, trigger: { usd: 12e6 } });
      expect(fold([partly({ deposits: 15 }, { deposits: 12 })]).map((w) => [line(w), w.depositsUsd])).toEqual([['0 cascade.ignition firing', 12e6]]);
      expect(fold([partly({ deposits: 0, issuerShare: 0.05 }, { deposits: 0, issuerShare: 0.001 })])).toEqual([]);
      expect(fold([{ ...sampleScore({ deposits: 0, issuerShare: 0.001 }), issuerFloatShare: ratio(0.05) }]).map(line)).toEqual(['0 deposits.issuer firing']);
    });
    it('says how far they are from final, and takes back what was undone', () => {
      const trigger = sampleDeposit(12);
      const warnings = fold([partly({ deposits: 12, trigger }, null), sampleScore({ at: 12, deposits: 0, reverted: [trigger.tx] })]);
      expect(warnings.map(line)).toEqual(['0 cascade.ignition firing', '12 cascade.ignition retracted']);
      expect(warnings[0]?.reasons).toContainEqual({ code: 'not-final', ...open });
      expect(warnings.map((w) => warningMessage.parse(w))).toEqual(warnings);
      expect(fold([sampleScore({ deposits: 12 })])[0]?.reasons.some(({ code }) => code === 'not-final')).toBe(false);
    });
    it('never tells of one that was undone while it waited', () => {
      expect(fold([partly({ deposits: 12 }, { deposits: 0 }), sampleScore({ at: 13, deposits: 0, reverted: [sampleDeposit(12).tx] }), sampleScore({ at: 26, deposits: 0 })])).toEqual([]);
    });
  });
});
