import { describe, expect, it } from '@jest/globals';
import type { BookMessage } from '@breakwater/contracts';
import type { EpochMs, Rng, SourceId } from '@breakwater/models/core';
import { createRng, epochMs } from '@breakwater/models/core';
import { allVenues } from '../feeds.ts';
import type { Intake } from './intake.ts';
import { createIntake } from './intake.ts';
import type { CaptureLine } from '../replay/index.ts';
import type { Stage } from '../replay/stages.ts';
import { answerSeeds, chooseStage, openStages, routeConnections } from '../replay/stages.ts';
import { createSource } from '../source.ts';
import { captureLines } from '../testing/data.ts';
import { damagedFrame } from '../testing/damaged-frame.ts';
import type { BookEvent, Venue } from '../venue.ts';

/** A side as a plain map: the oracle knows nothing of the ladder under test. */
type Side = Map<number, number>;
interface Folded {
  bids: Side;
  asks: Side;
  valid: boolean;
}

const MAX_FRAME_BYTES = 400_000;

function fold(book: Folded, snapshot: boolean, bids: readonly number[], asks: readonly number[]): void {
  if (snapshot) {
    book.bids = new Map();
    book.asks = new Map();
    book.valid = true;
  }
  const set = (side: Side, levels: readonly number[]): void => {
    for (let i = 0; i < levels.length; i += 2) {
      const [price, qty] = [levels[i] ?? NaN, levels[i + 1] ?? NaN];
      if (!(price > 0) || !(qty >= 0)) throw new Error(`unlawful level ${price} ${qty}`);
      if (qty === 0) side.delete(price);
      else side.set(price, qty);
    }
  };
  set(book.bids, bids);
  set(book.asks, asks);
}

function bestBid(book: Folded): number | null {
  let best = -Infinity;
  for (const price of book.bids.keys()) if (price > best) best = price;
  return best === -Infinity ? null : best;
}

function bestAsk(book: Folded): number | null {
  let best = Infinity;
  for (const price of book.asks.keys()) if (price < best) best = price;
  return best === Infinity ? null : best;
}

