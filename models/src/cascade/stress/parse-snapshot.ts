import { err, ok, type Result } from '../../core/index.ts';
import { triggersFromRows, wholeNumber, type Ladder, type LiquidationOrder, type PositionSide, type Triggers } from '../../market/index.ts';
import { cascadeMarket, type CascadeMarket, type MarketKind, type ShockSide } from '../cascade-market.ts';
import type { ArbitrageEdge, HedgeLink, MarkRule, MarkSources, NetworkSystem } from '../network-system.ts';
import { NO_WITHDRAWAL, type Withdrawal } from '../withdrawal.ts';
import { createFieldReader, joined, type FieldReader, type StressProblem } from './fields.ts';

/** A market snapshot that keeps every rule, in whole ticks and lots. */
export interface StressCase {
  readonly asset: string;
  readonly asOf: string;
  readonly ignitionGap: number;
  readonly system: NetworkSystem;
  /** Whole lots, one a market. */
  readonly shockLots: readonly number[];
}

const kinds = ['linear', 'inverse', 'spot'] as const satisfies readonly MarketKind[];
const orders = ['market', 'limitAtBankruptcy'] as const satisfies readonly LiquidationOrder[];
const rules = ['mean', 'median', 'clip2'] as const satisfies readonly MarkRule[];
const sides = ['sell', 'buy'] as const satisfies readonly ShockSide[];
const maxTick = 0x7fffffff;
const positive = (x: number): boolean => x > 0;
const notNegative = (x: number): boolean => x >= 0;
const isShare = (x: number): boolean => x >= 0 && x <= 1;

/**
 * Reads a snapshot from parsed JSON. Every field is checked, and every problem is given at once; links between markets are checked as far as the markets they name can be
 * read. O(document).
 */
export function parseSnapshot(document: unknown): Result<StressCase, readonly StressProblem[]> {
  const read = createFieldReader();
  const fields = read.mapping('', document, ['asset', 'asOf', 'ignitionGap', 'markets', 'edges', 'hedges', 'marks', 'shocks']);
  if (fields === undefined) return err(read.problems);
  const asset = read.text('asset', fields['asset']);
  const asOf = read.text('asOf', fields['asOf']);
  if (asOf !== undefined && Number.isNaN(Date.parse(asOf))) read.problem('asOf', 'must be a time, as in 2025-04-13T18:20:00Z', asOf);
  const ignitionGap = fields['ignitionGap'] === undefined ? 0.02 : read.number('ignitionGap', fields['ignitionGap'], 'must be above 0 and below 1', (x) => x > 0 && x < 1);
  const { markets, index } = readMarkets(read, fields['markets']);
  const links: Links = { read, markets, index };
  const edges = readEdges(links, fields['edges']);
  const hedges = readHedges(links, fields['hedges']);
  const marks = readMarks(links, fields['marks']);
  const { side, shockLots } = readShocks(links, fields['shocks']);
  const whole = markets.filter((market) => market !== undefined);
  if (read.problems.length > 0 || asset === undefined || asOf === undefined || ignitionGap === undefined || whole.length !== markets.length) return err(read.problems);
  return ok({ asset, asOf, ignitionGap, system: { side, markets: whole, edges, hedges, marks }, shockLots });
}

interface Links {
  readonly read: FieldReader;
  /** In the order of the document; undefined where one could not be read. */
  readonly markets: readonly (CascadeMarket | undefined)[];
  /** Place of each id. */
  readonly index: ReadonlyMap<string, number>;
}

function readMarkets(read: FieldReader, value: unknown): Pick<Links, 'markets' | 'index'> {
  const index = new Map<string, number>();
  const list = read.list('markets', value) ?? [];
  if (list.length === 0 && Array.isArray(value)) read.problem('markets', 'must have at least one market', value);
  const markets = list.map((entry, i) => {
    const market = readMarket(read, `markets[${String(i)}]`, entry);
    const id = typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
    if (typeof id !== 'string') return market;
    if (index.has(id)) read.problem(`markets[${String(i)}].id`, 'must be unique', id);
    else index.set(id, i);
    return market;
  });
  return { markets, index };
}

const marketFields = ['id', 'kind', 'tickSize', 'lotSize', 'contractSize', 'bids', 'asks', 'longTriggers', 'shortTriggers', 'liquidationOrder', 'withdrawal'];

