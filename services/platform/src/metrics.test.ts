import { describe, expect, it } from '@jest/globals';
import { createMetrics, registeredOnce } from './metrics.ts';

describe('metrics', () => {
  it('exposes counters, gauges and histograms', async () => {
    const metrics = createMetrics();
    const frames = metrics.counter('breakwater_frames_total', 'Frames read', ['venue']);
    frames.inc({ venue: 'okx' });
    frames.inc({ venue: 'okx' }, 4);
    metrics.gauge('breakwater_queue', 'Messages waiting').set({}, 17);
    const delay = metrics.histogram('breakwater_delay_seconds', 'Delay', [0.1, 1], ['stage']);
    delay.observe({ stage: 'score' }, 0.05);
    delay.observe({ stage: 'score' }, 5);
    const text = await metrics.text();
    expect(text).toContain('breakwater_frames_total{venue="okx"} 5\n');
    expect(text).toContain('breakwater_queue 17\n');
    expect(text).toContain('breakwater_delay_seconds_bucket{le="0.1",stage="score"} 1\n');
    expect(text).toContain('breakwater_delay_seconds_bucket{le="+Inf",stage="score"} 2\n');
    expect(text).toContain('breakwater_delay_seconds_sum{stage="score"} 5.05\n');
    expect(metrics.contentType).toContain('text/plain');
  });

  it('counts label combinations beyond the limit together', async () => {
    const metrics = createMetrics({ maxLabelSets: 2 });
    const symbols = metrics.counter('breakwater_symbols_total', 'Symbols', ['symbol']);
    for (const symbol of ['A', 'B', 'C', 'D', 'A']) symbols.inc({ symbol });
    const text = await metrics.text();
    expect(text).toContain('breakwater_symbols_total{symbol="A"} 2\n');
    expect(text).toContain('breakwater_symbols_total{symbol="other"} 2\n');
    expect(text).toContain('breakwater_metric_label_overflow_total{metric="breakwater_symbols_total"} 2\n');
    expect(text).not.toContain('symbol="C"');
  });

  it('asks for what is kept elsewhere at each exposition, and forgets what is gone', async () => {
    const metrics = createMetrics({ maxLabelSets: 2 });
    let frames: (readonly [{ readonly source: string }, number])[] = [[{ source: 'okx' }, 5], [{ source: 'gate' }, 1]];
    metrics.readCounter('breakwater_frames_total', 'Frames', ['source'], () => frames);
    metrics.readGauge('breakwater_up', 'Up', ['source'], () => frames.map(([labels, value]) => [labels, value > 2 ? 1 : 0] as const));
    expect(await metrics.text()).toMatch(/breakwater_frames_total\{source="okx"\} 5\nbreakwater_frames_total\{source="gate"\} 1\n/);
    frames = [[{ source: 'okx' }, 7], [{ source: 'a' }, 1], [{ source: 'b' }, 2]];
    const text = await metrics.text();
    expect(text).toMatch(/breakwater_frames_total\{source="okx"\} 7\nbreakwater_frames_total\{source="other"\} 3\n/);
    expect(text).toMatch(/breakwater_up\{source="okx"\} 1\n/);
    expect(text).not.toContain('gate');
  });

  it('says what is registered, by name', () => {
    const metrics = createMetrics({ process: true });
    metrics.histogram('breakwater_z_seconds', 'Z', [1], ['stage']);
    metrics.readGauge('breakwater_a', 'A', [], () => [[{}, 1]]);
    expect(metrics.described()).toEqual([
      { name: 'breakwater_a', type: 'gauge', help: 'A', labels: [] },
      { name: 'breakwater_metric_label_overflow_total', type: 'counter', help: expect.any(String), labels: ['metric'] },
      { name: 'breakwater_z_seconds', type: 'histogram', help: 'Z', labels: ['stage'] },
    ]);
  });

  it('keeps registries apart and refuses a name twice', () => {
    createMetrics().counter('breakwater_x_total', 'x');
    const metrics = createMetrics({ process: true });
    metrics.counter('breakwater_x_total', 'x');
    expect(() => metrics.counter('breakwater_x_total', 'x')).toThrow('breakwater_x_total');
  });

  it('takes a name again from what is made anew, and goes on counting', async () => {
    const metrics = createMetrics();
    const again = registeredOnce(metrics);
    for (const value of [3, 4]) {
      again.counter('breakwater_x_total', 'x', ['of']).inc({ of: 'a' }, value);
      again.gauge('breakwater_y', 'y').set({}, value);
      again.histogram('breakwater_z', 'z', [1]).observe({}, value);
      again.readGauge('breakwater_r', 'r', [], () => [[{}, value]]);
      again.readCounter('breakwater_s_total', 's', [], () => [[{}, value]]);
    }
    const text = await again.text();
    for (const line of ['breakwater_x_total{of="a"} 7', 'breakwater_y 4', 'breakwater_z_count 2', 'breakwater_r 4', 'breakwater_s_total 4']) expect(text).toContain(`${line}\n`);
    // Whoever goes past it still cannot take a name twice.
    expect(() => metrics.gauge('breakwater_y', 'y')).toThrow('breakwater_y');
  });
});
