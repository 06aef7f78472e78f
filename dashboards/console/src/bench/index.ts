import { gzipSync } from 'node:zlib';

/** What the console costs its reader. */
export interface ConsoleFigures {
  /** Bytes of everything the first load asks for, charts included, each file gzipped. */
  readonly bytesGzipped: number;
  /** From an event in the daemon to the frame that shows it: median, and the slowest of all, milliseconds. */
  readonly eventToPaintMs: number;
  readonly eventToPaintMsMax: number;
  /** The longest time between two frames while everything changes and the list of warnings is scrolled, milliseconds. */
  readonly longestFrameMs: number;
  readonly events: number;
  readonly frames: number;
}

/** What a measurement drives. */
export interface ConsoleBench {
  /** Where the console is served. */
  readonly url: string;
  /** A Chromium to run. */
  readonly executablePath: string;
  readonly assets: number;
  readonly warnings: number;
  /** Publishes a change of the asset in front and gives the text that shows it; the clock is read just before. */
  readonly change: (n: number) => { readonly asset: string; readonly text: string; readonly at: number };
  /** Publishes a round of changes: one for every asset. Called four times a second. */
  readonly round: (n: number) => void;
  /** Waits of real time. */
  readonly wait: (ms: number) => Promise<void>;
}

/** A page's own work, as far as it is called from here: what runs in it is text to this module. */
interface BenchPage {
  goto(url: string): Promise<unknown>;
  on(event: 'response', listener: (response: { url(): string; body(): Promise<Buffer> }) => void): unknown;
  evaluate<T>(script: string): Promise<T>;
}

/** Changes that are timed, and how far apart they are: further than the server's own quarter second. */
const events = 40;
const eventEveryMs = 400;
/** How long everything changes at once. */
const busyMs = 8_000;
const roundEveryMs = 250;
const loadTimeoutMs = 30_000;
const loadedEveryMs = 50;

/**
 * Opens the console in Chromium and measures what loading, following and scrolling it cost. Takes about half a minute. Rejects with an `Error` that says what to do when
 * there is no browser.
 */
export async function measureConsole(bench: ConsoleBench): Promise<ConsoleFigures> {
  // Only those who measure need it: it is no dependency of the page.
  const { chromium } = await import('playwright-core').catch(() => {
    throw new Error('playwright-core is not installed. Run `npm ci` in the checkout.');
  });
  const browser = await chromium.launch({ executablePath: bench.executablePath, args: ['--no-sandbox'] }).catch((error: unknown) => {
    throw new Error(`${bench.executablePath} did not start. Install Chromium (on Debian: apt-get install chromium) or name another with --chromium.`, { cause: error });
  });
  try {
    const page: BenchPage = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    const bytesGzipped = await firstLoad(page, bench);
    const delays = await followEvents(page, bench);
    const { longest, frames } = await everythingAtOnce(page, bench);
    delays.sort((a, b) => a - b);
    return {
      bytesGzipped, eventToPaintMs: delays[delays.length >> 1] ?? Number.NaN, eventToPaintMsMax: delays.at(-1) ?? Number.NaN, longestFrameMs: Math.round(longest * 10) / 10, events: delays.length, frames,
    };
  } finally {
    await browser.close();
  }
}

async function firstLoad(page: BenchPage, { url, assets, wait }: ConsoleBench): Promise<number> {
  const files: Promise<number>[] = [];
  page.on('response', (response) => {
    // What the API answers is data, not the page.
    if (new URL(response.url()).pathname.startsWith('/v1/')) return;
    const size = response.body().then((body) => gzipSync(body, { level: 9 }).length);
    // Awaited at the end; what fails before that is told by what failed first.
    size.catch(() => undefined);
    files.push(size);
  });
  await page.goto(url);
  // Asked from outside: the page's rules let nothing in it evaluate text, which waiting inside it would do.
  const loaded = `document.querySelectorAll('.row.asset').length >= ${String(assets)} && document.querySelector('.plot svg path') !== null`;
  for (let waited = 0; !(await page.evaluate<boolean>(loaded)); waited += loadedEveryMs) {
    if (waited >= loadTimeoutMs) throw new Error(`the console did not show ${String(assets)} assets and a chart within ${String(loadTimeoutMs / 1_000)} s.`);
    await wait(loadedEveryMs);
  }
  return (await Promise.all(files)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Each change is looked for in the frame after it is in the page; the page and the daemon are on one machine, so one clock tells both times. */
async function followEvents(page: BenchPage, { change, wait }: ConsoleBench): Promise<number[]> {
  await page.evaluate(`(() => {
    globalThis.seenAt = new Map();
    new MutationObserver(() => {
      for (const row of document.querySelectorAll('.row.asset')) {
        const text = row.textContent;
        const key = row.dataset.entry + text;
        if (!seenAt.has(key)) requestAnimationFrame(() => { if (!seenAt.has(key)) seenAt.set(key, Date.now()); });
      }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);
  const delays: number[] = [];
  for (let n = 0; n < events; n++) {
    const { asset, text, at } = change(n);
    await wait(eventEveryMs + ((n * 37) % 100));
    const seen = await page.evaluate<number | null>(`(() => {
      for (const [key, at] of seenAt) if (key.startsWith('asset:${asset}') && key.includes(${JSON.stringify(text)})) return at;
      return null;
    })()`);
    if (seen === null) throw new Error(`${asset} never showed ${text}: the page does not follow the daemon.`);
    delays.push(seen - at);
  }
  return delays;
}

async function everythingAtOnce(page: BenchPage, { round, wait, warnings }: ConsoleBench): Promise<{ readonly longest: number; readonly frames: number }> {
  await page.evaluate(`(() => {
    const list = [...document.querySelectorAll('*')].filter((e) => e.querySelector(':scope .warnings') !== null && e.scrollHeight > e.clientHeight + 50).at(-1);
    globalThis.frameTimes = [];
    globalThis.scrolled = list === undefined ? 0 : list.scrollHeight;
    let before = performance.now();
    const step = (now) => {
      frameTimes.push(now - before);
      before = now;
      if (list !== undefined) list.scrollTop = (list.scrollTop + 120) % Math.max(1, list.scrollHeight - list.clientHeight);
      requestAnimationFrame(step);
    };
    requestAnimationFrame((now) => { before = now; requestAnimationFrame(step); });
  })()`);
  for (let n = 0; n * roundEveryMs < busyMs; n++) {
    round(n);
    await wait(roundEveryMs);
  }
  const { frames, scrolled } = await page.evaluate<{ frames: readonly number[]; scrolled: number }>('({ frames: frameTimes, scrolled })');
  if (warnings > 100 && scrolled < 5_000) throw new Error(`the list of ${String(warnings)} warnings is only ${String(scrolled)} px long: the page does not show them.`);
  return { longest: frames.reduce((longest, ms) => Math.max(longest, ms), 0), frames: frames.length };
}
