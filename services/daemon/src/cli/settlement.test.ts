import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settlementClassNames } from '@breakwater/models/settlement';
import { runCollecting } from './test-run-collecting.ts';

interface Row {
  readonly class: string;
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  readonly capacityUsd: number | null;
  readonly slowMedianSeconds: number | null;
  readonly revertProbability: number;
  readonly beforeCascade: readonly { readonly seconds: number; readonly probability: number }[];
  readonly figures: readonly { readonly name: string; readonly value: number; readonly source: string }[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'breakwater-settlement-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('breakwater settlement', () => {
  it('prints a row for each kind of ledger, and as JSON every figure with its source', async () => {
    const { code, out, err } = await runCollecting('settlement');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const name of settlementClassNames) expect(out).toMatch(new RegExp(`^${name} +`, 'm'));
    expect(out).toMatch(/before help of 13 min comes with probability 4e-12/);
    const json = await runCollecting('settlement', '--json');
    const { classes } = JSON.parse(json.out) as { readonly classes: readonly Row[] };
    expect(classes.map((row) => row.class)).toEqual(settlementClassNames);
    for (const { medianSeconds, p95Seconds, beforeCascade, figures } of classes) {
      expect(medianSeconds).toBeLessThan(p95Seconds);
      // More time helps more.
      for (const [i, { probability }] of beforeCascade.entries()) expect(probability).toBeGreaterThanOrEqual(beforeCascade[i - 1]?.probability ?? 0);
      for (const { source } of figures) expect(source).not.toBe('');
    }
    const exit = classes.find((row) => row.class === 'optimistic-rollup');
    expect((exit?.slowMedianSeconds ?? 0) / 86_400).toBeCloseTo(6.4, 1);
  });

  it('one chain, as it is known or as a config says', async () => {
    const config = join(folder, 'breakwater.yaml');
    writeFileSync(config, "assets: { OM: {} }\nvenues: { okx: {} }\nchains: { 'eip155:10': { endpoints: ['https://node.example.org'], settlement: { class: optimistic-rollup, fastCapacityUsd: 250000 } } }\n");
    const capacity = async (...args: readonly string[]): Promise<number | null | undefined> => {
      const { code, out, err } = await runCollecting('settlement', '--json', '--chain', 'eip155:10', ...args);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return (JSON.parse(out) as { readonly classes: readonly Row[] }).classes[0]?.capacityUsd;
    };
    expect(await capacity()).toBe(10_000_000);
    expect(await capacity('--config', config)).toBe(250_000);
    const { out } = await runCollecting('settlement', '--chain', 'eip155:10');
    expect(out).toMatch(/^challengeSeconds +604800 +seconds +of this chain/m);
    expect(out).toMatch(/^fastToSeconds +900 +seconds +\[A\]/m);
  });

  it('with a config also what declared capital is worth in time, through its chains as that config has them', async () => {
    const config = join(folder, 'rescue.yaml');
    writeFileSync(config, "assets: { OM: { rescue: [{ amountUsd: 1000000, from: venue, what: maker }, { amountUsd: 9000000, from: 'eip155:10', what: treasury }] }, ETH: {} }\nvenues: { okx: {} }\nchains: { 'eip155:10': { endpoints: ['https://node.example.org'], settlement: { class: optimistic-rollup, fastCapacityUsd: 250000 } } }\n");
    const { code, out, err } = await runCollecting('settlement', '--config', config);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    // A million is there at once, and of what the bridge carries four fifths: the rest takes a week.
    expect(out).toMatch(/^OM +\$10m +maker \(venue\), treasury \(eip155:10\) +\$1\.\d+m +\$1\.2m +\$1\.2m$/m);
    const { rescue } = JSON.parse((await runCollecting('settlement', '--config', config, '--json')).out) as { readonly rescue: readonly unknown[] };
    expect(rescue).toEqual([expect.objectContaining({ asset: 'OM', declaredUsd: 10_000_000, sources: [{ what: 'maker', from: 'venue', amountUsd: 1_000_000, class: 'internal' }, { what: 'treasury', from: 'eip155:10', amountUsd: 9_000_000, class: 'optimistic-rollup' }] })]);
    writeFileSync(config, 'assets: { OM: { rescue: [{ amountUsd: -1, from: a friend }] } }\nvenues: { okx: {} }\n');
    const bad = await runCollecting('settlement', '--config', config);
    expect(bad.code).not.toBe(0);
    expect(bad.err).toMatch(/assets\.OM\.rescue/);
    expect((await runCollecting('settlement')).out).not.toContain('declared');
  });

  it('dag: shows that the claimed bound fails, in numbers, a plot and a picture', async () => {
    const svg = join(folder, 'dag.svg');
    const { code, out, err } = await runCollecting('settlement', 'dag', '--runs', '4', '--svg', svg);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^2 given, 2 needed \(the paper\)( +\d+\.\d){6}$/m);
    expect(out).toContain('= 105 (three nodes');
    expect(out).toMatch(/above the bound from step (500|1000) on and grow as steps to the power 0\.[45]\d/);
    expect(out).toMatch(/All 12 of 12 runs/);
    expect(out.match(/\*/g)?.length).toBeGreaterThanOrEqual(6);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toMatch(/^<svg /);
    expect(picture).toContain('claimed bound');
    const json = JSON.parse((await runCollecting('settlement', 'dag', '--runs', '4', '--json')).out) as { readonly claimedBound: number; readonly rules: { readonly paper: { readonly growth: number } } };
    expect(json.claimedBound).toBe(105);
    expect(json.rules.paper.growth).toBeGreaterThan(0.4);
  });

  it('refuses what it does not know', async () => {
    for (const [args, said] of [[['tangle'], /no report 'tangle'/], [['--chain', 'ethereum'], /CAIP-2/], [['--svg', 'x.svg'], /settlement dag/], [['dag', '--runs', '1'], /2 to 10000 runs/], [['dag', '--runs', '2', '--svg', join(folder, 'no', 'x.svg')], /was not written: there is no such/]] as const) {
      const { code, err } = await runCollecting('settlement', ...args);
      expect({ args, isRefused: code !== 0, isSaid: said.test(err) }).toEqual({ args, isRefused: true, isSaid: true });
    }
  });
});