function readMarket(read: FieldReader, path: string, value: unknown): CascadeMarket | undefined {
  const fields = read.mapping(path, value, marketFields);
  if (fields === undefined) return undefined;
  const id = read.text(`${path}.id`, fields['id']);
  const kind = read.oneOf(`${path}.kind`, fields['kind'], kinds);
  const size = (name: string, fallback?: number): number | undefined =>
    fields[name] === undefined && fallback !== undefined ? fallback : read.number(`${path}.${name}`, fields[name], 'must be above 0', positive);
  const [tickSize, lotSize, contractSize] = [size('tickSize'), size('lotSize'), size('contractSize', 1)];
  const grid: Grid = { tickSize, lotSize };
  const bids = readLadder(read, `${path}.bids`, fields['bids'], grid, 1);
  const asks = readLadder(read, `${path}.asks`, fields['asks'], grid, -1);
  const triggers = (name: string, side: PositionSide): Triggers | undefined => readTriggers(read, `${path}.${name}`, fields[name] ?? [], grid, side);
  const [longTriggers, shortTriggers] = [triggers('longTriggers', 'long'), triggers('shortTriggers', 'short')];
  const liquidationOrder = fields['liquidationOrder'] === undefined ? 'market' : read.oneOf(`${path}.liquidationOrder`, fields['liquidationOrder'], orders);
  const withdrawal = fields['withdrawal'] === undefined ? NO_WITHDRAWAL : readWithdrawal(read, `${path}.withdrawal`, fields['withdrawal']);
  const [bestBid, bestAsk] = [bids?.ticks[0], asks?.ticks[0]];
  if (bestBid !== undefined && bestAsk !== undefined && bestBid >= bestAsk) read.problem(`${path}.bids[0][0]`, 'the best bid must be below the best ask', fields['bids']);
  if (id === undefined || kind === undefined || tickSize === undefined || lotSize === undefined || contractSize === undefined) return undefined;
  if (bids === undefined || asks === undefined || longTriggers === undefined || shortTriggers === undefined || liquidationOrder === undefined || withdrawal === undefined) return undefined;
  return cascadeMarket({ id, kind, tickSize, lotSize, contractSize, bids, asks, longTriggers, shortTriggers, liquidationOrder, withdrawal });
}

interface Grid {
  readonly tickSize: number | undefined;
  readonly lotSize: number | undefined;
}

function readTick(read: FieldReader, path: string, value: unknown, { tickSize }: Grid): number | undefined {
  const price = read.number(path, value, 'a price must be above 0', positive);
  if (price === undefined || tickSize === undefined) return undefined;
  const tick = wholeNumber(price / tickSize);
  if (tick === null || tick < 1) read.problem(path, `must be a whole number of ticks of ${String(tickSize)}`, value);
  else if (tick > maxTick) read.problem(path, `must be fewer than 2^31 ticks of ${String(tickSize)}`, value);
  else return tick;
  return undefined;
}

function readLots(read: FieldReader, path: string, value: unknown, lotSize: number | undefined): number | undefined {
  const quantity = read.number(path, value, 'a quantity must be 0 or more', notNegative);
  if (quantity === undefined || lotSize === undefined) return undefined;
  const lots = wholeNumber(quantity / lotSize);
  if (lots === null) read.problem(path, `must be a whole number of lots of ${String(lotSize)}`, value);
  else if (lots > Number.MAX_SAFE_INTEGER) read.problem(path, 'must be fewer than 2^53 lots', value);
  else return lots;
  return undefined;
}

/** Rows of `width` numbers, each read by `row`; undefined when any is bad. */
function readRows<T>(read: FieldReader, path: string, value: unknown, width: number, row: (path: string, cells: readonly unknown[]) => T | undefined): readonly T[] | undefined {
  const list = read.list(path, value);
  if (list === undefined) return undefined;
  const rows = list.map((entry, i) => {
    const at = `${path}[${String(i)}]`;
    const cells = read.list(at, entry);
    if (cells === undefined) return undefined;
    if (cells.length === width) return row(at, cells);
    read.problem(at, `must have ${String(width)} numbers`, entry);
    return undefined;
  });
  const good = rows.filter((entry) => entry !== undefined);
  return good.length === rows.length ? good : undefined;
}

