import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyHeartbeat } from '@breakwater/alerting';
import { feedPage, signingKey, type FeedPage } from '@breakwater/contracts';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { inCi, root } from '../../../../infra/dev/src/env.ts';
import { deliveredIn, webhookSecret } from './receivers.ts';
import { builtMain } from './test-built.ts';

const executablePath = '/usr/bin/chromium';
const missing = !existsSync(executablePath);
if (missing && inCi) throw new Error(`${executablePath} is not here: continuous integration needs a browser (apt-get install chromium)`);
if (missing) console.warn(`skipped: the console during a drill needs ${executablePath} (on Debian: apt-get install chromium)`);

/** A drill whose daemon is killed twice, left open at its end. */
(missing ? describe.skip : describe)('the faces of a daemon during a drill', () => {
  let folder = '';
  let main = '';
  let drill: ChildProcess | undefined;
  let printed = '';
  let browser: Browser;
  let page: Page;
  let address = '';
  /** What the row of the asset said, each text once, and the notices, in order of appearance. */
  let rows: readonly string[] = [];
  let notices: readonly string[] = [];

  const until = async (what: string, found: () => boolean, tries = 1_200): Promise<void> => {
    for (let i = 0; i < tries; i++) {
      if (found()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${what} never came: ${printed.slice(-2_000)}`);
  };
  const command = (...args: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      child.once('close', (code) => resolve({ code, out, err }));
    });
  const feedAfter = async (cursor: string, limit: number): Promise<FeedPage> => feedPage.parse(await (await fetch(`${address}v1/feed?after=${cursor}&limit=${limit}`)).json());

  beforeAll(async () => {
    main = builtMain(root);
    folder = mkdtempSync(join(tmpdir(), 'breakwater-faces-'));
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    drill = spawn(process.execPath, [main, 'drill', 'random', '--seed', '1', '--kills', '2', '--keep', '--out', join(folder, 'drill')], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [drill.stdout, drill.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await until('the address of the console', () => /Console: (\S+)/.test(printed));
    address = /Console: (\S+)/.exec(printed)?.[1] ?? '';
    page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    // The address is printed before the daemon that serves it is up.
    for (let i = 0; i < 300 && !(await page.goto(address).then(() => true, () => false)); i++) await new Promise((resolve) => setTimeout(resolve, 100));
    await page.evaluate(`(() => {
      globalThis.seenRows = [];
      globalThis.seenNotices = [];
      const look = () => {
        const row = document.querySelector('.row.asset')?.textContent;
        if (row && seenRows.at(-1) !== row) seenRows.push(row);
        for (const notice of document.querySelectorAll('.bar')) { const text = notice.textContent; if (!seenNotices.includes(text)) seenNotices.push(text); }
      };
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    })()`);
    await until('the end of the drill', () => printed.includes('stays up until Ctrl-C'));
    // What came last is a frame away.
    await page.waitForTimeout(1_000);
    rows = await page.evaluate<readonly string[]>('seenRows');
    notices = await page.evaluate<readonly string[]>('seenNotices');
  }, 180_000);
  afterAll(async () => {
    if (drill !== undefined) {
      const ended = new Promise((resolve) => drill?.once('close', resolve));
      drill.kill('SIGINT');
      await ended;
    }
    await browser.close();
    if (folder !== '') rmSync(folder, { recursive: true });
  }, 120_000);

  it('the page follows it live, without being loaded again, and says when the daemon is away and when it was started anew', async () => {
    expect(new Set(rows).size).toBeGreaterThan(10);
    expect(rows.at(-1)).toMatch(/^XYZ/);
    expect(notices.join('\n')).toMatch(/Drill/);
    expect(notices.join('\n')).toMatch(/lost/i);
    expect(notices.join('\n')).toMatch(/restarted|started anew|started again/i);
    // What the observer holds would be gone after a reload.
    expect(await page.evaluate<number>('seenRows.length')).toBeGreaterThanOrEqual(rows.length);
    await page.screenshot({ path: join(folder, 'console.png') });
    expect(readFileSync(join(folder, 'console.png')).length).toBeGreaterThan(20_000);
  });
  it('shows at its end every warning the feed has, and the feed by cursor has each revision once, in order', async () => {
    const all = await feedAfter('0', 500);
    expect(all.more).toBe(false);
    const keys = all.events.map(({ id }) => id);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(5);
    // A receiver that was away: pages of two from where it stood, and from any place in between the same rest.
    const paged: string[] = [];
    for (let cursor = '0'; ; ) {
      const next = await feedAfter(cursor, 2);
      paged.push(...next.events.map(({ id }) => id));
      cursor = next.cursor;
      if (!next.more) break;
    }
    expect(paged).toEqual(keys);
    expect((await feedAfter(all.cursor, 10)).events).toEqual([]);
    const ids = new Set(all.events.map(({ data }) => String(data['warningId'])));
    const listed = await page.evaluate<readonly string[]>(`(async () => (await (await fetch('/v1/warnings?limit=500')).json()).warnings.map((w) => w.id))()`);
    expect(new Set(listed)).toEqual(ids);
  });
  it('posted every revision with a signature that the Standard Webhooks library makes of it, and signs of life with one of their own', async () => {
    const { events } = await feedAfter('0', 500);
    await until('the posts of the drill', () => existsSync(join(folder, 'drill/webhook.jsonl')));
    const posts = readFileSync(join(folder, 'drill/webhook.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { readonly headers: Readonly<Record<string, string>>; readonly body: string });
    const library = new Webhook(webhookSecret);
    for (const { headers, body } of posts) {
      const signed = library.sign(headers['webhook-id'] ?? '', new Date(Number(headers['webhook-timestamp']) * 1_000), body);
      expect(headers['webhook-signature']?.split(' ')).toContain(signed);
    }
    const delivered = new Set(posts.flatMap(({ body }) => deliveredIn(body) ?? []).map(({ id, revision }) => `${id}#${revision}`));
    expect(delivered).toEqual(new Set(events.map(({ id }) => id)));
    const key = signingKey.parse(await (await fetch(`${address}v1/key`)).json());
    const beats = posts.filter(({ body }) => deliveredIn(body) === undefined).map(({ body }) => (JSON.parse(body) as { readonly data: { readonly signed: Parameters<typeof verifyHeartbeat>[0] } }).data.signed);
    expect(beats.length).toBeGreaterThan(2);
    expect(beats.every((signed) => verifyHeartbeat(signed, key))).toBe(true);
    expect(beats.some((signed) => verifyHeartbeat({ ...signed, payload: signed.payload.replace('"seq":', '"seq":1') }, key))).toBe(false);
  });
  it('an asset is reported as one file, and its market taken away and answered', async () => {
    const [html, snapshot, svg] = ['report.html', 'market.json', 'market.svg'].map((name) => join(folder, name));
    const reported = await command('report', 'XYZ', '--html', html ?? '', '--url', address, '--json');
    expect([reported.err, reported.code]).toEqual(['', 0]);
    const text = readFileSync(html ?? '', 'utf8');
    expect(text).toMatch(/<svg/);
    expect(text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    const taken = await command('snapshot', '--asset', 'XYZ', '--out', snapshot ?? '', '--url', address);
    expect(taken.code).toBe(0);
    const answered = await command('stress', snapshot ?? '', '--svg', svg ?? '', '--json');
    expect([answered.err, answered.code]).toEqual(['', 0]);
    const answer = JSON.parse(answered.out) as { readonly asset: string; readonly markets: readonly unknown[]; readonly network: { readonly reproductionNumber: number } };
    expect(answer.asset).toBe('XYZ');
    expect(answer.markets.length).toBeGreaterThan(1);
    expect(answer.network.reproductionNumber).toBeGreaterThanOrEqual(0);
    expect(readFileSync(svg ?? '', 'utf8')).toMatch(/^<svg /);
    const unknown = await command('report', 'NONE', '--html', html ?? '', '--url', address);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/does not watch 'NONE'/)]);
    const nobody = await command('report', 'XYZ', '--html', html ?? '', '--url', 'http://127.0.0.1:1');
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringMatching(/no daemon was reached at .*Start one with/)]);
  }, 180_000);
});
