import { describe, expect, it } from '@jest/globals';
import { configReload } from '@breakwater/contracts';
import type { Result } from '@breakwater/models/core';
import type { ConfigProblem } from '@breakwater/platform/config';
import { silentLog } from '@breakwater/platform/log';
import { parseConfig, type Config } from '../config.ts';
import { noLabels } from '../labels/label-store.ts';
import { createReloader } from './reloader.ts';

const text = (assets: object, more: object = {}): string => JSON.stringify({ venues: { binance: {} }, assets, ...more });
const parsed = (source: string): Result<Config, readonly ConfigProblem[]> => parseConfig(source, () => '');
function valid(source: string): Config {
  const config = parsed(source);
  if (!config.ok) throw new Error(JSON.stringify(config.error));
  return config.value;
}

/** A system that is what its file says; the test writes the file. */
function setUp() {
  const state = { file: text({ OM: {} }), running: '', prepared: 0, label: 'exchange:okx', imported: '', refuses: undefined as string | undefined, breaks: false, lines: [] as string[] };
  const wait: (() => void)[] = [];
  const write = (message: string, fields?: unknown): void => void state.lines.push(JSON.stringify([message, fields]));
  const labelsNow = (): ReadonlyMap<string, Readonly<Record<string, string>>> => {
    if (state.label === 'broken') throw new Error('label file labels.csv not read');
    return state.file.includes('labels.csv') ? new Map([['labels.csv', { [`0x${'a'.repeat(40)}`]: state.label }]]) : new Map();
  };
  const { reload } = createReloader({
    config: valid(state.file), labels: labelsNow(), readLabels: labelsNow,
    readStored: () => {
      if (state.imported === 'broken') throw new Error('labels.jsonl not read: line 2');
      return { ...noLabels, fingerprint: state.imported };
    },
    read: () => {
      if (state.file === 'gone') throw new Error('no such file');
      return parsed(state.file);
    },
    prepare: (next, labels, stored) => {
      state.prepared++;
      if (state.refuses !== undefined) throw new Error(state.refuses);
      return {
        apply: async () => {
          await new Promise<void>((resolve) => wait.push(resolve));
          if (state.breaks) throw new Error('halfway');
          state.running = [...Object.keys(next.assets), ...[...labels.values()].flatMap((one) => Object.values(one)), stored.fingerprint].join(' ').trim();
        },
      };
    },
    log: { ...silentLog, info: write, error: write },
  });
  const goOn = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      wait.splice(0).forEach((resolve) => resolve());
    }
  };
  return { state, reload, goOn };
}

