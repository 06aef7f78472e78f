import { describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import { warningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { foldAcknowledgement, foldScore, newAssetState } from './asset-state.ts';
import type { AssetState } from './asset-state.ts';
import { alertingConfig } from './config.ts';
import { evaluateRules } from './rules/index.ts';
import type { RuleName } from './rules/condition.ts';
import { observeInputs } from './rules/inputs.ts';
import type { SampleTerms } from './testing/sample.ts';
import { sampleDeposit, sampleScore } from './testing/sample.ts';
import { loadAssetState, saveAssetState } from './saved-asset.ts';

const config = alertingConfig.parse({ lifecycle: { updateEverySeconds: 120, expireAfterSeconds: 3_600 } });
const clearForMs = 900_000;
const ruleOf: Readonly<Record<WarningMessage['warning'], RuleName>> = { 'cascade.ignition': 'cascade-ignition', 'ignition.drop': 'ignition-drop', 'deposits.issuer': 'deposits-issuer', 'depth.drop': 'depth-drop',
  'deposits.cluster': 'deposits-cluster', 'reserve.floor': 'reserve-floor', 'reserve.mint': 'reserve-mint', 'reserve.unlock': 'reserve-unlock', 'reserve.below': 'reserve-below' };
const severities = ['watch', 'warning', 'critical'];
const received = epochMs(1);

const names = ['book.binance', 'book.okx', 'positions.okx', 'transfers.eip155:1'] as const;
/** Steps that change some figures; what they do not name stays, so that conditions last. */
const stepTerms: fc.Arbitrary<SampleTerms & { readonly wait: number }> = fc.record(
  {
    wait: fc.constantFrom(1, 30, 60, 120, 240, 299, 301, 900, 4_000),
    threshold: fc.constantFrom(null, 0, 1, 4, 6, 10),
    deposits: fc.constantFrom(null, 0, 0, 0, 0.5, 3, 5, 12),
    thresholdDayAgo: fc.constantFrom(null, 1, 11),
    depth: fc.constantFrom(null, 0.5, 2, 4),
    issuerShare: fc.constantFrom(null, 0.001, 0.015, 0.03),
    ignitedAtZero: fc.constantFrom(false, false, false, true),
    measured: fc.constantFrom(true, true, true, false),
    out: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: fc.subarray([...names]).map((list) => Object.fromEntries(list.map((n) => [n, 'stale' as const]))) }),
    reverted: fc.constantFrom([], [], ['0x3000000'], ['0x12000000', '0x5000000']),
  },
  { requiredKeys: ['wait'] },
);

/** A run of scores: mostly calm stretches between changes. */
const runs = fc.array(fc.tuple(stepTerms, fc.integer({ min: 1, max: 12 })), { minLength: 1, maxLength: 14 }).map((steps) => {
  const scores: ReturnType<typeof sampleScore>[] = [];
  let at = 0;
  let held: SampleTerms = {};
  for (const [{ wait, ...terms }, repeat] of steps) {
    held = { ...held, ...terms };
    for (let i = 0; i < repeat; i++) {
      at += wait;
      const usd = held.deposits ?? 0;
      scores.push(sampleScore({ ...held, at, ...(i === 0 ? {} : { reverted: [] }), trigger: usd > 0 ? sampleDeposit(usd, `0x${usd * 1e6}`) : null }));
    }
  }
  return scores;
});

interface Trace {
  readonly warnings: readonly WarningMessage[];
  readonly state: AssetState;
}
/** Folds scores; after each whose number `acknowledge` names, every open warning is acknowledged. */
function fold(scores: readonly ReturnType<typeof sampleScore>[], from: AssetState = newAssetState, throughDisk = false, acknowledge: ReadonlySet<number> = new Set()): Trace {
  let state = from;
  const warnings: WarningMessage[] = [];
  for (const [i, score] of scores.entries()) {
    const step = foldScore(state, score, config, received);
    warnings.push(...step.warnings);
    state = step.state;
    for (const open of acknowledge.has(i) ? Object.values(state.open) : []) {
      const acked = foldAcknowledgement(state, open.last.id, { by: 'ada' }, received);
      if (acked === null) throw new Error('an open warning cannot be acknowledged');
      warnings.push(...acked.step.warnings);
      state = acked.step.state;
    }
    if (throughDisk) {
      const loaded = loadAssetState(saveAssetState(state));
      if (!loaded.ok) throw new Error(loaded.error);
      state = loaded.value;
    }
  }
  return { warnings, state };
}

/** Which scores are followed by an acknowledgement: none, some, or every one. */
const acknowledgements = fc.array(fc.nat({ max: 120 }), { maxLength: 20 }).map((list): ReadonlySet<number> => new Set(list));
const transferOf = (w: WarningMessage): string | null => (w.trigger === null ? null : `${w.trigger.chain} ${w.trigger.tx} ${w.trigger.logIndex}`);

