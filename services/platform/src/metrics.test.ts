import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.ts';

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

  it('keeps registries apart and refuses a name twice', () => {
    createMetrics().counter('breakwater_x_total', 'x');
    const metrics = createMetrics({ process: true });
    metrics.counter('breakwater_x_total', 'x');
    expect(() => metrics.counter('breakwater_x_total', 'x')).toThrow('breakwater_x_total');
  });
});
