import type { WarningMessage, WarningState } from '@breakwater/contracts';
import { defined, type EpochMs } from '@breakwater/models/core';
import type { OrderBook } from '@breakwater/models/market';
import type { Journal } from '@breakwater/platform/store';
import type { Level, MarketSpec } from '@breakwater/simulator';
import type { Observer } from './test-observer.ts';
import { instrumentOf, type Servers } from './test-servers.ts';
import { stepMs } from './test-scenario.ts';

/** Which states may follow a state. */
const lawful: Readonly<Record<WarningState, readonly WarningState[]>> = {
  firing: ['firing', 'acknowledged', 'resolved', 'retracted', 'expired'], acknowledged: ['firing', 'acknowledged', 'resolved', 'retracted', 'expired'],
  resolved: [], retracted: [], expired: [],
};
const severities = ['watch', 'warning', 'critical'];

function byWarning(warnings: readonly WarningMessage[]): ReadonlyMap<string, readonly WarningMessage[]> {
  const groups = new Map<string, WarningMessage[]>();
  for (const warning of warnings) groups.set(warning.id, [...(groups.get(warning.id) ?? []), warning]);
  return groups;
}

/** Checks the store's log of warnings and what every recipient received of it. */
export function checkLog(warnings: readonly WarningMessage[], received: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found: string[] = [];
  const byId = byWarning(warnings);
  for (const [id, revisions] of byId) {
    revisions.forEach((warning, i) => {
      const before = revisions[i - 1];
      if (warning.revision !== i + 1) found.push(`${id}: revision ${warning.revision} stands where ${i + 1} should`);
      if (before === undefined ? warning.state !== 'firing' : !lawful[before.state].includes(warning.state)) found.push(`${id}: ${warning.state} after ${before?.state ?? 'nothing'}`);
      if (before !== undefined && severities.indexOf(warning.severity) < severities.indexOf(before.severity)) found.push(`${id}: severity fell from ${before.severity} to ${warning.severity}`);
      // One score gives a warning at most one revision, also when it comes twice.
      if (before !== undefined && warning.eventTime <= before.eventTime) found.push(`${id}: revision ${warning.revision} is not dated after the one before it`);
    });
  }
  const open = new Map<string, string>();
  for (const { id, warning, state } of warnings) {
    const other = open.get(warning);
    if (other !== undefined && other !== id) found.push(`${id} of ${warning} was opened while ${other} was open`);
    if (state === 'firing' || state === 'acknowledged') open.set(warning, id);
    else open.delete(warning);
  }
  for (const [recipient, deliveries] of received) {
    const first = [...new Set(deliveries)];
    const known = new Set(warnings.map((warning) => `${warning.id}#${warning.revision}`));
    for (const delivery of first) if (!known.has(delivery)) found.push(`${recipient} received ${delivery}, which is not in the store`);
    for (const [id, revisions] of byId) {
      const expected = revisions.map((warning) => `${id}#${warning.revision}`);
      const got = first.filter((delivery) => delivery.startsWith(`${id}#`));
      if (got.join() !== expected.join()) found.push(`${recipient} received [${got.join(' ')}] of [${expected.join(' ')}]`);
    }
  }
  return found;
}

/** What is looked at when everything has settled. */
export interface EndState {
  readonly servers: Servers;
  readonly observer: Observer;
  readonly journal: Journal;
  readonly now: EpochMs;
}

/** Checks that the system is well again: books, feeds, deposits, and that no warning rests on a transfer that never was. */
export async function checkEnd(end: EndState): Promise<readonly string[]> {
  return [...checkBooks(end), ...checkScoredPrices(end), ...checkHealth(end), ...(await checkDeposits(end))];
}

/** Levels of a book that a venue shows on its stream (Hyperliquid: 20 a side; the others more than a simulated book has). */
const shown: Readonly<Record<string, number>> = { hyperliquid: 20 };

function printed(book: OrderBook, side: 'bids' | 'asks', depth: number): string {
  return book.levels(side, depth).map((x) => x.toPrecision(9)).join(' ');
}
function expectedLevels(spec: MarketSpec, levels: readonly Level[], depth: number): string {
  return levels.slice(0, depth).flatMap(([ticks, lots]) => [ticks * spec.tick, lots * spec.lot]).map((x) => x.toPrecision(9)).join(' ');
}

