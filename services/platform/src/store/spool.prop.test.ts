import { describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import fc from 'fast-check';
import { createSimulatedSpoolFiles, type SimulatedSpoolFiles } from '../simulated/spool-files.ts';
import type { SeriesPoint } from './index.ts';
import { decodeRecords, encodeRecord } from './spool-record.ts';
import { openSpool, type Spool } from './spool.ts';

const point = (time: number, value: number): SeriesPoint => ({ series: 'price', labels: { asset: 'OM' }, time: epochMs(time), value });
/** Points of all appends, each with a value of its own, that are left to be taken. */
async function takeAll(spool: Spool): Promise<readonly number[]> {
  const found: number[] = [];
  for (;;) {
    const batch = await spool.take(3);
    if (batch === undefined) return found;
    found.push(...batch.points.map(({ value }) => value));
    await spool.done(batch);
  }
}
const open = (files: SimulatedSpoolFiles, options: { maxBytes?: number; syncMs?: number } = {}): Promise<Spool> => openSpool({ files: files.open(), maxBytes: options.maxBytes ?? 1_600, syncMs: options.syncMs ?? 1_000, now: () => 0 });

/** What is done: so many points appended, or a batch taken and done with. */
const step = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) }, { weight: 2, arbitrary: fc.constant('take' as const) }, fc.constant('forget' as const));

describe('records of a spool', () => {
  it('property: come back as they were, and of any torn or changed bytes come only whole ones from the front', () => {
    const one = fc.record({ series: fc.string(), labels: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }), time: fc.nat().map((t) => epochMs(t)), value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0) });
    const batches = fc.array(fc.array(one, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(batches, fc.nat(), fc.nat(), (all, cut, at) => {
      const bytes = Buffer.concat(all.map((points) => encodeRecord(points)));
      const whole = decodeRecords(bytes, Infinity);
      expect([whole.isTorn, whole.records.map(({ points }) => points.map((each) => ({ ...each, labels: { ...each.labels } })))]).toEqual([false, all.map((points) => points.map((each) => ({ ...each, labels: { ...each.labels } })))]);
      const shorter = decodeRecords(bytes.subarray(0, cut % bytes.length), Infinity);
      expect(shorter.records).toEqual(whole.records.slice(0, shorter.records.length));
      const changed = Buffer.from(bytes);
      changed[at % bytes.length] = (changed[at % bytes.length] ?? 0) ^ 1;
      const { records, isTorn } = decodeRecords(changed, Infinity);
      expect(isTorn).toBe(true);
      expect(records).toEqual(whole.records.slice(0, records.length));
    }));
  });

  it('takes zeros, which a power cut may leave, for no record', () => {
    expect(decodeRecords(new Uint8Array(64), Infinity)).toEqual({ records: [], isTorn: true });
  });
});

