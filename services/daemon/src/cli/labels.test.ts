import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCollecting, type Ran } from './test-run-collecting.ts';

const [one, two] = [`0x${'1'.repeat(40)}`, `0x${'2'.repeat(40)}`];
const json = (ran: Ran): unknown => JSON.parse(ran.out) as unknown;

describe('breakwater labels', () => {
  let folder: string;
  let store: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-labels-cli-'));
    store = join(folder, 'labels.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const labels = (...args: readonly string[]): Promise<Ran> => runCollecting('labels', args[0] ?? '', '--file', store, ...args.slice(1));
  const list = (): string => write('eth-labels.csv', `explorer,label,address,nameTag,subcategory\netherscan,coinbase,${one},Coinbase 4,\netherscan,some-project,${two},,\netherscan,coinbase,genesis,,\n`);

  it('imports, tells what was taken and refused, and changes nothing the second time', async () => {
    const path = list();
    const first = await labels('import', path);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toBe(`${path}: 3 rows of eth-labels, said by eth-labels: 2 statements (1 in a category of ours, 1 kept as other:<their word>), 0 said again, 1 refused.\n  line 4: not an address of the chain, got "genesis"\n`);
    const kept = readFileSync(store);
    const second = await labels('import', path);
    expect(second.out).toContain('Imported before: nothing has changed.');
    expect(readFileSync(store)).toEqual(kept);
    expect(json(await labels('import', path, '--json'))).toMatchObject({ store, files: [{ file: path, rows: 3, statements: 2, mapped: 1, unmapped: 1, refused: 1, isNew: false, problems: [{ line: 4, rule: 'not-an-address', got: 'genesis' }] }] });
  });

  it('shows what was said of an address, takes a dispute, and shows what is left', async () => {
    await labels('import', list());
    await labels('import', write('ours.csv', `${two},issuer:mantra\n`), '--source', 'committee');
    expect(json(await labels('show', one, '--json'))).toMatchObject({ address: one, chains: [{ chain: 'eip155:1', labels: [{ label: 'exchange:coinbase', confidence: 0.9 }], cluster: { cluster: 'exchange:coinbase' } }] });
    const disputed = await labels('dispute', one, '--label', 'exchange:coinbase', '--by', 'Ana', '--reason', 'sold \u001b[31min March');
    expect([disputed.code, disputed.out]).toEqual([0, `Noted: Ana disputes exchange:coinbase of ${one}.\nSee \`breakwater labels show ${one}\`; a running daemon takes it over with \`breakwater reload\`.\n`]);
    expect(json(await labels('show', one, '--json'))).toMatchObject({
      chains: [{ labels: [{ label: 'exchange:coinbase', confidence: 0.45, undisputed: 0.9, disputedBy: ['ana'] }], cluster: { cluster: one, label: null, disputed: true } }], statements: [{ nameTag: 'Coinbase 4' }], disputes: [{ by: 'Ana', reason: 'sold [31min March' }],
    });
    expect((await labels('show', one)).out).toMatch(/exchange:coinbase +0\.450 +no +0\.900 +etherscan +ana/);
    expect(json(await labels('show', 'exchange:coinbase', '--json'))).toMatchObject({ count: 1, addresses: [{ address: one, confidence: 0.45, disputed: true, counts: false }] });
    expect((await labels('link', one, two, '--by', 'Ana', '--reason', 'same signer')).code).toBe(0);
    expect(json(await labels('show', one, '--json', '--chain', 'eip155:1'))).toMatchObject({ chains: [{ cluster: { cluster: 'issuer:mantra', links: [{ code: 'label' }, { code: 'committee', by: 'Ana', addresses: 2 }] } }] });
    expect((await labels('show', `0x${'9'.repeat(40)}`)).out).toBe(`Nothing was said of 0x${'9'.repeat(40)}.\n`);
  });

  it('says that an import was cut off, and goes on', async () => {
    await labels('import', list());
    appendFileSync(store, '{"v":1,"kind":"ba');
    const ran = await labels('import', write('ours.csv', `${two},issuer:mantra\n`), '--source', 'committee');
    expect(ran).toMatchObject({ code: 0, err: `${store} ended in an import that was cut off: its 17 bytes are gone. Import that list again.\n` });
    expect(json(await labels('show', two, '--json'))).toMatchObject({ statements: [{ label: 'issuer:mantra', confidence: 1 }, { label: 'other:some-project' }] });
  });

  it('takes a list without labels for what it is told to be, and prints it as a list of our own', async () => {
    const path = write('list.json', JSON.stringify([one]));
    expect(await labels('import', path)).toMatchObject({ code: 1, out: '', err: `${path} was not imported, and nothing else: it is a list of addresses without labels. Say what they are with --label, as in --label sanctioned:ofac.\n` });
    expect((await labels('import', path, '--label', 'exchange:okx', '--source', 'committee', '--stated', '2025-04-13', '--chain', 'eip155:1')).code).toBe(0);
    const { out } = await labels('export');
    expect(out).toBe(`address,label,chain,nametag,origin,confidence,validfrom,validuntil\n${one},exchange:okx,eip155:1,,,1,,\n`);
    expect(json(await labels('show', one, '--json', '--at', '2025-04-14'))).toMatchObject({ statements: [{ statedAt: Date.parse('2025-04-13') }] });
  });

  it('asks whose word a list in our own format is, and takes no more of it than its source is worth', async () => {
    const path = write('friend.csv', `address,label,origin,confidence\n${one},exchange:okx,first,1\n${one},exchange:okx,second,1\n`);
    const asked = await labels('import', path);
    expect([asked.code, asked.out, asked.err.includes('--source committee where it is your own')]).toEqual([1, '', true]);
    expect((await labels('import', path, '--source', 'a-friend')).code).toBe(0);
    expect(json(await labels('show', one, '--json'))).toMatchObject({ chains: [{ labels: [{ label: 'exchange:okx', confidence: 0.8 }] }] });
  });

  it('shows the weakest link of a cluster beside the surest of its kind', async () => {
    const three = `0x${'3'.repeat(40)}`;
    const words = ['--by', 'Ana', '--reason', 'same signer'];
    await labels('link', one, two, ...words, '--confidence', '0.9');
    await labels('link', two, three, ...words, '--confidence', '0.6');
    expect((await labels('show', one)).out).toContain('committee by Ana, 3 addresses, 0.60 (the weakest) to 0.90');
  });

  it('goes with the config: its labels and its file of labels', async () => {
    const config = write('breakwater.yaml', `assets: { OM: {} }\nvenues: { okx: {} }\nstore: { path: ${join(folder, 'breakwater.db')} }\nchains: { 'eip155:1': { endpoints: ['https://one.example'], labels: { '${one}': 'issuer:mantra' } } }\n`);
    expect((await runCollecting('labels', 'import', list(), '--config', config)).code).toBe(0);
    expect(readFileSync(store, 'utf8')).toContain('exchange:coinbase');
    expect(json(await runCollecting('labels', 'show', one, '--config', config, '--json'))).toMatchObject({ chains: [{ labels: [{ label: 'issuer:mantra', best: { source: 'config' } }, { label: 'exchange:coinbase' }] }] });
  });

  it.each([
    [['import', '--format', 'xml', 'x.csv'], /no format 'xml': there are own,/], [['import', '--label', 'OKX', 'x.csv'], /no label 'OKX': give <category>:<name>/], [['import', '--chain', 'eth', 'x.csv'], /no chain 'eth'/],
    [['import', '--confidence', '2', 'x.csv'], /at most 1/], [['show', 'nobody knows'], /is no address .* and no label/], [['dispute', one, '--by', 'Ana'], /--reason/], [['dispute', one, '--by', ' ', '--reason', 'x'], /say who and why/],
    [['link', one, one, '--by', 'Ana', '--reason', 'x'], /given twice/], [['show', one, '--at', 'yesterday'], /give a day/],
  ] as const)('%j ends with 2', async (args, said) => {
    writeFileSync(join(folder, 'labels.jsonl'), '');
    const { code, out, err } = await labels(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(said);
  });

  it.each(['import', 'show', 'dispute', 'link', 'export'])('%s --help has an example and --json', async (name) => {
    const { code, out } = await runCollecting('labels', name, '--help');
    expect([code, out.includes(`$ breakwater labels ${name}`), out.includes('--json')]).toEqual([0, true, true]);
  });
});
