import { marketSeriesEveryMs, seriesCatalogue, type SeriesDefinition, type SeriesUnit } from '@breakwater/contracts';

const units: Readonly<Record<SeriesUnit, string>> = { usd: 'US dollars', 'usd-per-unit': 'US dollars a unit', multiple: 'times', share: 'share, 0 to 1' };

/** The text of `docs/series.md`: every series of the catalogue, and how InfluxDB has it. */
export function seriesDocument(): string {
  const all: readonly (readonly [string, SeriesDefinition])[] = Object.entries(seriesCatalogue);
  return [
    '# Time series', '',
    'Every series the daemon writes. Generated from `services/contracts/src/series.ts` by `npm run docs`; do not edit.', '',
    `Times are event times. An asset has a point with each of its scores, a market every ${marketSeriesEveryMs / 1_000} seconds; a figure that is not there has no point.`,
    'A `level` is how something stands at the time of the point; a `window` is a total over a window that ends there, so neighbouring points overlap and must not be added up.', '',
    'In InfluxDB a series is a measurement, its labels are tags and a point is the field `value` of the retention policy `raw`. The policies `minute` and `hour` have the fields `min`, `max`, `mean`, `last`, `sum` and `count` of each minute and hour.', '',
    '| series | labels | unit | kind | what it says |', '|---|---|---|---|---|',
    ...all.map(([name, { labels, unit, kind, description }]) => `| \`${name}\` | ${labels.join(', ')} | ${units[unit]} | ${kind} | ${description} |`), '',
  ].join('\n');
}
