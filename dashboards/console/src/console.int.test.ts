import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssetDetail, StreamEvent } from '@breakwater/contracts';
import axe from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { inCi } from '../../../infra/dev/src/env.ts';
import { consoleFolder } from './index.ts';
import { cannedDetail, cannedHistories, cannedNow, cannedStatus, cannedTerms, cannedTimeline, manyWarnings, waitingFeeds } from './testing/canned.ts';
import { startFakeDaemon, type FakeDaemon, type World } from './testing/fake-daemon.ts';

const executablePath = '/usr/bin/chromium';
const missing = !existsSync(executablePath);
if (missing && inCi) throw new Error(`${executablePath} is not here: continuous integration needs a browser (apt-get install chromium)`);
if (missing) console.warn(`skipped: the tests of the console need ${executablePath} (on Debian: apt-get install chromium)`);
if (!existsSync(join(consoleFolder, 'index.html'))) throw new Error(`${consoleFolder} is not built: npm run build`);

const desk = { viewport: { width: 1_440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const histories = cannedHistories();
const omWarning = histories[0]?.id ?? '';
const allWell = (): World => ({
  status: cannedStatus(), details: cannedTerms.map((terms) => cannedDetail(terms)), timelines: cannedTerms.map((terms) => cannedTimeline(terms, histories.flatMap(({ revisions }) => revisions))), histories,
  refuse: null, token: null, challenge: true, refuseWrite: null,
});

/** A page of a test's own, with everything that went wrong in it. */
interface Opened {
  readonly page: Page;
  /** Errors of scripts, of the page's rules, and requests that left the daemon. */
  readonly wrong: string[];
}

(missing ? describe.skip : describe)('the console in a browser', () => {
  let browser: Browser;
  let daemon: FakeDaemon;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    daemon = await startFakeDaemon(allWell(), consoleFolder);
  });
  afterAll(async () => {
    await browser.close();
    await daemon.stop();
  });

  /** Opens the console in a world, does something, and closes it again. */
  const inConsole = async (world: Partial<World>, at: string, options: Parameters<Browser['newContext']>[0], act: (opened: Opened) => Promise<void>): Promise<void> => {
    Object.assign(daemon.world, allWell(), world);
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      // A request that fails is told to the reader by the page; the browser says so too.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(daemon.url)) wrong.push(`a request to ${request.url()}`);
    });
    page.setDefaultTimeout(20_000);
    try {
      await page.goto(`${daemon.url}${at}`);
      await act({ page, wrong });
      expect(wrong).toEqual([]);
    } finally {
      await context.close();
    }
  };
  const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).filter({ visible: true }).first().waitFor();
  /** Sends an event to the page; it has to be there to hear it. */
  const send = (event: StreamEvent): void => expect(daemon.push(event)).toBeGreaterThan(0);
  /** What axe finds serious or critical in the page as it is. */
  const unfit = async (page: Page): Promise<readonly string[]> => {
    await page.evaluate(axe.source);
    return page.evaluate(async () => {
      const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
      const { violations } = await inPage.run(document, { resultTypes: ['violations'] });
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' | ')}`);
    });
  };
  /** Waits for the first chart; on a phone it is drawn when it is scrolled to. */
  const drawn = async (page: Page): Promise<void> => {
    await page.locator('.plot').first().scrollIntoViewIfNeeded();
    await page.locator('.plot svg path').first().waitFor({ state: 'attached' });
  };

  describe('at a desk', () => {
    it('shows the asset in most danger first: the sentence, the figures, the charts', async () => {
      await inConsole({}, '', desk, async ({ page }) => {
        await drawn(page);
        expect(await page.locator('.row.asset .name').allInnerTexts()).toEqual(['OM\ncritical', 'TIA\nwarning', 'INJ\nquiet', 'SUI\nquiet', 'AAVE\nquiet']);
        await sees(page, /a net sale of \$4\.1\sm \(3\.2 to 5\.6\) within 15\smin starts a liquidation cascade/);
        expect(await page.locator('.vitals').innerText()).toMatch(/feeds 11\/12[\s\S]*chains 2\/2[\s\S]*heartbeat \d+ s ago/);
        expect(await page.locator('.chart figcaption').count()).toBe(5);
        expect(await page.title()).toBe('(2) OM critical · Breakwater');
      });
    });
    it('follows the market: a score, a warning and a feed are seen as they come', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        const [om] = cannedTerms;
        const revision = histories[0]?.revisions.at(-1);
        if (om === undefined || revision === undefined) throw new Error('no canned data');
        const now = cannedStatus({}, cannedNow + 2_000).now;
        const detail: AssetDetail = cannedDetail({ ...om, price: 5.11, threshold: 3.3, moveHour: -0.12 }, now);
        send({ kind: 'assets', now, assets: [detail.summary] });
        send({ kind: 'asset', now, detail });
        await page.locator('.asset-head .price', { hasText: '$5.11' }).waitFor();
        await page.locator('.row.asset', { hasText: '$3.3 m' }).waitFor();
        send({ kind: 'warning', now, warning: { ...revision, id: 'BW-SUI-20250413-aaaaaaaa' as typeof revision.id, asset: 'SUI' as typeof revision.asset, revision: 1, onset: now } });
        await page.locator('.warnings li:first-child .row', { hasText: 'SUI' }).waitFor();
        // New and critical: said aloud, politely.
        await page.locator('[aria-live="polite"]', { hasText: 'critical, SUI' }).waitFor({ state: 'attached' });
        send({ kind: 'feeds', now, feeds: cannedStatus({ feeds: waitingFeeds() }).feeds });
        await sees(page, /feeds 8\/12/);
      });
    });
    it('opens a warning with its revisions, and tells where each number comes from', async () => {
      await inConsole({}, `#/OM/warning/${omWarning}`, desk, async ({ page }) => {
        await drawn(page);
        await page.locator('.revisions tbody tr:nth-child(3)').waitFor();
        await page.getByRole('button', { name: /^1\b.*show this revision/ }).click();
        await sees(page, 'Show the latest revision, 3');
        await page.locator('.figures button.num').first().click();
        await sees(page, 'Ignition threshold: where it comes from');
        await sees(page, new RegExp(`${omWarning}, revision 1`));
        await page.locator('dialog').getByText(/sha256:4be1d0c6/).waitFor();
        await page.keyboard.press('Escape');
        await page.locator('dialog').waitFor({ state: 'detached' });
      });
    });
    it('is worked by keys alone', async () => {
      await inConsole({}, '', desk, async ({ page }) => {
        await page.locator('.row.asset').first().waitFor();
        for (const key of ['j', 'j', 'k', 'j', 'Enter']) await page.keyboard.press(key);
        await page.waitForURL(/#\/TIA$/);
        await page.getByRole('heading', { level: 1, name: 'TIA' }).waitFor();
        for (let i = 0; i < 4; i++) await page.keyboard.press('j');
        await page.keyboard.press('Enter');
        await page.waitForURL(/#\/OM\/warning\//);
        await page.keyboard.press('?');
        await sees(page, 'Keys and terms');
        await page.keyboard.press('Escape');
        await page.keyboard.press('/');
        await page.keyboard.type('sui');
        await page.waitForFunction(() => document.querySelectorAll('.row.asset').length === 1);
        await page.keyboard.press('Escape');
        await page.waitForFunction(() => document.querySelectorAll('.row.asset').length === 5);
        await page.keyboard.press('a');
        await sees(page, `Acknowledge ${omWarning}`);
        await page.keyboard.type('calling the venue');
        await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
        await page.locator('dialog').waitFor({ state: 'detached' });
        await sees(page, /seen by Desk: “calling the venue”/);
        expect(daemon.acknowledged.at(-1)).toEqual({ id: omWarning, note: 'calling the venue' });
        expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
      });
    });
    it('says why an acknowledgement was refused, and offers none to those who may not write', async () => {
      const problem = { code: 'not-open', message: 'The warning has ended.', todo: 'Nothing is left to acknowledge.' };
      await inConsole({ refuseWrite: { status: 409, problem } }, '#/OM', desk, async ({ page }) => {
        await page.getByRole('button', { name: 'Acknowledge' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click();
        await sees(page, /The warning has ended\./);
        await sees(page, 'not-open');
      });
      await inConsole({ status: cannedStatus({ mayWrite: false }) }, '#/OM', desk, async ({ page }) => {
        await page.getByRole('heading', { level: 1, name: 'OM' }).waitFor();
        await page.keyboard.press('a');
        expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
        expect(await page.locator('dialog').count()).toBe(0);
      });
    });
    it('draws few rows of ten thousand warnings, and reads older ones as they are scrolled to', async () => {
      const many = manyWarnings(10_000).map((warning) => ({ id: warning.id, revisions: [warning] }));
      await inConsole({ histories: [...histories, ...many] }, '#/OM', desk, async ({ page }) => {
        await page.getByRole('button', { name: 'all', exact: true }).click();
        const body = page.locator('.warnings-pane .pane-body');
        for (let i = 0, end = false; i < 600 && !end; i++) {
          end = await body.evaluate((element) => {
            element.scrollTop = element.scrollHeight;
            return element.scrollHeight >= 10_003 * 64;
          });
          await page.waitForTimeout(50);
        }
        const last = many.at(-1)?.id ?? '';
        await body.evaluate((element) => {
          element.scrollTop = element.scrollHeight;
        });
        await page.locator(`[data-entry="warning:${last}"]`).waitFor();
        expect(await page.locator('.row.warning').count()).toBeLessThan(50);
      });
    });
    it('shows who holds an asset once it is scrolled to, and the page of an owner by keys alone', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        await page.locator('.later').scrollIntoViewIfNeeded();
        await page.locator('.addresses').waitFor();
        for (const title of ['Who holds it?', 'How much went to exchanges?', 'When do locked tokens come free?']) {
          const chart = page.locator('figure', { hasText: title });
          await chart.scrollIntoViewIfNeeded();
          await chart.locator('.plot svg path').first().waitFor({ state: 'attached' });
        }
        const flows = page.locator('figure', { hasText: 'How much went to exchanges?' });
        await flows.locator('.plot').hover();
        await flows.locator('.plot div:not(:has(svg))', { hasText: 'From the issuer' }).filter({ visible: true }).first().waitFor();
        await flows.getByRole('button', { name: 'as a table' }).click();
        await flows.getByRole('cell', { name: '2025-04-13, so far' }).waitFor();
        await page.locator('.settlement').getByText('rollup with a challenge period').waitFor();
        const link = page.locator('.owners').first().getByRole('link', { name: 'Harbour (fund)' });
        await link.focus();
        await page.keyboard.press('Enter');
        await page.waitForURL(/#\/OM\/owners\/fund%3Aharbour$/);
        await sees(page, /The label is disputed/);
        await sees(page, 'What is not known');
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
        await page.getByRole('article').getByRole('link', { name: 'OM' }).click();
        await page.getByRole('heading', { level: 1, name: 'OM' }).waitFor();
      });
      await inConsole({}, '#/assets/TIA', desk, async ({ page }) => {
        await page.locator('.later').scrollIntoViewIfNeeded();
        const floor = page.locator('figure', { hasText: 'Where would the reserve stop a fall?' });
        await floor.scrollIntoViewIfNeeded();
        await floor.locator('.plot svg path').first().waitFor({ state: 'attached' });
        await sees(page, /until 2025-04-24/);
      });
      await inConsole({}, '#/OM/owners/0xdead', desk, async ({ page }) => {
        await sees(page, 'Nothing is known of this owner now.');
        send({ kind: 'asset', now: cannedStatus({}, cannedNow + 1_000).now, detail: cannedDetail(cannedTerms[0] ?? { asset: 'OM', price: 1, moveHour: 0, threshold: null, openInterest: 1 }, cannedNow + 1_000) });
        await sees(page, 'Nothing is known of this owner now.');
      });
    });
    it('answers to a pointer in a chart, changes it into its numbers and back, and shows terms on focus', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        await page.locator('.plot').first().hover();
        await page.locator('.plot').first().locator('div:not(:has(svg))', { hasText: /\$/ }).filter({ visible: true }).first().waitFor();
        await page.getByRole('button', { name: 'as a table' }).first().click();
        await page.getByRole('cell', { name: '$4.1 m (3.2 to 5.6)' }).waitFor();
        await page.getByRole('button', { name: 'as a chart' }).click();
        await drawn(page);
        await page.getByRole('button', { name: 'Margin' }).focus();
        await page.getByRole('tooltip', { name: /divided by what could plausibly be sold/ }).or(page.getByText(/divided by what could plausibly be sold/)).first().waitFor();
      });
    });
  });

  describe('in every state', () => {
    it('first start: names what it waits for, and claims no quiet', async () => {
      const details = cannedTerms.map((terms) => cannedDetail({ ...terms, state: 'waiting' }));
      await inConsole({ status: cannedStatus({ feeds: waitingFeeds(), heartbeat: null }), details, histories: [], timelines: [] }, '', desk, async ({ page }) => {
        await sees(page, 'Waiting for the first figures');
        await page.locator('dd', { hasText: 'Gate swap' }).first().waitFor();
        await sees(page, 'No warning is open.');
        expect(await unfit(page)).toEqual([]);
      });
    });
    it('no warning: says since when it is quiet', async () => {
      await inConsole({ details: cannedTerms.slice(2).map((terms) => cannedDetail(terms)), histories: histories.slice(2) }, '', desk, async ({ page }) => {
        await sees(page, /Quiet since 15:02:34 UTC, 3 h ago, when the last warning ended\./);
        await sees(page, /No warning is open\./);
      });
    });
    it('no asset: says what to do', async () => {
      await inConsole({ details: [], histories: [], timelines: [] }, '', desk, async ({ page }) => {
        await page.locator('main').getByText('No asset is watched.').waitFor();
        expect(await unfit(page)).toEqual([]);
      });
    });
    it('stale: hatched, with its age', async () => {
      const [om] = cannedTerms;
      if (om === undefined) throw new Error('no terms');
      await inConsole({ details: [cannedDetail({ ...om, state: 'stale' }, cannedNow - 95_000)] }, '#/OM', desk, async ({ page }) => {
        await sees(page, /stale, \d+ s old/);
        expect(await page.locator('.row.asset.hatched').innerText()).toMatch(/critical, stale \d+ s/);
        expect(await unfit(page)).toEqual([]);
      });
    });
    it('not heard: a bar says since when, all is grey, and it comes back by itself', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        const colour = (): Promise<string> => page.locator('.asset-head .mark').evaluate((element) => getComputedStyle(element).color);
        const before = await colour();
        await daemon.down();
        await sees(page, /Connection to the daemon lost\. Last word \d\d:\d\d:\d\d UTC/);
        await sees(page, /Trying again/);
        expect(await colour()).not.toBe(before);
        expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
        expect(await unfit(page)).toEqual([]);
        await daemon.up();
        await page.locator('.bar.lost').waitFor({ state: 'detached' });
        expect(await colour()).toBe(before);
      });
    });
    it('restarted: says so and reads everything anew', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        const [om] = cannedTerms;
        if (om === undefined) throw new Error('no terms');
        daemon.world.status = cannedStatus({ instance: 'other', startedAt: cannedNow - 5_000 });
        daemon.world.details = [cannedDetail({ ...om, price: 5.01 })];
        daemon.drop();
        await sees(page, /The daemon was restarted at 18:02:29 UTC/);
        await page.locator('.asset-head .price', { hasText: '$5.01' }).waitFor();
        await page.waitForFunction(() => document.querySelectorAll('.row.asset').length === 1);
        await page.getByRole('button', { name: 'Close' }).click();
        await page.locator('.bar.restarted').waitFor({ state: 'detached' });
      });
    });
    it('another version: the page is loaded anew, and says why', async () => {
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        daemon.world.status = cannedStatus({ instance: 'other', version: '0.2.0' });
        const loaded = page.waitForEvent('load');
        daemon.drop();
        await loaded;
        await sees(page, /The daemon was restarted/);
      });
    });
    it('an error: its code and what to do', async () => {
      const problem = { code: 'unavailable', message: 'The store could not be used.', todo: 'Ask again; if it lasts, see the log of the daemon.' };
      await inConsole({}, '#/OM', desk, async ({ page }) => {
        await drawn(page);
        daemon.world.refuse = { status: 503, problem };
        await page.goto(`${daemon.url}#/TIA`);
        await sees(page, /unavailable/);
        await sees(page, /see the log of the daemon\./);
        daemon.world.refuse = null;
      });
      await inConsole({}, '#/XX', desk, async ({ page }) => {
        await sees(page, 'XX cannot be shown.');
        await sees(page, 'unknown-asset');
      });
    });
    it('a token is wanted: takes the one the browser asked for', async () => {
      await inConsole({ token: 'a-token-of-the-committee' }, '#/OM', { ...desk, httpCredentials: { username: 'desk', password: 'a-token-of-the-committee' } }, async ({ page }) => drawn(page));
    });
    it('a token is wanted and the browser does not ask: asks for it and goes on with it', async () => {
      await inConsole({ token: 'a-token-of-the-committee', challenge: false }, '#/OM', desk, async ({ page }) => {
        await sees(page, 'A token is needed');
        expect(await unfit(page)).toEqual([]);
        await page.getByLabel('Token').fill('a-token-of-the-committee');
        await page.getByRole('button', { name: 'Use it' }).click();
        await drawn(page);
      });
    });
    it('a drill: says so, and time stands still between steps', async () => {
      await inConsole({ status: cannedStatus({ clock: 'simulated' }) }, '#/OM', desk, async ({ page }) => {
        await sees(page, /Venues and chains are simulated and time runs in steps; it is 2025-04-13 here/);
        await drawn(page);
        await page.waitForTimeout(1_500);
        expect(await page.locator('.clock').innerText()).toBe('18:02:34 UTC');
        send({ kind: 'assets', now: cannedStatus({}, cannedNow + 60_000).now, assets: [] });
        await page.locator('.clock', { hasText: '18:03:34 UTC' }).waitFor();
      });
    });
  });

  describe('on a phone', () => {
    it('shows the list, then the asset, with a bar for assets, warnings and feeds', async () => {
      await inConsole({}, '', phone, async ({ page }) => {
        await page.locator('.row.asset', { hasText: 'TIA' }).tap();
        await page.getByRole('heading', { level: 1, name: 'TIA' }).waitFor();
        await drawn(page);
        expect(await page.locator('.side').isVisible()).toBe(false);
        await page.locator('.bottom').getByText('Warnings').tap();
        await page.locator('.row.warning').first().tap();
        await page.getByRole('heading', { level: 1, name: /OM/ }).waitFor();
        await page.locator('.bottom').getByText('Feeds').tap();
        await page.getByRole('heading', { level: 1, name: 'Feeds' }).waitFor();
        for (const place of ['#/', '#/OM', '#/OM/owners/issuer%3Amantra', '#/warnings', '#/feeds', `#/OM/warning/${omWarning}`]) {
          await page.goto(`${daemon.url}${place}`);
          await page.waitForTimeout(100);
          expect([place, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([place, 390]);
        }
      });
    });
  });

  describe('for everybody', () => {
    const views = ['#/OM', '#/TIA', '#/OM/owners/fund%3Aharbour', `#/OM/warning/${omWarning}`, '#/feeds', '#/warnings'];
    const settings = [['desk', 'light', desk], ['desk', 'dark', desk], ['phone', 'light', phone], ['phone', 'dark', phone]] as const;
    it.each(settings)('axe finds nothing serious: %s, %s', async (_name, colorScheme, device) => {
      for (const view of views) {
        await inConsole({}, view, { ...device, colorScheme }, async ({ page }) => {
          if (view === '#/OM' || view.includes('warning/')) await drawn(page);
          else if (view === '#/TIA') {
            await page.locator('.later').scrollIntoViewIfNeeded();
            await page.locator('.reserve').scrollIntoViewIfNeeded();
            await page.locator('.reserve .plot svg path').first().waitFor({ state: 'attached' });
          }
          else await page.locator('h1, .row').filter({ visible: true }).first().waitFor();
          expect([view, await unfit(page)]).toEqual([view, []]);
        });
      }
    });
    it('axe finds nothing serious in what lies over the page', async () => {
      await inConsole({}, '#/OM', { ...desk, colorScheme: 'dark' }, async ({ page }) => {
        await drawn(page);
        for (const open of [() => page.keyboard.press('?'), () => page.locator('.figures button.num').first().click(), () => page.keyboard.press('a')]) {
          await open();
          await page.locator('dialog').waitFor();
          expect(await unfit(page)).toEqual([]);
          await page.keyboard.press('Escape');
          await page.locator('dialog').waitFor({ state: 'detached' });
        }
      });
    });
  });

  it('asked for nothing that is not there', () => {
    expect(daemon.strange).toEqual([]);
  });
});