describe('the laws of warnings', () => {
  it('revisions count up by one, severity never falls, and nothing follows the end', () => {
    let acknowledgedSeen = 0;
    let keptSeen = 0;
    let againSeen = 0;
    fc.assert(
      fc.property(runs, acknowledgements, (scores, acks) => {
        const last = new Map<string, WarningMessage>();
        for (const w of fold(scores, newAssetState, false, acks).warnings) {
          const before = last.get(w.id);
          expect(w.revision).toBe((before?.revision ?? 0) + 1);
          if (before === undefined) {
            expect(w.state).toBe('firing');
            expect(w.onset).toBe(w.eventTime);
          } else {
            expect(['firing', 'acknowledged']).toContain(before.state);
            expect(severities.indexOf(w.severity)).toBeGreaterThanOrEqual(severities.indexOf(before.severity));
            if (w.state === 'acknowledged' && before.state === 'firing') {
              acknowledgedSeen++;
              expect(w.eventTime).toBeGreaterThanOrEqual(before.eventTime);
              // An acknowledgement may come in the very moment in which the warning is due to expire.
            } else if (w.state === 'expired' && before.state === 'acknowledged') expect(w.eventTime).toBeGreaterThanOrEqual(before.eventTime);
            else expect(w.eventTime).toBeGreaterThan(before.eventTime);
            if (w.state === 'firing' && w.severity === before.severity && w.reasons[0]?.code !== 'reverted-transfer') expect(w.eventTime - before.eventTime).toBeGreaterThanOrEqual(120_000);
            if (w.state === 'acknowledged' && before.state === 'acknowledged') {
              keptSeen++;
              expect([w.severity, transferOf(w)]).toEqual([before.severity, transferOf(before)]);
            }
            if (w.state === 'firing' && before.state === 'acknowledged') {
              againSeen++;
              expect([w.severity, transferOf(w)]).not.toEqual([before.severity, transferOf(before)]);
            }
          }
          expect(w.acknowledgedBy).toBe(w.state === 'acknowledged' ? 'ada' : undefined);
          last.set(w.id, w);
          expect(warningMessage.safeParse(JSON.parse(JSON.stringify(w))).success).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
    // Each of these happened, or nothing was tried.
    expect([acknowledgedSeen > 20, keptSeen > 0, againSeen > 0]).toEqual([true, true, true]);
  });

  it('an acknowledgement changes neither when nor how a warning ends that no transfer sets off', () => {
    fc.assert(
      fc.property(runs, acknowledgements, (scores, acks) => {
        const [without, acked] = [fold(scores), fold(scores, newAssetState, false, acks)];
        const ends = (trace: Trace): readonly string[] =>
          trace.warnings.filter((w) => w.warning !== 'cascade.ignition' && (w.revision === 1 || (w.state !== 'firing' && w.state !== 'acknowledged'))).map((w) => `${w.id} ${w.state} ${w.eventTime} ${w.severity}`);
        expect(ends(acked)).toEqual(ends(without));
      }),
      { numRuns: 150 },
    );
  });

  it('resolves only on a clear score after enough clear time, and so flaps no faster than that', () => {
    let resolvedSeen = 0;
    fc.assert(
      fc.property(runs, (scores) => {
        let memory = newAssetState.inputs;
        const clear = new Map<RuleName, { readonly ms: number; readonly at: number | null }>();
        let state = newAssetState;
        const lastResolved = new Map<RuleName, number>();
        for (const score of scores) {
          const observed = observeInputs(memory, score);
          memory = observed.memory;
          const conditions = new Map(evaluateRules(score, config.rules, observed.view).map((e) => [e.rule, e.condition]));
          const step = foldScore(state, score, config, received);
          state = step.state;
          for (const [rule, c] of conditions) {
            expect([c.active, c.clear, c.unknown].filter(Boolean).length).toBeLessThanOrEqual(1);
            if (c.dropped.length > 0) expect(c.clear).toBe(false);
            const held = clear.get(rule) ?? { ms: 0, at: null };
            if (c.clear) clear.set(rule, { ms: held.ms + (held.at !== null && score.eventTime - held.at <= 300_000 ? score.eventTime - held.at : 0), at: score.eventTime });
            else clear.set(rule, { ms: c.unknown ? held.ms : 0, at: null });
          }
          for (const w of step.warnings) {
            const rule = ruleOf[w.warning];
            if (w.state !== 'resolved') continue;
            resolvedSeen++;
            expect(conditions.get(rule)?.clear).toBe(true);
            expect(clear.get(rule)?.ms).toBeGreaterThanOrEqual(clearForMs);
            const previous = lastResolved.get(rule);
            if (previous !== undefined) expect(w.eventTime - previous).toBeGreaterThan(clearForMs);
            lastResolved.set(rule, w.eventTime);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(resolvedSeen).toBeGreaterThan(20);
  });

  it('retracts only what a reverted transfer set off, and expires only what nothing was known of', () => {
    fc.assert(
      fc.property(runs, (scores) => {
        const undone = new Set(scores.flatMap((s) => (s.reverted ?? []).map((r) => r.tx)));
        for (const w of fold(scores).warnings) {
          if (w.state === 'retracted') {
            expect(w.warning).toBe('cascade.ignition');
            expect(undone.has(w.trigger?.tx ?? '')).toBe(true);
          }
          if (w.state === 'expired') expect(w.eventTime - w.onset).toBeGreaterThanOrEqual(3_600_000);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same however often a prefix is played again and wherever it is cut by a restart', () => {
    fc.assert(
      fc.property(runs, fc.nat(), (scores, cut) => {
        const whole = fold(scores);
        const at = cut % (scores.length + 1);
        const first = fold(scores.slice(0, at), newAssetState, true);
        const again = fold(scores.slice(0, at), first.state, true);
        expect(again.warnings).toEqual([]);
        const rest = fold(scores, again.state, true);
        expect([...first.warnings, ...rest.warnings]).toEqual(whole.warnings);
        expect(rest.state).toEqual(whole.state);
      }),
      { numRuns: 150 },
    );
  });
});
