import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from './cached-folder.ts';
import { inCi } from './env.ts';
import { isList, readLazyData } from './r-data.ts';

/** Data sets of the literature on extremes and volatility. None is part of this project: each comes from a package of its own licence, is read and is left in the system's temporary folder. */
export type PublishedSet = 'danish' | 'dem2gbp' | 'rain' | 'portpirie' | 'dowjones';

/** Where a set comes from. */
type Origin =
  | { readonly client: 'apt'; readonly package: string; readonly folder: string; readonly object: string; readonly column: number }
  | { readonly client: 'pip'; readonly file: string; readonly column: number };

/**
 * danish: 2,167 claims over 1 million kroner, 1980 to 1990 (McNeil 1997). dem2gbp: 1,974 daily returns of the mark in pounds, per cent (Bollerslev and Ghysels 1996). rain, portpirie, dowjones: data of Coles 2001.
 */
const origins: Readonly<Record<PublishedSet, Origin>> = {
  danish: { client: 'apt', package: 'r-cran-fextremes', folder: 'fExtremes', object: 'danishClaims', column: 1 },
  dem2gbp: { client: 'apt', package: 'r-cran-fgarch', folder: 'fGarch', object: 'dem2gbp', column: 0 },
  rain: { client: 'pip', file: 'rain.csv', column: 0 },
  portpirie: { client: 'pip', file: 'portpirie.csv', column: 1 },
  dowjones: { client: 'pip', file: 'dowjones.csv', column: 1 },
};

/** The Python package whose examples hold the data of Coles 2001; only its files are taken, it is never installed. */
const wheel = 'openturns==1.27.post1';
const cache = join(tmpdir(), 'breakwater-published-data');
const run = promisify(execFile);

/**
 * A set as its numbers, in the order of the source; fetched on first use through the system's package client (Debian's for danish and dem2gbp, pip for the others, 63 MB) and kept in the temporary folder. Undefined, after
 * a line that says how to get it, where it cannot be had; in continuous integration that is an error.
 */
export async function publishedData(name: PublishedSet): Promise<readonly number[] | undefined> {
  const origin = origins[name];
  try {
    return origin.client === 'apt' ? await fromDebian(origin) : await fromPip(origin);
  } catch (error) {
    const how = origin.client === 'apt' ? `apt-get update, so that apt-get download ${origin.package} works (Debian)` : `a network, so that python3 -m pip download ${wheel} works`;
    const text = `the data set ${name} is not here: it wants ${how}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    if (inCi) throw new Error(text, { cause: error });
    console.warn(`skipped: ${text}`);
    return undefined;
  }
}

async function fromDebian({ package: name, folder, object, column }: Extract<Origin, { readonly client: 'apt' }>): Promise<readonly number[]> {
  const unpacked = await cachedFolder(cache, name, async (own) => {
    await run('apt-get', ['download', '-q', name], { cwd: own, timeout: 120_000 });
    const archive = readdirSync(own).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get brought no ${name}`);
    await run('dpkg-deb', ['-x', join(own, archive), own], { timeout: 60_000 });
    rmSync(join(own, archive));
  });
  const data = join(unpacked, 'usr/lib/R/site-library', folder, 'data');
  const table = readLazyData(readFileSync(join(data, 'Rdata.rdx')), readFileSync(join(data, 'Rdata.rdb')), object);
  return numbers(isList(table) ? table.items[column] : undefined);
}

/** Takes the tables of examples out of the wheel, which is a zip archive. */
const unzip = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in ('rain', 'portpirie', 'dowjones'): open(sys.argv[2] + '/' + n + '.csv', 'wb').write(z.read('openturns/usecases/' + n + '.csv'))";

async function fromPip({ file, column }: Extract<Origin, { readonly client: 'pip' }>): Promise<readonly number[]> {
  const folder = await cachedFolder(cache, wheel, async (own) => {
    await run('python3', ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '-d', own, wheel], { timeout: 300_000 });
    const archive = readdirSync(own).find((name) => name.endsWith('.whl'));
    if (archive === undefined) throw new Error(`pip brought no ${wheel}`);
    await run('python3', ['-c', unzip, join(own, archive), own], { timeout: 60_000 });
    rmSync(join(own, archive));
  });
  const lines = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/).slice(1);
  return numbers(lines.map((line) => Number(line.split(/[;,]/)[column])));
}

function numbers(column: unknown): readonly number[] {
  if (!Array.isArray(column) || column.length === 0 || !column.every((x) => typeof x === 'number' && Number.isFinite(x))) throw new Error('the package holds the data in another form');
  return column as readonly number[];
}
