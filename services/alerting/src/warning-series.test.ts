import { describe, expect, it } from '@jest/globals';
import { seriesCatalogue, severityRank, type WarningMessage } from '@breakwater/contracts';
import { epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createMemoryBus } from '@breakwater/platform/bus/memory';
import type { Log } from '@breakwater/platform/log';
import { silentLog } from '@breakwater/platform/log';
import type { SeriesPoint } from '@breakwater/platform/store';
import { sampleWarning } from './testing/sample-warning.ts';
import { createWarningSeries } from './warning-series.ts';

function world(append: (points: readonly SeriesPoint[]) => Promise<void>, log: Log = silentLog) {
  const bus = createMemoryBus({ activity: createActivity(), queueLimit: 1_000 });
  const writer = createWarningSeries({ bus, series: { append, range: async () => [], extremes: async () => [], prune: async () => 0 }, log });
  writer.start();
  return { bus, writer };
}

const revision = (over: Partial<WarningMessage>): WarningMessage => sampleWarning(over);

describe('the series of warnings', () => {
  it('has a point of every revision, of its own time, with the labels of the catalogue, and nothing once the warning is over', async () => {
    const written: SeriesPoint[] = [];
    const { bus, writer } = world(async (points) => void written.push(...points));
    const steps = [['watch', 'firing'], ['critical', 'firing'], ['critical', 'acknowledged'], ['critical', 'resolved'], ['warning', 'retracted'], ['warning', 'expired'], ['warning', 'firing']] as const;
    steps.forEach(([severity, state], i) => bus.publish('warnings', revision({ severity, state, revision: i + 1, eventTime: epochMs(1_000 * i) })));
    await bus.idle();
    expect(written.map(({ labels, time, value }) => [labels['severity'], labels['state'], time, value])).toEqual([
      ['watch', 'firing', 0, 1], ['critical', 'firing', 1_000, 3], ['critical', 'acknowledged', 2_000, 3], ['critical', 'resolved', 3_000, 0], ['warning', 'retracted', 4_000, 0], ['warning', 'expired', 5_000, 0], ['warning', 'firing', 6_000, 2],
    ]);
    for (const { series, labels } of written) {
      expect(series).toBe('warning_severity');
      expect(Object.keys(labels)).toEqual(seriesCatalogue.warning_severity.labels);
      expect([labels['asset'], labels['warning']]).toEqual([sampleWarning().asset, sampleWarning().warning]);
    }
    await writer.stop();
  });

  it('goes on after a store that failed, and says so', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (text) => void said.push(text) };
    let fails = true;
    const written: SeriesPoint[] = [];
    const { bus, writer } = world(async (points) => (fails ? Promise.reject(new Error('away')) : void written.push(...points)), log);
    bus.publish('warnings', revision({ revision: 1 }));
    await bus.idle();
    fails = false;
    bus.publish('warnings', revision({ revision: 2 }));
    await bus.idle();
    expect(said).toEqual(['series of warnings not stored']);
    expect(written).toHaveLength(1);
    await writer.stop();
  });

  it('ranks severities as the contracts do', () => {
    expect((['watch', 'warning', 'critical'] as const).map((severity) => severityRank({ state: 'firing', severity }))).toEqual([1, 2, 3]);
  });
});
