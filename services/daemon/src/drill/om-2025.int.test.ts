import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timelineLine, warningSentences, type Reason, type WarningMessage } from '@breakwater/contracts';
import { defined, HOUR } from '@breakwater/models/core';
import { om2025 } from '@breakwater/simulator/scenarios';
import { root } from '../../../../infra/dev/src/env.ts';
import { playDrill, type RunRecord } from './compare-runs.ts';
import { crashOf } from './drill-figures.ts';
import { builtMain } from './test-built.ts';

const scenario = om2025(1);
let folder = '';
let run: RunRecord;
beforeAll(async () => {
  const main = builtMain(root);
  folder = mkdtempSync(join(tmpdir(), 'breakwater-om-test-'));
  run = await playDrill({ scenario: 'om-2025', seed: 1, kills: 0, killSeed: 1, main, out: folder });
}, 600_000);
afterAll(() => {
  if (folder !== '') rmSync(folder, { recursive: true });
});

const find = <C extends Reason['code']>({ reasons }: Pick<WarningMessage, 'reasons'>, code: C): Extract<Reason, { code: C }> =>
  defined(reasons.find((reason): reason is Extract<Reason, { code: C }> => reason.code === code), `reason ${code}`);
const issuerWarning = (): WarningMessage => defined(run.stored.find(({ warning }) => warning === 'deposits.issuer'), 'a warning of the issuer’s deposits');
/** What the issuer deposited in a span up to a moment, units: from the plan of the scenario, not from the daemon. */
const planned = (until: number, span: number): number => scenario.transfers.filter(({ at }) => at <= until && at > until - span).reduce((sum, { units }) => sum + units, 0);

describe('the days before the fall of OM', () => {
  it('raise a warning a day ahead that names the cluster, its share of the effective float and its size against the threshold', () => {
    const warning = issuerWarning();
    const crash = defined(crashOf(scenario), 'the crash');
    const lead = crash.onset - warning.eventTime;
    const reason = find(warning, 'cluster-deposits');
    console.log(JSON.stringify({ hash: run.hash, revisions: run.stored.length, leadMinutes: Math.round(lead / 60_000), reason, risk: find(warning, 'address-risk') }));
    expect([warning.state, warning.revision]).toEqual(['firing', 1]);
    expect(lead).toBeGreaterThanOrEqual(24 * HOUR);
    expect(reason).toMatchObject({ cluster: 'issuer:mantra', addressCount: 17 });
    // What the plan says of the same day and week, against a float without what the 17 wallets still hold. Blocks are up to two minutes behind the plan.
    const ofFloat = (span: number): number => planned(warning.eventTime, span) / (scenario.config.floatUnits - (17 * 6_000_000 - planned(warning.eventTime, Infinity)));
    expect((reason.dayFloatShare ?? 0) / ofFloat(24 * HOUR)).toBeCloseTo(1, 1);
    expect((reason.weekFloatShare ?? 0) / ofFloat(7 * 24 * HOUR)).toBeCloseTo(1, 1);
    expect(reason.dayFloatShare).toBeGreaterThan(0.02);
    const threshold = defined(warning.ignitionUsd ?? undefined, 'a threshold').value;
    expect(reason.ofThreshold).toBeCloseTo((reason.dayUsd ?? 0) / threshold, 6);
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
    const reason = find(warning, 'cluster-deposits');
    const { headline } = warningSentences(warning, { language: 'en', audience: 'community' });
    expect(headline).toMatch(/^The issuer Mantra, 17 addresses, moved \$[\d.]+ m to exchanges in 24 h: [\d.]+ % of the effective float, [\d.]+ % in 7 days, [\d.]+ times the sale that would set off forced sales\./);
    expect(timelineLine(warning)).toMatch(/issuer cluster Mantra moved [\d.]+ % of effective float to exchanges in 24 h, [\d.]+ times the threshold$/);
    const lines = (file: string): readonly string[] => readFileSync(join(folder, file), 'utf8').split('\n').filter((line) => line !== '');
    const first = (file: string): string => defined(lines(file).find((line) => line.includes(warning.id)), `${warning.id} in ${file}`);
    expect(first('telegram.jsonl')).toContain('17 addresses, moved');
    for (const file of ['webhook.jsonl', 'warnings.jsonl']) expect(first(file).replaceAll('\\"', '"')).toContain(`"cluster":"${reason.cluster}"`);
  });
  it('raise none of any other owner: nobody else sends anything', () => {
    expect(run.stored.filter(({ warning }) => warning === 'deposits.cluster')).toEqual([]);
  });
});