/** Bybit's book rule once more, from the raw frame: its own parser, its own sequence rule, its own fold. */
function createBybitOracle() {
  const books = new Map<string, Folded & { u: number }>();
  return {
    books,
    frame: (text: string, receivedAt: number): void => {
      let f: { topic?: unknown; type?: unknown; ts?: unknown; data?: { s?: unknown; u?: unknown; b?: unknown; a?: unknown } | null } | null;
      try {
        f = JSON.parse(text) as typeof f;
      } catch {
        return;
      }
      if (typeof f !== 'object' || f === null || typeof f.topic !== 'string' || !f.topic.startsWith('orderbook.') || /^orderbook\.(1|rpi)\./.test(f.topic)) return;
      const d = f.data;
      const number = /^(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$/;
      const side = (v: unknown): number[] | undefined => {
        if (!Array.isArray(v)) return undefined;
        const out: number[] = [];
        for (const level of v as unknown[]) {
          if (!Array.isArray(level) || level.length < 2) return undefined;
          for (const x of [level[0], level[1]] as unknown[]) {
            const n = typeof x === 'number' ? x : typeof x === 'string' && x.length <= 64 && number.test(x) ? Number(x) : NaN;
            if (!Number.isFinite(n) || n < 0) return undefined;
            out.push(n);
          }
          if (out.at(-2) === 0) return undefined;
        }
        return out;
      };
      if ((f.type !== 'snapshot' && f.type !== 'delta') || typeof d !== 'object' || d === null || Array.isArray(d)) return;
      const time = typeof f.ts === 'string' && number.test(f.ts) ? Number(f.ts) : f.ts;
      if (typeof time !== 'number' || !Number.isInteger(time) || time < Date.UTC(2010, 0) || time >= Date.UTC(2100, 0) || time > receivedAt + 60_000) return;
      if (typeof d.s !== 'string' || typeof d.u !== 'number' || !Number.isSafeInteger(d.u) || d.u < -1) return;
      const [bids, asks] = [side(d.b), side(d.a)];
      if (bids === undefined || asks === undefined) return;
      const book = books.get(d.s) ?? { bids: new Map(), asks: new Map(), valid: false, u: NaN };
      books.set(d.s, book);
      if (f.type === 'snapshot' || d.u === 1) {
        fold(book, true, bids, asks);
        book.u = d.u;
      } else if (!book.valid || d.u <= book.u) return;
      else if (d.u !== book.u + 1) book.valid = false;
      else {
        fold(book, false, bids, asks);
        book.u = d.u;
      }
      if ((bestBid(book) ?? -1) >= (bestAsk(book) ?? Infinity)) book.valid = false;
    },
  };
}

/** A venue whose rule's decisions are folded into maps beside the intake. */
function observed(venue: Venue, books: Map<string, Folded>): Venue {
  return {
    ...venue,
    createSync: () => {
      const sync = venue.createSync();
      return {
        ...sync,
        next: (event: BookEvent) => {
          const step = sync.next(event);
          const book = books.get(event.symbol) ?? { bids: new Map(), asks: new Map(), valid: false };
          books.set(event.symbol, book);
          if (step.kind === 'apply') for (const e of step.events) fold(book, e.snapshot, e.bids, e.asks);
          return step;
        },
      };
    },
  };
}

interface Run {
  mutations: number;
  accepted: number;
  rejected: number;
  broken: number;
  comparisons: number;
}

/** One pass over a capture from its start, with `budget` mutations at most; a pass ends early when every book is out of use. */
function pass(lines: readonly CaptureLine[], opened: ReadonlyMap<SourceId, Stage>, routes: ReadonlyMap<string, readonly Venue[]>, rng: Rng, budget: number, run: Run): void {
  const published = new Map<string, Folded>();
  const applied = new Map<string, Map<string, Folded>>();
  const stages = new Map<SourceId, Stage>();
  const onBook = (m: BookMessage): void => {
    const book = published.get(m.instrument) ?? { bids: new Map(), asks: new Map(), valid: false };
    published.set(m.instrument, book);
    if (!m.snapshot && !book.valid) throw new Error(`${m.instrument}: a change was published without a book`);
    fold(book, m.snapshot, m.bids, m.asks);
    if ((bestBid(book) ?? -1) >= (bestAsk(book) ?? Infinity)) throw new Error(`${m.instrument}: a crossed book was published`);
  };
  for (const [id, stage] of opened) {
    const books = new Map<string, Folded>();
    applied.set(id, books);
    const source = createSource(stage.source.id, (_topic, m) => {
      if (m.kind === 'book') onBook(m);
      if (m.kind === 'feed.health' && m.channel === 'book' && m.status !== 'ok') {
        const book = published.get(m.instrument ?? '');
        if (book !== undefined) book.valid = false;
      }
    });
    stages.set(id, { ...stage, source, intake: createIntake({ venue: observed(stage.venue, books), registry: stage.registry, source, maxFrameBytes: MAX_FRAME_BYTES }) });
  }
  for (const line of lines) if (line.t === 'http') answerSeeds(stages, line, at(line));
  const oracle = new Map([...stages.values()].filter((s) => s.venue.venue === 'bybit').map((s) => [s, createBybitOracle()]));
  const frames = lines.filter((l) => l.t === 'recv').map((l) => ({ bytes: Buffer.from(l.data), at: at(l), conn: l.conn }));
  const feed = (bytes: Buffer, when: EpochMs, conn: string): Intake | undefined => {
    const candidates = (routes.get(conn) ?? []).flatMap((v) => stages.get(v.source) ?? []);
    const text = bytes.toString('utf8');
    const stage = candidates.length > 1 ? chooseStage(candidates, text, when) : candidates[0];
    stage?.intake.frame(bytes, when, conn);
    // Bytes that are not UTF-8 never reach a parser.
    if (stage !== undefined && bytes.length <= MAX_FRAME_BYTES && Buffer.from(text).equals(bytes)) oracle.get(stage)?.frame(text, when);
    return stage?.intake;
  };
  const compare = (): void => {
    for (const [id, stage] of stages) {
      for (const book of stage.intake.books()) {
        const seen = published.get(book.instrument);
        if (!book.inUse) {
          expect(seen?.valid ?? false).toBe(false);
          continue;
        }
        run.comparisons++;
        const own = applied.get(id)?.get(book.symbol);
        const independent = oracle.get(stage)?.books.get(book.symbol);
        for (const other of [seen, own, ...(oracle.has(stage) ? [independent] : [])]) {
          expect({ i: book.instrument, bid: other && bestBid(other), ask: other && bestAsk(other), levels: other && other.bids.size + other.asks.size, valid: other === own ? true : other?.valid })
            .toEqual({ i: book.instrument, bid: book.bestBid, ask: book.bestAsk, levels: book.levels, valid: true });
        }
        // Level by level.
        for (const other of [own, independent]) {
          if (other === undefined) continue;
          for (const [p, q] of other.bids) if (seen?.bids.get(p) !== q) throw new Error(`${book.instrument}: bid ${p} differs`);
          for (const [p, q] of other.asks) if (seen?.asks.get(p) !== q) throw new Error(`${book.instrument}: ask ${p} differs`);
        }
      }
    }
  };
  const end = run.mutations + budget;
  for (const [i, frame] of frames.entries()) {
    const normal = i < 40 || rng.chance(0.3);
    if (normal) {
      feed(frame.bytes, frame.at, frame.conn);
      continue;
    }
    for (let k = 0; k < 3 && run.mutations < end; k++) {
      const intake = feed(damagedFrame(frame.bytes, frames[rng.int(frames.length)]?.bytes ?? frame.bytes, rng, MAX_FRAME_BYTES), frame.at, frame.conn);
      run.mutations++;
      if (intake !== undefined && run.mutations % 53 === 0) compare();
    }
    // Seldom the frame itself is lost too.
    if (!rng.chance(0.01)) feed(frame.bytes, frame.at, frame.conn);
    if (run.mutations >= end) break;
    if (i % 64 === 0 && i > 200 && [...stages.values()].every((s) => s.intake.books().every((b) => !b.inUse))) break;
  }
  compare();
  for (const stage of stages.values()) {
    const c = stage.intake.counters();
    const sum = (t: Readonly<Record<string, number>>): number => Object.values(t).reduce((a, b) => a + b, 0);
    expect(c.framesNormalized + sum(c.control) + sum(c.ignored) + sum(c.rejected)).toBe(c.frames);
    run.accepted += c.framesNormalized;
    run.rejected += sum(c.rejected);
    run.broken += c.gaps;
  }
}

const at = (line: CaptureLine): EpochMs => epochMs(Math.max(0, Math.floor(line.ts * 1000)));

describe('mutated frames of recorded captures', () => {
  it.each([['BYBIT', 40_000], ['OKX', 10_000], ['BINANCE', 20_000], ['BINANCE_FUTURES', 30_000], ['BITGET', 5_000]] as const)(
    '%s: %i mutations crash nothing, cross nothing and leave no wrong book in use',
    async (name, wanted) => {
      const lines = await captureLines(name);
      if (lines === undefined) return;
      const opened = openStages(lines, { venues: allVenues, publish: () => undefined, assets: 'all' }, at(lines.find((l) => l.ts > 0) ?? lines[0] as CaptureLine));
      const routes = routeConnections(lines, allVenues, name);
      const run: Run = { mutations: 0, accepted: 0, rejected: 0, broken: 0, comparisons: 0 };
      const rng = createRng(20_261_121).fork(name);
      while (run.mutations < wanted) pass(lines, opened, routes, rng, wanted - run.mutations, run);
      console.log(name, JSON.stringify(run));
      expect(run.mutations).toBe(wanted);
      // The mutations bite: many are refused, some break books, and books stay in use long enough to be compared.
      expect(run.rejected).toBeGreaterThan(wanted / 4);
      expect(run.broken).toBeGreaterThan(0);
      expect(run.comparisons).toBeGreaterThan(50);
    },
  );
});