describe('a spool', () => {
  it('property: gives everything once and in order while nothing goes wrong, and is empty in the end', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const files = createSimulatedSpoolFiles({ rng: createRng(1) });
      const spool = await open(files, { maxBytes: 1_000_000 });
      const taken: number[] = [];
      let next = 0;
      for (const each of steps) {
        if (each === 'forget') await spool.forgetDone();
        else if (each === 'take') {
          const batch = await spool.take(3);
          if (batch === undefined) continue;
          taken.push(...batch.points.map(({ value }) => value));
          await spool.done(batch);
        } else await spool.append(Array.from({ length: each }, () => point(next, next++)));
      }
      expect([...taken, ...(await takeAll(spool))]).toEqual(Array.from({ length: next }, (_, i) => i));
      await spool.forgetDone();
      expect(spool.stats()).toEqual({ points: 0, bytes: 0, segments: 0, dropped: 0, torn: 0 });
      expect(files.size()).toBe(0);
    }));
  });

  it('property: a kill at any change loses nothing that was appended and not done with, brings only what was appended, and in order', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), fc.nat(), fc.boolean(), async (steps, seed, isPower) => {
      // Once without a crash, to know how many changes there are; then a crash at every one of them.
      const run = async (crashAt: number): Promise<number> => {
        const files = createSimulatedSpoolFiles({ rng: createRng(seed) });
        // A segment an eighth of this: several of them, and no point is dropped.
        const terms = { maxBytes: 4_000, syncMs: isPower ? 0 : 1_000 };
        let spool = await open(files, terms);
        files.crashAfter(crashAt);
        let next = 0;
        let lastDone = -1;
        const appended: number[] = [];
        const unsure: number[] = [];
        for (const each of steps) {
          try {
            if (each === 'forget') await spool.forgetDone();
            else if (each === 'take') {
              const batch = await spool.take(3);
              if (batch === undefined) continue;
              lastDone = batch.points.at(-1)?.value ?? lastDone;
              await spool.done(batch);
            } else {
              const points = Array.from({ length: each }, () => point(next, next++));
              unsure.push(...points.map(({ value }) => value));
              await spool.append(points);
              appended.push(...points.map(({ value }) => value));
            }
          } catch {
            if (isPower) files.crash(true);
            spool = await open(files, terms);
          }
        }
        files.crashAfter(Infinity);
        const left = await takeAll(spool);
        const must = appended.filter((value) => value > lastDone);
        expect(left.filter((value) => must.includes(value))).toEqual(must);
        expect(left).toEqual([...left].sort((a, b) => a - b));
        expect(new Set(left).size).toBe(left.length);
        expect(left.every((value) => unsure.includes(value))).toBe(true);
        return files.changes();
      };
      const changes = await run(Infinity);
      for (let i = 0; i < changes; i++) await run(i);
    }), { numRuns: 25 });
  });

  it('property: stays within its bound by giving up the oldest, and counts every point it gives up', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 300, max: 900 }), async (steps, maxBytes) => {
      const files = createSimulatedSpoolFiles({ rng: createRng(1) });
      const spool = await open(files, { maxBytes });
      let next = 0;
      let taken = 0;
      for (const each of steps) {
        if (each === 'forget') await spool.forgetDone();
        else if (each === 'take') {
          const batch = await spool.take(3);
          if (batch === undefined) continue;
          taken += batch.points.length;
          await spool.done(batch);
        } else await spool.append(Array.from({ length: each }, () => point(next, next++)));
        expect(files.size()).toBeLessThanOrEqual(maxBytes);
        expect(spool.stats().points + spool.stats().dropped + taken).toBe(next);
      }
      const left = await takeAll(spool);
      // What is left is the newest, without a hole.
      expect(left).toEqual(Array.from({ length: left.length }, (_, i) => next - left.length + i));
    }));
  });

  it('property: on a full disk an append is rejected whole, the rest stays, and it goes on when there is space', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 900 }), async (appends, capacity) => {
      const files = createSimulatedSpoolFiles({ rng: createRng(1) });
      files.setCapacity(capacity);
      const spool = await open(files, { maxBytes: 100_000 });
      const kept: number[] = [];
      let next = 0;
      for (const count of appends) {
        const points = Array.from({ length: count }, () => point(next, next++));
        await spool.append(points).then(() => kept.push(...points.map(({ value }) => value)), (error: unknown) => expect(error).toMatchObject({ code: 'store-failed', message: expect.stringContaining('ENOSPC') }));
        // Trying again and again leaves no heap of empty files.
        expect(files.names().length).toBeLessThanOrEqual(spool.stats().segments + 1);
      }
      files.setCapacity(Infinity);
      await spool.append([point(next, next)]);
      const again = await open(files, { maxBytes: 100_000 });
      expect(await takeAll(again)).toEqual([...kept, next]);
    }));
  });

  it('leaves out what the disk has changed, and counts it', async () => {
    const files = createSimulatedSpoolFiles({ rng: createRng(1) });
    const spool = await open(files, { maxBytes: 100_000 });
    for (const value of [0, 1, 2]) await spool.append([point(value, value)]);
    const [name = ''] = files.names();
    files.damage(name, 60);
    const again = await open(files, { maxBytes: 100_000 });
    expect(again.stats()).toMatchObject({ points: 1, torn: 1 });
    await again.append([point(9, 9)]);
    expect(await takeAll(again)).toEqual([0, 9]);
  });
});
