import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timelineLine, warningSentences, warningText, type Reason, type WarningMessage } from '@breakwater/contracts';
import { createRng, defined, epochMs, HOUR } from '@breakwater/models/core';
import { om2025, type Scenario } from '@breakwater/simulator/scenarios';
import { root } from '../../../../infra/dev/src/env.ts';
import { crashOf } from './drill-figures.ts';
import { runDrill, type DrillResult } from './run-drill.ts';
import { builtMain } from './test-built.ts';

const scenario = om2025(1);
const crash = defined(crashOf(scenario), 'the crash');
/** Until a day before the crash: whatever is warned of by then was warned of in time. */
const end = epochMs(crash.onset - 24 * HOUR);
const daysBefore: Scenario = { ...scenario, end, steps: () => scenario.steps().filter((t) => t <= end) };

let folder = '';
let run: DrillResult;
beforeAll(async () => {
  const main = builtMain(root);
  folder = mkdtempSync(join(tmpdir(), 'breakwater-om-test-'));
  const silent = (): void => undefined;
  run = await runDrill({
    scenario: daysBefore, out: folder, main, kills: 0, failures: 0, rng: createRng(1), keep: false, signal: new AbortController().signal, wait: (ms) => pause(ms),
    events: { onWarning: silent, onFeed: silent, onCrash: silent, onStep: silent, onKill: silent, onKept: silent, onConsole: silent },
  });
}, 600_000);
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

const find = <C extends Reason['code']>({ reasons }: Pick<WarningMessage, 'reasons'>, code: C): Extract<Reason, { code: C }> =>
  defined(reasons.find((reason): reason is Extract<Reason, { code: C }> => reason.code === code), `reason ${code}`);
const issuerWarning = (): WarningMessage => defined(run.warnings.find(({ warning }) => warning === 'deposits.issuer'), 'a warning of the issuer’s deposits');
/** What the issuer deposited in a span up to a moment, units: from the plan of the scenario, not from the daemon. */
const planned = (until: number, span: number): number => scenario.transfers.filter(({ at }) => at <= until && at > until - span).reduce((sum, { units }) => sum + units, 0);

describe('the days before the fall of OM', () => {
  it('raise a warning a day ahead that names the cluster, its share of the effective float and its size against the threshold', () => {
    const warning = issuerWarning();
    const reason = find(warning, 'cluster-deposits');
    console.log(JSON.stringify({ warnings: run.warnings.length, leadMinutes: Math.round((crash.onset - warning.eventTime) / 60_000), reason, risk: find(warning, 'address-risk') }));
    expect([warning.state, warning.revision]).toEqual(['firing', 1]);
    expect(crash.onset - warning.eventTime).toBeGreaterThanOrEqual(24 * HOUR);
    expect(reason).toMatchObject({ cluster: 'issuer:mantra', addressCount: 17 });
    // What the plan says of the same day and week, against a float without what the 17 wallets still hold. Blocks are up to two minutes behind the plan.
    const ofFloat = (span: number): number => planned(warning.eventTime, span) / (scenario.config.floatUnits - (17 * 6_000_000 - planned(warning.eventTime, Infinity)));
    expect((reason.dayFloatShare ?? 0) / ofFloat(24 * HOUR)).toBeCloseTo(1, 1);
    expect((reason.weekFloatShare ?? 0) / ofFloat(7 * 24 * HOUR)).toBeCloseTo(1, 1);
    expect(reason.dayFloatShare).toBeGreaterThan(0.02);
    expect(reason.ofThreshold).toBeCloseTo((reason.dayUsd ?? 0) / defined(warning.ignitionUsd ?? undefined, 'a threshold').value, 6);
    expect(reason.dayUsd).toBeGreaterThan(0.02 * 968e6 * 5);
  });
  it('say how likely a fall is after that, and why', () => {
    const risk = find(issuerWarning(), 'address-risk');
    expect(risk.cluster).toBe('issuer:mantra');
    expect(risk.probability).toBeGreaterThan(risk.baseRate);
    expect(risk.features).toContain('size-over-threshold');
  });
  it('are said in the same words on every surface', () => {
    const warning = issuerWarning();
    const words = /^The issuer Mantra, 17 addresses, moved \$[\d.]+ m to exchanges in 24 h: [\d.]+ % of the effective float, [\d.]+ % in 7 days, [\d.]+ times the sale that would set off forced sales\./m;
    expect(warningSentences(warning, { language: 'en', audience: 'community' }).headline).toMatch(words);
    expect(timelineLine(warning)).toMatch(/issuer cluster Mantra moved [\d.]+ % of effective float to exchanges in 24 h, [\d.]+ times the threshold$/);
    // What a chat gets is this text, and it got it.
    expect(warningText(warning, { language: 'en', audience: 'community' })).toMatch(words);
    expect(run.receivers.telegram.messages).toContainEqual(expect.objectContaining({ id: warning.id, revision: 1 }));
    const first = (file: string): string => defined(readFileSync(join(folder, file), 'utf8').split('\n').find((line) => line.includes(warning.id)), `${warning.id} in ${file}`);
    for (const file of ['webhook.jsonl', 'warnings.jsonl']) expect(first(file).replaceAll('\\"', '"')).toContain('"cluster":"issuer:mantra","addressCount":17,');
  });
  it('raise none of any other owner: nobody else sends anything', () => {
    expect(run.warnings.filter(({ warning }) => warning === 'deposits.cluster')).toEqual([]);
  });
});
