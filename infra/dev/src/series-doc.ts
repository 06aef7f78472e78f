import { coarseSeriesEveryMs, seriesCatalogue, seriesLabels, shapeSeriesEveryMs, type SeriesDefinition, type SeriesPace, type SeriesUnit } from '@breakwater/contracts';

const units: Readonly<Record<SeriesUnit, string>> = { usd: 'US dollars', 'usd-per-unit': 'US dollars a unit', multiple: 'times', share: 'share, 0 to 1', 'signed-share': 'share, signed', count: 'number', units: 'units', seconds: 'seconds', severity: '0 none, 1 watch, 2 warning, 3 critical' };
const paces: Readonly<Record<SeriesPace, string>> = { score: 'each score', coarse: `${coarseSeriesEveryMs / 1_000} s`, shape: `${shapeSeriesEveryMs / 1_000} s`, revision: 'each revision' };

/** The text of `docs/series.md`: every series of the catalogue, and how InfluxDB has it. */
export function seriesDocument(): string {
  const all: readonly (readonly [string, SeriesDefinition])[] = Object.entries(seriesCatalogue);
  return [
    '# Time series', '',
    'Every series the daemon writes. Generated from `services/contracts/src/series.ts` by `npm run docs`; do not edit.', '',
    'Times are event times; `every` says when there are points. A figure that is not there has no point.',
    'A `level` is how something stands at the time of the point; a `window` is a total over a window that ends there, so neighbouring points overlap and must not be added up.', '',
    'In InfluxDB a series is a measurement, its labels are tags and a point is the field `value` of the retention policy `raw`. The policies `minute` and `hour` have the fields `min`, `max`, `mean`, `last`, `sum` and `count` of each minute and hour.', '',
    '| series | called | labels | unit | kind | every | what it says |', '|---|---|---|---|---|---|---|',
    ...all.map(([name, { title, labels, unit, kind, pace, description }]) => `| \`${name}\` | ${title} | ${labels.join(', ')} | ${units[unit]} | ${kind} | ${paces[pace]} | ${description} |`), '',
    '| label | what it says |', '|---|---|',
    ...Object.entries(seriesLabels).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`), '',
  ].join('\n');
}
