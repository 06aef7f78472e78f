import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defined } from '@breakwater/models/core';
import { createLabelRegistry } from '@breakwater/models/address-risk';
import { readList } from './import-file.ts';
import { appendLabels, readLabelStore } from './label-store.ts';
import type { LabelBatch } from './label-records.ts';

const [one, two] = [`0x${'1'.repeat(40)}`, `0x${'2'.repeat(40)}`];
const ours = `address,label\n${one},exchange:okx\n${two},issuer:mantra\n`;

function batchOf(text: string, name = 'ours.csv'): LabelBatch {
  const read = readList(name, text, { statedAt: 5, source: 'committee' }, 7);
  if (!read.ok) throw new Error(read.error.rule);
  return read.value.batch;
}

describe('a file of labels', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'breakwater-labels-test-'));
    path = join(folder, 'below', 'labels.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives back what was appended, and holds nothing before', () => {
    expect(readLabelStore(path)).toMatchObject({ batches: [], statements: [], tornBytes: 0, fingerprint: '' });
    const batch = batchOf(ours);
    appendLabels(path, () => [batch]);
    appendLabels(path, () => [{ kind: 'dispute', address: one, label: 'exchange:okx', by: 'Ana', reason: 'sold', at: 9 }, { kind: 'link', a: one, b: two, code: 'committee', confidence: 0.8, by: 'Ana', reason: 'same signer', at: 9 }]);
    const held = readLabelStore(path);
    expect(held.batches).toEqual([batch]);
    expect(held.statements).toEqual(batch.statements);
    expect(held.disputes).toMatchObject([{ address: one, by: 'Ana', reason: 'sold', at: 9 }]);
    expect(held.links).toMatchObject([{ a: one, b: two, by: 'Ana', confidence: 0.8 }]);
    expect(createLabelRegistry(held).lookup(one, 'eip155:1', 10)).toMatchObject({ label: 'exchange:okx', confidence: 0.5, disputed: true });
  });

  it('is the same batch for the same text read as the same, and another one otherwise', () => {
    expect(batchOf(ours).id).toBe(batchOf(ours, 'copy.csv').id);
    expect(batchOf(`${ours}\n`).id).not.toBe(batchOf(ours).id);
    const other = readList('ours.csv', ours, { statedAt: 5, source: 'nansen' }, 7);
    expect(other.ok && other.value.batch.id).not.toBe(batchOf(ours).id);
  });

  it('cut off at any byte of its last line holds what was there before, and the next append takes the rest away', () => {
    appendLabels(path, () => [batchOf(ours)]);
    const before = readFileSync(path);
    appendLabels(path, () => [{ kind: 'dispute', address: one, by: 'Ana', reason: 'sold', at: 9 }]);
    const after = readFileSync(path);
    for (let length = before.length; length < after.length; length++) {
      writeFileSync(path, after.subarray(0, length));
      const held = readLabelStore(path);
      expect([held.statements.length, held.disputes.length, held.tornBytes]).toEqual([2, 0, length - before.length]);
    }
    expect(appendLabels(path, () => [{ kind: 'dispute', address: two, by: 'Bo', reason: 'no', at: 9 }])).toEqual({ records: 1, cutBytes: after.length - 1 - before.length });
    expect(readLabelStore(path)).toMatchObject({ tornBytes: 0, disputes: [{ address: two, by: 'Bo' }] });
  });

  it('takes a last line that a power cut left as zeros for one that was cut off', () => {
    appendLabels(path, () => [batchOf(ours)]);
    appendFileSync(path, `${'\0'.repeat(50)}\n`);
    expect(readLabelStore(path)).toMatchObject({ tornBytes: 51, statements: batchOf(ours).statements });
  });

  it('is refused when a line in the middle is damaged, or was written by a newer version', () => {
    appendLabels(path, () => [batchOf(ours)]);
    const line = readFileSync(path, 'utf8');
    writeFileSync(path, `${line.slice(0, 40)}\n${line}`);
    expect(() => readLabelStore(path)).toThrow(/line 1/);
    writeFileSync(path, line.replace('"v":1', '"v":2'));
    expect(() => readLabelStore(path)).toThrow(/version 2/);
    writeFileSync(path, line.replace('exchange:okx', 'EXCHANGE okx') + line);
    expect(() => readLabelStore(path)).toThrow(/no label/);
  });

  it('is not written while another process is at it, and is when that one is gone', () => {
    appendLabels(path, () => [batchOf(ours)]);
    writeFileSync(`${path}.lock`, String(process.ppid));
    expect(() => appendLabels(path, () => [])).toThrow(/being written by process/);
    // No process has this number: it is above what kernels give.
    writeFileSync(`${path}.lock`, '2147483646');
    expect(appendLabels(path, () => [{ kind: 'dispute', address: two, by: 'Bo', reason: 'no', at: 9 }]).records).toBe(1);
    expect(existsSync(`${path}.lock`)).toBe(false);
  });

  it('ends what a newer edition of a list does not say any more, and keeps it', () => {
    const edition = (name: string, text: string, statedAt: number, replaces: boolean): LabelBatch => {
      const read = readList(name, text, { statedAt, replaces, label: 'sanctioned:ofac', source: 'ofac' }, 7);
      if (!read.ok) throw new Error(read.error.rule);
      return read.value.batch;
    };
    appendLabels(path, () => [edition('eth.json', JSON.stringify([one, two]), 10, false), edition('bsc.json', JSON.stringify([one]), 11, false), edition('eth.json', JSON.stringify([two]), 20, true)]);
    const held = readLabelStore(path);
    expect(held.statements.map(({ address, statedAt, validUntil = 0 }) => [address, statedAt, validUntil])).toEqual([[one, 10, 20], [two, 10, 0], [two, 20, 0], [one, 11, 0]]);
    const registry = createLabelRegistry({ ...held, statements: held.statements.filter(({ statedAt }) => statedAt !== 11) });
    expect([19, 20].map((at) => registry.labelOf(one, 'eip155:1', at))).toEqual(['sanctioned:ofac', undefined]);
    expect(registry.labelOf(two, 'eip155:1', 25)).toBe('sanctioned:ofac');
  });

  it('changes its fingerprint with its content alone', () => {
    appendLabels(path, () => [batchOf(ours)]);
    const { fingerprint } = readLabelStore(path);
    appendFileSync(path, '{"v":1,');
    expect(readLabelStore(path).fingerprint).toBe(fingerprint);
    truncateSync(path, readFileSync(path).length - 7);
    appendLabels(path, () => [{ kind: 'dispute', address: two, by: 'Bo', reason: 'no', at: 9 }]);
    expect(readLabelStore(path).fingerprint).not.toBe(fingerprint);
    expect(defined(readLabelStore(path).disputes[0], 'a dispute').by).toBe('Bo');
  });
});
