import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { seriesCatalogue, type SeriesDefinition } from '@breakwater/contracts';
import { root } from './env.ts';
import { seriesDocument } from './series-doc.ts';

describe('docs/series.md', () => {
  it('is what `npm run docs` writes', () => {
    expect(readFileSync(join(root, 'docs/series.md'), 'utf8')).toBe(seriesDocument());
  });

  it('has names of its own for every series, a whole sentence of each, and only bands that are in it', () => {
    const all: Readonly<Record<string, SeriesDefinition>> = seriesCatalogue;
    expect(new Set(Object.values(all).map(({ title }) => title)).size).toBe(Object.keys(all).length);
    for (const [name, { description, band, unit }] of Object.entries(all)) {
      expect(name).toMatch(/^[a-z][a-z0-9_]+$/);
      expect(description).toMatch(/^[A-Z].{15,}\.$/);
      for (const end of band === undefined ? [] : [band.low, band.high]) expect(all[end]?.unit).toBe(unit);
    }
  });
});