describe('the files of the console', () => {
  const files = readdirSync(consoleFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  it('are under 250 kB packed for the first screen, its charts included; what only charts further down need comes when they are neared', () => {
    const packed = (of: readonly string[]): number => of.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    const named = (name: string): string => files.find((file) => new RegExp(`/${name}-[\\w-]{8}\\.js$`).test(file)) ?? '';
    /** A file of script with all that it imports at once; what it asks for later has brackets behind `import`. */
    const withImports = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
      if (seen.has(file)) return seen;
      seen.add(file);
      for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) withImports(join(file, '..', path), seen);
      return seen;
    };
    const first = new Set([...withImports(named('index')), ...withImports(named('draw')), ...files.filter((file) => !file.endsWith('.js'))]);
    const later = ['draw-more', 'draw-addresses', 'address-view'].map(named);
    expect(later.filter((file) => first.has(file) || file === '')).toEqual([]);
    expect(first.size).toBeGreaterThan(4);
    expect(packed([...first])).toBeLessThan(250_000);
    expect(packed(files.filter((file) => !first.has(file)))).toBeLessThan(60_000);
  });
  it('name no address outside themselves, and need no rule for inline script or style', () => {
    const page = readFileSync(join(consoleFolder, 'index.html'), 'utf8');
    expect(page).not.toMatch(/https?:|<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/);
    for (const file of files) expect(/\.(html|js|css|svg)$/.test(file)).toBe(true);
  });
});
