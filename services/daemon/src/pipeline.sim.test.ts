import { describe, expect, it } from '@jest/globals';
import { simulate } from './simulation/test-run.ts';

describe('try', () => {
  it('runs', async () => {
    for (const mode of ['quiet', 'faults'] as const) for (let seed = 1; seed <= 6; seed++) {
      const t = performance.now();
      const o = await simulate(seed, { mode });
      console.log(mode, seed, Math.round(performance.now() - t), 'ms', o.scores, o.warnings.map((w) => `${w.id.slice(-8)}#${w.revision} ${w.warning} ${w.state} ${w.severity}`).join('\n'), JSON.stringify(o.counts), o.violations.map((v) => v.slice(0, 600)).join('\n'));
    }
    expect(1).toBe(1);
  }, 120_000);
});