function readLadder(read: FieldReader, path: string, value: unknown, grid: Grid, sign: 1 | -1): Ladder | undefined {
  let previous: number | undefined;
  const rows = readRows(read, path, value, 2, (at, [price, quantity]) => {
    const tick = readTick(read, `${at}[0]`, price, grid);
    const lots = readLots(read, `${at}[1]`, quantity, grid.lotSize);
    if (tick !== undefined && previous !== undefined && sign * tick >= sign * previous) read.problem(`${at}[0]`, 'levels must be in strict order, best first', price);
    if (tick !== undefined) previous = tick;
    return tick === undefined || lots === undefined ? undefined : { tick, lots };
  });
  if (rows === undefined) return undefined;
  if (rows.length === 0) {
    read.problem(path, 'must have at least one level', value);
    return undefined;
  }
  return { ticks: Int32Array.from(rows, ({ tick }) => tick), lots: Float64Array.from(rows, ({ lots }) => lots) };
}

function readTriggers(read: FieldReader, path: string, value: unknown, grid: Grid, side: PositionSide): Triggers | undefined {
  const rows = readRows(read, path, value, 3, (at, [price, quantity, bankruptcy]) => {
    const tick = readTick(read, `${at}[0]`, price, grid);
    const lots = readLots(read, `${at}[1]`, quantity, grid.lotSize);
    const worst = read.number(`${at}[2]`, bankruptcy, 'a price must be above 0', positive);
    if (tick === undefined || lots === undefined || worst === undefined || grid.tickSize === undefined) return undefined;
    const rounded = side === 'long' ? Math.floor(worst / grid.tickSize + 1e-6) : Math.ceil(worst / grid.tickSize - 1e-6);
    if (rounded <= maxTick) return [tick, lots, rounded] as const;
    read.problem(`${at}[2]`, `must be fewer than 2^31 ticks of ${String(grid.tickSize)}`, bankruptcy);
    return undefined;
  });
  return rows === undefined ? undefined : triggersFromRows(rows, side);
}

function readWithdrawal(read: FieldReader, path: string, value: unknown): Withdrawal | undefined {
  const fields = read.mapping(path, value, ['kappaMin', 'beta', 'sigmaDaily']);
  if (fields === undefined) return undefined;
  const kappaMin = read.number(`${path}.kappaMin`, fields['kappaMin'], 'must lie in 0 to 1', isShare);
  const beta = read.number(`${path}.beta`, fields['beta'], 'must be 0 or more', notNegative);
  const sigmaDaily = read.number(`${path}.sigmaDaily`, fields['sigmaDaily'], 'must be above 0', positive);
  return kappaMin === undefined || beta === undefined || sigmaDaily === undefined ? undefined : { kappaMin, beta, sigmaDaily };
}

/** The place of a market that an id names. */
function readId({ read, index }: Links, path: string, value: unknown): number | undefined {
  const id = read.text(path, value);
  if (id === undefined) return undefined;
  const found = index.get(id);
  if (found === undefined) read.problem(path, 'must be the id of a market', id);
  return found;
}

/** Two markets that quantities may move between: different ones, neither inverse, of equal lot size. */
function readPair(links: Links, path: string, fields: Readonly<Record<string, unknown>>): { readonly from: number; readonly to: number } | undefined {
  const from = readId(links, `${path}.from`, fields['from']);
  const to = readId(links, `${path}.to`, fields['to']);
  if (from === undefined || to === undefined) return undefined;
  if (from === to) {
    links.read.problem(`${path}.to`, 'must differ from `from`', fields['to']);
    return undefined;
  }
  const [a, b] = [links.markets[from], links.markets[to]];
  for (const [name, market] of [['from', a], ['to', b]] as const) {
    if (market?.kind === 'inverse') links.read.problem(`${path}.${name}`, 'must be a linear or spot market: inverse ones join others through marks only', fields[name]);
  }
  if (a !== undefined && b !== undefined && a.lotSize !== b.lotSize) links.read.problem(`${path}.to`, `must have the lot size of \`from\`, ${String(a.lotSize)}`, fields['to']);
  return { from, to };
}