function checkBooks({ servers, observer }: EndState): readonly string[] {
  const found: string[] = [];
  for (const { spec, book } of servers.world.markets()) {
    const instrument = instrumentOf(spec);
    const held = observer.books.get(instrument);
    if (held === undefined) {
      found.push(`${instrument}: no book was published`);
      continue;
    }
    const depth = shown[spec.venue] ?? 10_000;
    for (const side of ['bids', 'asks'] as const) {
      const [is, should] = [printed(held, side, depth), expectedLevels(spec, book[side], depth)];
      if (is !== should) found.push(`${instrument}: ${side} are ${is} and should be ${should}`);
    }
  }
  return found;
}

/**
 * Checks the best bids that scoring used: a market's price in dollars over its best bid is its quote's rate, the same for every market of that
 * quote. The bid is that of the tick's own step, or of the one before where the venue's clock is ahead of ours.
 */
function checkScoredPrices({ servers, observer }: EndState): readonly string[] {
  const score = observer.scores.at(-1);
  if (score === undefined) return [];
  const found: string[] = [];
  const rates = new Map<string, readonly number[]>();
  for (const { spec } of servers.world.markets()) {
    const instrument = instrumentOf(spec);
    const price = score.markets.find((market) => market.instrument === instrument)?.price;
    if (price == null) {
      found.push(`${instrument}: the last score has no price of it`);
      continue;
    }
    const own = [0, stepMs].flatMap((back) => servers.bestBid(instrument, score.eventTime - back) ?? []).map((bid) => price / bid);
    const worth = servers.world.conditions().usdPer[spec.quote] ?? 1;
    const common = (rates.get(spec.quote) ?? own).filter((rate) => Math.abs(rate / worth - 1) < 0.005 && own.some((one) => Math.abs(one - rate) < 1e-9));
    if (common.length === 0) found.push(`${instrument}: the last score's price ${price} is not that of its best bid (over the bid ${own.join(' or ')}, others ${String(rates.get(spec.quote)?.join(' or '))})`);
    else rates.set(spec.quote, common);
  }
  return found;
}

/**
 * Inputs that are lawfully out though every feed is well: dollar rates where no venue of the scenario gives any (OKX does), and open interest
 * on Bybit, whose updates leave out what has not changed, as it never does in a scenario without a crash.
 */
function mayBeOut(input: string, servers: Servers): boolean {
  if (input.startsWith('rate.')) return !servers.hosts.includes('okx');
  return /^(openInterest|positions)\.bybit:/.test(input);
}

function checkHealth({ observer, servers, now }: EndState): readonly string[] {
  const found = [...observer.health.values()].filter(({ status }) => status !== 'ok')
    .map(({ source, channel, instrument, status, reason, detail }) => `${source} ${channel} ${instrument ?? ''} is ${status} at the end (${reason} ${detail ?? ''})`);
  const score = observer.scores.at(-1);
  if (score === undefined) return [...found, 'no score was published'];
  if (now - score.eventTime > 30_000) found.push(`the last score is ${now - score.eventTime} ms old at the end`);
  for (const input of score.inputs) {
    if ((input.status === 'stale' || input.status === 'missing') && !mayBeOut(input.name, servers)) found.push(`input ${input.name} of the last score is ${input.status}`);
  }
  return found;
}

async function checkDeposits({ servers, observer, journal }: EndState): Promise<readonly string[]> {
  const found: string[] = [];
  const deposits = await servers.deposits();
  const score = observer.scores.at(-1);
  if (score !== undefined) {
    const counted = deposits.filter(({ at }) => at <= score.eventTime);
    const units = counted.reduce((sum, deposit) => sum + deposit.units, 0);
    const { day } = score.deposits;
    if (day.count !== counted.length || day.units !== units) found.push(`the last score counts ${day.count} deposits of ${day.units} units, the chain ${counted.length} of ${units}`);
  }
  const canonical = new Set(deposits.map(({ tx }) => tx));
  const warnings = (await journal.warnings(0, 10_000)).map((row) => row.warning);
  for (const [id, revisions] of byWarning(warnings)) {
    const last = defined(revisions.at(-1), 'a revision');
    if (last.warning !== 'cascade.ignition' || last.trigger === null) continue;
    const stands = canonical.has(last.trigger.tx);
    if (last.state === 'firing' && !stands) found.push(`${id} is firing and rests on ${last.trigger.tx}, which is not on the chain`);
    if (last.state === 'retracted' && stands) found.push(`${id} was retracted and its transfer ${last.trigger.tx} is on the chain`);
  }
  return found;
}