describe('createReloader', () => {
  it('goes over to what the file says and tells what changed, in its answer and in the log', async () => {
    const { state, reload, goOn } = setUp();
    state.file = text({ OM: {}, TIA: {} });
    const done = reload();
    await goOn();
    expect(configReload.parse(await done)).toEqual({ outcome: 'applied', changes: [{ what: 'asset', name: 'TIA', change: 'added' }], problems: [], restart: [] });
    expect([state.running, state.lines.join('\n')]).toEqual(['OM TIA', expect.stringContaining('asset TIA added')]);
    // What it is compared with is what runs now.
    expect((await reload()).outcome).toBe('unchanged');
    expect(state.prepared).toBe(1);
  });
  it('changes nothing for a file that is broken, and lists every problem', async () => {
    const { state, reload } = setUp();
    state.file = text({ OM: { float: -1 }, TIA: {} }, { store: { path: '' } });
    const answer = await reload();
    expect([answer.outcome, answer.problems.map(({ path }) => path).sort()]).toEqual(['refused', ['assets.OM.float', 'store.path']]);
    state.file = 'assets: [';
    expect(await reload()).toMatchObject({ outcome: 'refused', problems: [{}] });
    state.file = 'gone';
    expect(await reload()).toMatchObject({ outcome: 'refused', problems: [{ got: 'no such file' }] });
    expect([state.running, state.prepared, state.lines.length]).toEqual(['', 0, 4]);
  });
  it('applies nothing at all when something in it needs a restart', async () => {
    const { state, reload } = setUp();
    state.file = text({ OM: {}, TIA: {} }, { scoring: { everyMs: 500 } });
    expect(await reload()).toMatchObject({ outcome: 'refused', changes: [{ name: 'TIA' }], problems: [], restart: [{ path: 'scoring.everyMs' }] });
    expect([state.running, state.prepared]).toEqual(['', 0]);
    expect(state.lines.join('\n')).toContain('restart needed');
  });
  it('changes nothing when what the config needs cannot be made', async () => {
    const { state, reload } = setUp();
    state.refuses = 'label file labels.csv not read';
    state.file = text({ OM: {}, TIA: {} });
    expect(await reload()).toMatchObject({ outcome: 'refused', problems: [{ got: 'label file labels.csv not read' }] });
    state.refuses = undefined;
    expect(state.running).toBe('');
  });
  it('takes over a label file that was edited, and refuses one that is broken', async () => {
    const { state, reload, goOn } = setUp();
    state.file = text({ OM: { tokens: [{ chain: 'eip155:1', address: `0x${'1'.repeat(40)}`, decimals: 18 }] } }, { chains: { 'eip155:1': { endpoints: ['https://one.example'], labelFiles: ['labels.csv'] } } });
    const first = reload();
    await goOn();
    expect([(await first).outcome, state.running]).toEqual(['applied', 'OM exchange:okx']);
    expect((await reload()).outcome).toBe('unchanged');
    state.label = 'exchange:bybit';
    const second = reload();
    await goOn();
    expect([(await second).changes, state.running]).toEqual([[{ what: 'chain', name: 'eip155:1', change: 'changed' }], 'OM exchange:bybit']);
    state.label = 'broken';
    expect(await reload()).toMatchObject({ outcome: 'refused', problems: [{ got: 'label file labels.csv not read' }] });
    expect(state.running).toBe('OM exchange:bybit');
  });
  it('takes over labels that were imported meanwhile, and refuses a file of them that is damaged', async () => {
    const { state, reload, goOn } = setUp();
    state.file = text({ OM: { tokens: [{ chain: 'eip155:1', address: `0x${'1'.repeat(40)}`, decimals: 18 }] } }, { chains: { 'eip155:1': { endpoints: ['https://one.example'] } } });
    const first = reload();
    await goOn();
    expect((await first).outcome).toBe('applied');
    expect((await reload()).outcome).toBe('unchanged');
    state.imported = 'some';
    const second = reload();
    await goOn();
    expect([(await second).changes, state.running]).toEqual([[{ what: 'chain', name: 'eip155:1', change: 'changed' }], 'OM some']);
    state.imported = 'broken';
    expect(await reload()).toMatchObject({ outcome: 'refused', problems: [{ got: 'labels.jsonl not read: line 2' }] });
    expect(state.running).toBe('OM some');
  });
  it('does one reload at a time, each against what the one before left', async () => {
    const { state, reload, goOn } = setUp();
    state.file = text({ OM: {}, TIA: {} });
    const first = reload();
    const second = reload();
    await new Promise((resolve) => setImmediate(resolve));
    expect(state.prepared).toBe(1);
    state.file = text({ TIA: {} });
    await goOn();
    expect([(await first).changes, (await second).changes].map((changes) => changes.map(({ name, change }) => `${name} ${change}`))).toEqual([['TIA added'], ['OM removed']]);
    expect(state.running).toBe('TIA');
  });
  it('rejects when going over fails halfway', async () => {
    const { state, reload, goOn } = setUp();
    state.breaks = true;
    state.file = text({ TIA: {} });
    const done = reload();
    done.catch(() => undefined);
    await goOn();
    await expect(done).rejects.toThrow('halfway');
  });
});
