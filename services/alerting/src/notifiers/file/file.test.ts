import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeNotifier } from '../../testing/notifier-suite.ts';
import { sampleEntry } from '../../testing/sample-warning.ts';
import { deliveryId } from '../notifier.ts';
import { createFileNotifier } from './file.ts';
import { createMemoryFile } from './memory-append-file.ts';
import { openNodeAppendFile } from './node-append-file.ts';

const signal = new AbortController().signal;
const idsIn = (text: string): readonly string[] => text.split('\n').slice(0, -1).map((line) => (JSON.parse(line) as { id: string }).id);

describeNotifier('file', ['refuses'], () => {
  const file = createMemoryFile();
  return {
    notifier: createFileNotifier({ path: 'w.jsonl', open: file.open }),
    received: () => file.text().split('\n').slice(0, -1),
    idOf: (line) => (JSON.parse(line) as { id: string }).id,
    failNext: (tries) => file.failNextAppend(10, tries),
    dispose: () => undefined,
  };
});

describe('createFileNotifier', () => {
  it('appends one CloudEvents document a line', async () => {
    const file = createMemoryFile();
    const notifier = createFileNotifier({ path: 'w.jsonl', open: file.open });
    await notifier.deliver(sampleEntry(), signal);
    await notifier.deliver(sampleEntry({ revision: 2, state: 'resolved' }), signal);
    const [first, second, rest] = file.text().split('\n');
    expect(rest).toBe('');
    expect(JSON.parse(first ?? '')).toMatchObject({
      specversion: '1.0', type: 'io.breakwater.warning.v1', id: deliveryId(sampleEntry()), source: '/assets/OM', time: '2025-04-13T18:00:00.000Z',
      data: {
        warningId: sampleEntry().warning.id, revision: 1, state: 'firing', severity: 'critical', asset: 'OM', kind: 'cascade.ignition', horizonSeconds: 900,
        ignitionUsd: { value: 4.1e6, low: 3.2e6 }, landingPrice: { value: 0.92, low: 0.55, high: 1.6 }, trigger: { kind: 'transfer', usd: 5.6e6, chain: 'eip155:1', to: 'okx' },
        inputHash: 'sha256:00',
      },
    });
    expect(JSON.parse(second ?? '')).toMatchObject({ id: `${sampleEntry().warning.id}#2`, data: { state: 'resolved' } });
    expect(first).not.toContain('receivedAt');
  });

  it('cuts a torn line after a crash and loses nothing that counted as delivered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }), async (crashes) => {
        const file = createMemoryFile();
        const delivered: string[] = [];
        let revision = 0;
        for (const keep of crashes) {
          const notifier = createFileNotifier({ path: 'w.jsonl', open: file.open });
          await notifier.deliver(sampleEntry({ revision: ++revision }), signal);
          delivered.push(deliveryId(sampleEntry({ revision })));
          // The process ends inside the next line.
          const handle = await file.open('w.jsonl');
          await handle.append(JSON.stringify({ id: 'torn' }));
          file.crash(keep);
        }
        await createFileNotifier({ path: 'w.jsonl', open: file.open }).deliver(sampleEntry({ revision: ++revision }), signal);
        delivered.push(deliveryId(sampleEntry({ revision })));
        expect(idsIn(file.text())).toEqual(delivered);
      }),
    );
  });

  it('repairs the file after a write that failed half way', async () => {
    const file = createMemoryFile();
    const notifier = createFileNotifier({ path: 'w.jsonl', open: file.open });
    await notifier.deliver(sampleEntry(), signal);
    file.failNextAppend(40);
    await expect(notifier.deliver(sampleEntry({ revision: 2 }), signal)).rejects.toMatchObject({ code: 'delivery-failed' });
    await notifier.deliver(sampleEntry({ revision: 2 }), signal);
    expect(idsIn(file.text())).toEqual([deliveryId(sampleEntry()), deliveryId(sampleEntry({ revision: 2 }))]);
  });

  it('does the same on a real disk, also when the torn line is longer than a chunk', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-file-'));
    try {
      const path = join(folder, 'deep', 'w.jsonl');
      const first = createFileNotifier({ path, open: openNodeAppendFile });
      await first.deliver(sampleEntry(), signal);
      await first.close();
      await writeFile(path, (await readFile(path, 'utf8')) + `{"id":"${'x'.repeat(200_000)}`);
      const second = createFileNotifier({ path, open: openNodeAppendFile });
      await second.deliver(sampleEntry({ revision: 2 }), signal);
      await second.close();
      expect(idsIn(await readFile(path, 'utf8'))).toEqual([deliveryId(sampleEntry()), deliveryId(sampleEntry({ revision: 2 }))]);
      await writeFile(path, 'no line end');
      const third = createFileNotifier({ path, open: openNodeAppendFile });
      await third.deliver(sampleEntry(), signal);
      await third.close();
      expect(idsIn(await readFile(path, 'utf8'))).toEqual([deliveryId(sampleEntry())]);
      await expect(openNodeAppendFile(join(path, 'below-a-file'))).rejects.toMatchObject({ code: 'delivery-failed' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