function readEdges(links: Links, value: unknown): readonly ArbitrageEdge[] {
  if (value === undefined) return [];
  const { read } = links;
  return (read.list('edges', value) ?? []).flatMap((entry, i) => {
    const path = `edges[${String(i)}]`;
    const fields = read.mapping(path, entry, ['from', 'to', 'capacityQty', 'slopeQtyPerLog', 'costLog']);
    if (fields === undefined) return [];
    const pair = readPair(links, path, fields);
    const figure = (name: string): number | undefined => read.number(`${path}.${name}`, fields[name], 'must be 0 or more', notNegative);
    const [capacityQty, slopeQtyPerLog, costLog] = [figure('capacityQty'), figure('slopeQtyPerLog'), figure('costLog')];
    return pair === undefined || capacityQty === undefined || slopeQtyPerLog === undefined || costLog === undefined ? [] : [{ ...pair, capacityQty, slopeQtyPerLog, costLog }];
  });
}

function readHedges(links: Links, value: unknown): readonly HedgeLink[] {
  if (value === undefined) return [];
  const { read } = links;
  const shares = new Map<string, HedgeLink>();
  for (const [i, entry] of (read.list('hedges', value) ?? []).entries()) {
    const path = `hedges[${String(i)}]`;
    const fields = read.mapping(path, entry, ['from', 'to', 'share']);
    if (fields === undefined) continue;
    const pair = readPair(links, path, fields);
    const share = read.number(`${path}.share`, fields['share'], 'must lie in 0 to 1', isShare);
    if (pair === undefined || share === undefined) continue;
    const key = `${String(pair.from)}/${String(pair.to)}`;
    shares.set(key, { ...pair, share: share + (shares.get(key)?.share ?? 0) });
  }
  return [...shares.values()];
}

function readMarks(links: Links, value: unknown): readonly (MarkSources | null)[] {
  const marks: (MarkSources | null)[] = links.markets.map(() => null);
  if (value === undefined) return marks;
  const { read, index } = links;
  for (const [id, entry] of Object.entries(read.mapping('marks', value) ?? {})) {
    const path = joined('marks', id);
    const owner = index.get(id);
    if (owner === undefined) read.problem(path, 'must be the id of a market', id);
    const fields = read.mapping(path, entry, ['weights', 'rule']);
    if (fields === undefined) continue;
    const rule = read.oneOf(`${path}.rule`, fields['rule'], rules);
    const weights = read.mapping(`${path}.weights`, fields['weights']);
    if (weights === undefined) continue;
    if (Object.keys(weights).length === 0) read.problem(`${path}.weights`, 'must have at least one source', weights);
    const sources = Object.entries(weights).flatMap(([source, weight]) => {
      const at = joined(`${path}.weights`, source);
      const place = index.get(source);
      if (place === undefined) read.problem(at, 'must be the id of a market', source);
      const number = read.number(at, weight, 'a weight must be above 0', positive);
      return place === undefined || number === undefined ? [] : [{ place, number }];
    });
    if (owner !== undefined && rule !== undefined && sources.length > 0) marks[owner] = { rule, markets: sources.map(({ place }) => place), weights: sources.map(({ number }) => number) };
  }
  return marks;
}

function readShocks(links: Links, value: unknown): { readonly side: ShockSide; readonly shockLots: readonly number[] } {
  const shockLots = links.markets.map(() => 0);
  let side: ShockSide | undefined;
  const { read } = links;
  for (const [i, entry] of (value === undefined ? [] : (read.list('shocks', value) ?? [])).entries()) {
    const path = `shocks[${String(i)}]`;
    const fields = read.mapping(path, entry, ['market', 'side', 'qty']);
    if (fields === undefined) continue;
    const market = readId(links, `${path}.market`, fields['market']);
    const own = read.oneOf(`${path}.side`, fields['side'], sides);
    const lots = readLots(read, `${path}.qty`, fields['qty'], market === undefined ? undefined : links.markets[market]?.lotSize);
    if (own !== undefined && side !== undefined && own !== side) read.problem(`${path}.side`, `all shocks must have one side, the first is ${side}`, own);
    side ??= own;
    if (market === undefined || lots === undefined) continue;
    const sum = (shockLots[market] ?? 0) + lots;
    if (sum > Number.MAX_SAFE_INTEGER) read.problem(`${path}.qty`, 'shocks of one market must add up to fewer than 2^53 lots', fields['qty']);
    else shockLots[market] = sum;
  }
  return { side: side ?? 'sell', shockLots };
}
