import { mkdtempSync, readdirSync, readFileSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLabelRegistry, type LabelRegistry } from '@breakwater/models/address-risk';
import { createSystemClock } from '@breakwater/platform/clock/system';
import { appendLabels, readLabelStore } from '../labels/label-store.ts';
import { readList } from '../labels/import-file.ts';
import { CommandError, printJson, type CommandContext } from './context.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
/** Different addresses that are asked for, lookups timed at once (so many that the clock's own step is nothing, so few that a busy machine interrupts few), and passes over all of them; the median is told. */
const [ADDRESSES, LOOKUPS, PASSES] = [20_000, 500, 25];

/**
 * `breakwater bench labels`: imports every list of the folder of recorded data into a file of its own, as `labels import` does (read, parsed, mapped, synced to the disk), opens that file as the daemon does, and
 * looks addresses up: those that are known and as many that are not, in another order than they were read in.
 */
export function benchLabelsCommand(context: CommandContext, options: { readonly json: boolean }): void {
  const folder = join(context.env.dataFolder, 'labels');
  const lists = listsIn(folder);
  if (lists.length === 0) throw new CommandError(`bench labels measured nothing: there are no lists in ${folder}. Set BREAKWATER_DATA to the folder of recorded data.`, 2);
  const clock = createSystemClock();
  const temporary = mkdtempSync(join(tmpdir(), 'breakwater-labels-'));
  try {
    const store = join(temporary, 'labels.jsonl');
    const began = nowMs();
    const batches = lists.flatMap((path) => {
      const read = readList(path, readFileSync(path, 'utf8'), { statedAt: clock.now() }, clock.now());
      if (!read.ok) context.stderr.write(`not imported: ${path}: ${read.error.rule}\n`);
      return read.ok ? [read.value.batch] : [];
    });
    appendLabels(store, () => batches);
    const imported = nowMs();
    const registry = createLabelRegistry(readLabelStore(store));
    const opened = nowMs();
    const sum = (of: (batch: (typeof batches)[number]) => number): number => batches.reduce((all, batch) => all + of(batch), 0);
    const figures = {
      bench: 'labels', labels: registry.size, addresses: registry.addressCount, rows: sum(({ rows }) => rows), refused: sum(({ refused }) => refused), lists: batches.length,
      importSeconds: Number(((imported - began) / 1_000).toFixed(3)), openSeconds: Number(((opened - imported) / 1_000).toFixed(3)), lookupNs: Math.round(lookupNs(registry, clock.now())),
    };
    if (options.json) printJson(context, figures);
    else {
      context.stdout.write([
        `imported   ${figures.rows} rows of ${figures.lists} lists in ${figures.importSeconds} s: ${figures.labels} statements of ${figures.addresses} addresses, ${figures.refused} rows refused`,
        `opened     in ${figures.openSeconds} s`, `lookup     ${figures.lookupNs} ns`, '',
      ].join('\n'));
    }
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function listsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(csv|json)$/.test(name)).sort().map((name) => join(folder, name));
}

/** The median of what a lookup takes, nanoseconds. */
function lookupNs(registry: LabelRegistry, at: number): number {
  const known = registry.addresses();
  // A stride that shares no factor with most counts visits addresses far from each other; every second one differs in its last digit and is nearly always unknown.
  const asked = Array.from({ length: ADDRESSES }, (_, i) => {
    const address = known[(i * 7_919) % known.length] ?? '';
    return i % 2 === 0 ? address : `${address.slice(0, -1)}${address.endsWith('0') ? '1' : '0'}`;
  });
  let found = 0;
  const rounds: number[] = [];
  for (let pass = 0; pass < PASSES; pass++) {
    for (let from = 0; from < ADDRESSES; from += LOOKUPS) {
      const began = nowMs();
      for (let i = from; i < from + LOOKUPS; i++) if (registry.lookup(asked[i] ?? '', 'eip155:1', at) !== undefined) found++;
      rounds.push(((nowMs() - began) * 1e6) / LOOKUPS);
    }
  }
  if (found === 0) throw new CommandError('bench labels measured nothing: no address was found.');
  rounds.sort((a, b) => a - b);
  return rounds[Math.floor(rounds.length / 2)] ?? Number.NaN;
}
