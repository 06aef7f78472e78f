import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { sleep } from '@breakwater/platform/clock';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { root } from './env.ts';
import { startIdleDaemon } from './idle-daemon.ts';
import { metricsDocument, withShared } from './metrics-doc.ts';
import { hasPromtool, promtool, startPrometheus } from './prometheus.ts';

const folder = join(root, 'infra/prometheus');
const alerts = readFileSync(join(folder, 'alerts.yaml'), 'utf8');
const withPromtool = hasPromtool() ? describe : describe.skip;
const clock = createSystemClock();
const daemon = await startIdleDaemon();
afterAll(() => daemon.stop());
const { host } = new URL(daemon.address);
const described = await withShared(daemon.metrics.described());

describe('docs/metrics.md', () => {
  it('is what `npm run docs` writes', () => {
    expect(readFileSync(join(root, 'docs/metrics.md'), 'utf8')).toBe(metricsDocument(described));
  });

  it('has every metric that the rules read, and every label they read it by', () => {
    const known = new Map(described.map(({ name, labels }) => [name, labels]));
    const read = [...alerts.matchAll(/\b(breakwater_[a-z0-9_]+)(?:\{([^}]*)\})?/g)];
    expect(read.length).toBeGreaterThan(15);
    for (const [, name = '', conditions = ''] of read) {
      const labels = [...conditions.matchAll(/([a-z]+)(?:=|!=|=~|!~)"/g)].map(([, label]) => label);
      expect([name, known.get(name)]).toEqual([name, labels.length === 0 ? expect.any(Array) : expect.arrayContaining(labels)]);
    }
  });
});

withPromtool('the alert rules', () => {
  it('are rules, and each fires when it should and not when it should not', async () => {
    expect(await promtool(folder, ['check', 'rules', 'alerts.yaml'])).toMatchObject({ isContent: true, printed: expect.stringContaining('SUCCESS') });
    expect(await promtool(folder, ['test', 'rules', 'alerts.test.yaml'])).toMatchObject({ isContent: true, printed: expect.stringContaining('SUCCESS') });
    const tests = readFileSync(join(folder, 'alerts.test.yaml'), 'utf8');
    const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !tests.includes(`name: ${name} fires`) || !tests.includes(`name: ${name} is quiet`))).toEqual([]);
  });

  it('are checked: a rule that is changed fails', async () => {
    const broken = await promtool(folder, ['check', 'rules', '/dev/stdin'], alerts.replace('sum by (instance)', 'sum by instance)'));
    expect(broken.isContent).toBe(false);
  });
});

withPromtool('a real Prometheus', () => {
  it('scrapes the daemon, is content with how metrics are named, and sees that it is blind', async () => {
    const text = await (await fetch(`${daemon.address}metrics`)).text();
    // Names of the process's own metrics are not ours.
    const own = text.split('\n').filter((line) => !/^(# (HELP|TYPE) )?(nodejs|process)_/.test(line)).join('\n');
    expect(await promtool(folder, ['check', 'metrics'], own)).toEqual({ isContent: true, printed: '' });
    // Counted from 0, so that the first of them is seen.
    for (const line of ['breakwater_delivery_attempts_total{recipient="terminal",outcome="abandoned"} 0', 'breakwater_series_points_total{outcome="dropped"} 0', 'breakwater_alerting_store_failures_total{code="store-failed"} 0']) expect(text).toContain(`${line}\n`);

    // Its database of series is nowhere, and nothing was written yet.
    expect(await (await fetch(`${daemon.address}v1/status`)).json()).toMatchObject({ series: { state: 'delivering', waiting: 0, dropped: 0 } });
    const prometheus = await startPrometheus({ targets: [host], rules: join(folder, 'alerts.yaml') });
    if (prometheus === undefined) throw new Error('promtool is here and prometheus is not');
    try {
      const ask = async (query: string): Promise<readonly (readonly [Readonly<Record<string, string>>, string])[]> => {
        const answer = (await (await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`)).json()) as { readonly data: { readonly result: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: readonly [number, string] }[] } };
        return answer.data.result.map(({ metric, value }) => [metric, value[1]] as const);
      };
      const pending = (): Promise<readonly (readonly [Readonly<Record<string, string>>, string])[]> => ask('ALERTS{alertname="BreakwaterBlind"}');
      for (let i = 0; i < 150 && (await pending()).length === 0; i++) await sleep(clock, 200);
      expect(await ask('up{job="breakwater"}')).toEqual([[expect.objectContaining({ instance: host }), '1']]);
      expect((await ask('breakwater_feed_ok')).map(([{ source = '' }, value]) => `${source} ${value}`).sort()).toEqual(['eip155:1 0', 'okx:spot 0', 'okx:swap 0']);
      // For two minutes before it fires.
      expect(await pending()).toEqual([[expect.objectContaining({ alertstate: 'pending', severity: 'critical' }), '1']]);
    } finally {
      await prometheus.stop();
    }
  });
});
