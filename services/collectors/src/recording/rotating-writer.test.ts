import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createRng, epochMs } from '@breakwater/models/core';
import { createActivity } from '@breakwater/platform/activity';
import { createSimulatedClock } from '@breakwater/platform/simulated';
import type { RecordedLine } from './lines.ts';
import { readRecording, recordingFiles } from './read-recording.ts';
import type { RotatingWriterOptions } from './rotating-writer.ts';
import { createRotatingWriter } from './rotating-writer.ts';

const START = epochMs(1_790_000_000_000);
const OPENING: RecordedLine = { t: 'session', at: START, source: 'bybit:linear', continues: true, watched: [], known: ['OMUSDT'] };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A frame that compression can do little about. */
function frame(n: number, bytes = 200): RecordedLine {
  const rng = createRng(n);
  return { t: 'recv', at: epochMs(START + n), conn: 'bybit:linear/linear-0#0', data: Array.from({ length: bytes }, () => Math.floor(rng.next() * 36).toString(36)).join('') };
}

function setUp(options: Partial<RotatingWriterOptions> = {}) {
  const clock = createSimulatedClock({ start: START, activity: createActivity() });
  const seen = { rotated: 0, errors: [] as string[] };
  const writer = createRotatingWriter({
    folder, maxFileBytes: 1e9, maxFileMs: 3_600_000, maxTotalBytes: 1e10, clock, software: 'test', opening: () => [OPENING],
    onRotated: () => {
      seen.rotated++;
    }, onError: (error) => void seen.errors.push(error.code), ...options,
  });
  return { clock, writer, seen };
}

async function readAll(path = folder): Promise<readonly RecordedLine[]> {
  const files = await recordingFiles(path);
  const lines: RecordedLine[] = [];
  if (files !== undefined) for await (const line of readRecording(files)) lines.push(line);
  return lines;
}

/** Streams need turns of the event loop that a simulated clock does not give. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the files of a recording', () => {
  it('give back every line in order, whatever characters are in it', async () => {
    const { writer } = setUp();
    const lines: RecordedLine[] = [frame(1), { t: 'recv', at: epochMs(START + 1.25), conn: 'okx:spot/a#1', data: '{"π":"\n\r\u2028\\"}' }, { t: 'recv', at: START, conn: 'okx:spot/a#1', data: Buffer.from([255, 254, 0]).toString('base64'), encoding: 'base64' }, frame(2)];
    for (const line of lines) writer.write(line);
    await writer.close();
    const [header, ...rest] = await readAll();
    expect(header).toMatchObject({ t: 'header', format: 'breakwater-capture', version: 1, part: 1, software: 'test' });
    expect(rest).toEqual(lines);
    expect(writer.stats()).toMatchObject({ lines: 4, lost: 0, files: 1, removed: 0 });
  });

  it('follow each other by size and by age, each beginning with what a reader needs', async () => {
    const { clock, writer, seen } = setUp({ maxFileBytes: 20_000, maxFileMs: 60_000 });
    for (let n = 0; n < 400; n++) {
      writer.write(frame(n));
      if (n % 40 === 39) await writer.flush();
    }
    await clock.advanceTo(epochMs(clock.now() + 60_000));
    await writer.flush();
    writer.write(frame(400));
    await writer.close();
    const lines = await readAll();
    const headers = lines.filter((line) => line.t === 'header');
    expect(headers.length).toBeGreaterThan(3);
    expect(headers.map((line) => line.part)).toEqual(headers.map((_, i) => i + 1));
    expect(seen.rotated).toBe(headers.length - 1);
    for (const [i, line] of lines.entries()) if (line.t === 'header' && line.part > 1) expect(lines[i + 1]).toEqual(OPENING);
    expect(lines.filter((line) => line.t === 'recv')).toEqual(Array.from({ length: 401 }, (_, n) => frame(n)));
    expect(readdirSync(folder).length).toBe(headers.length);
  });

  it('stay within their bound: the oldest are removed, of earlier recordings too, and nothing else is', async () => {
    writeFileSync(join(folder, 'capture-20200101T000000Z-0001.jsonl.gz'), Buffer.alloc(50_000));
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { writer } = setUp({ maxFileBytes: 20_000, maxTotalBytes: 80_000 });
    for (let n = 0; n < 1_500; n++) {
      writer.write(frame(n));
      if (n % 40 === 39) await writer.flush();
    }
    await writer.close();
    const { bytes, removed } = writer.stats();
    expect(bytes).toBeLessThanOrEqual(80_000);
    expect(removed).toBeGreaterThan(3);
    expect(readdirSync(folder)).toContain('notes.txt');
    expect(readdirSync(folder)).not.toContain('capture-20200101T000000Z-0001.jsonl.gz');
    const frames = (await readAll()).filter((line) => line.t === 'recv');
    expect(frames.at(-1)).toEqual(frame(1_499));
    expect(frames).toEqual(Array.from({ length: frames.length }, (_, i) => frame(1_500 - frames.length + i)));
  });

  it('can be read up to where they end when the recorder was killed', async () => {
    const { writer } = setUp();
    for (let n = 0; n < 300; n++) writer.write(frame(n));
    await writer.close();
    const { file, bytes } = writer.stats();
    truncateSync(file, Math.floor(bytes / 2));
    const frames = (await readAll()).filter((line) => line.t === 'recv');
    expect(frames.length).toBeGreaterThan(50);
    expect(frames.length).toBeLessThan(300);
    expect(frames).toEqual(Array.from({ length: frames.length }, (_, n) => frame(n)));
  });

  it('say how many lines are missing where the disk was slower than the frames', async () => {
    const { writer } = setUp({ maxWaiting: 5_000 });
    for (let n = 0; n < 200; n++) writer.write(frame(n));
    await writer.flush();
    writer.write(frame(200));
    await writer.close();
    const lines = await readAll();
    const lost = lines.filter((line) => line.t === 'lost');
    expect(lost).toHaveLength(1);
    const written = lines.filter((line) => line.t === 'recv').length;
    expect(lost[0]?.lines).toBe(201 - written);
    expect(writer.stats().lost).toBe(201 - written);
    expect(lines.at(-1)).toEqual(frame(200));
  });

  it('report a disk that fails and write nothing more', async () => {
    const { clock, writer, seen } = setUp({ maxFileMs: 1_000 });
    writer.write(frame(1));
    rmSync(folder, { recursive: true });
    // How many turns of the event loop the disk takes to fail is not known.
    for (let turn = 0; seen.errors.length === 0 && turn < 200; turn++) {
      await settle();
      await clock.advanceTo(epochMs(clock.now() + 3_000));
    }
    expect(seen.errors).toEqual(['store-failed']);
    await expect(writer.close()).rejects.toThrow(/recording into .* failed/);
  });

  it('are told apart from captures of other recorders and from later versions', async () => {
    const other = join(folder, 'other.jsonl');
    writeFileSync(other, '{"t":"header","exchange":"BYBIT"}\n{"t":"recv","ts":1,"conn":"a","data":"{}"}\n');
    expect(await recordingFiles(other)).toBeUndefined();
    const later = join(folder, 'later.jsonl');
    writeFileSync(later, '{"t":"header","format":"breakwater-capture","version":2,"at":1,"part":1,"software":"x"}\n');
    await expect((async () => {
      for await (const line of readRecording([later])) expect(line).toBeUndefined();
    })()).rejects.toThrow('not a recording of version 1');
    expect(readFileSync(other, 'utf8')).toContain('BYBIT');
  });
});
