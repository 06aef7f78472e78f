import type { InputStatus, LiquidationSummary } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import { ratio, usd } from '@breakwater/models/core';
import { liquidationPractice, liquidationTotal, liquidationTotalByGround, type GroundSample, type LiquidationBlock, type LiquidationTotal } from '@breakwater/models/market';
import type { MarketState } from './asset-state.ts';
import { worst } from './input-status.ts';
import type { Rate } from './rates.ts';

const hourMs = 3_600_000;

interface MarketTotal {
  readonly total: LiquidationTotal;
  readonly longUsd: number;
  readonly usdPerUnit: number;
  readonly status: InputStatus;
}

/** A market's hour in US dollars. */
function totalOf(market: MarketState, rate: Rate, at: EpochMs): MarketTotal | undefined {
  const { definition } = market;
  if (definition === undefined) return undefined;
  const practice = liquidationPractice(definition.venue);
  if (practice?.sampling === 'none') return undefined;
  const minutes = market.liquidations.minutes(at);
  // Contracts of an inverse market are of a fixed amount of the quote currency; elsewhere it is price times quantity.
  const inverse = definition.marketKind === 'inverse';
  const windowMs = practice?.windowMs ?? 1_000;
  const blocks = minutes.map((m): LiquidationBlock => ({
    windows: Math.max(1, m.count, Math.round(m.passedMs / windowMs)), count: m.count, volume: inverse ? m.qty : m.notional, squares: inverse ? m.qtySquares : m.notionalSquares,
  }));
  const healthy = market.bookHealth === 'ok' && (market.figureHealth.get('liquidations') ?? 'ok') === 'ok';
  // What is not known of a venue is taken for the least: that it shows a part, and not which.
  const ground = practice?.sampling === 'last' && blocks.length > 0 ? market.liquidations.ground(at) : undefined;
  const total = ground === undefined ? liquidationTotal(blocks, practice?.sampling ?? 'largest') : totalByGround(blocks, ground);
  return {
    total, usdPerUnit: definition.contractSize * rate.usd, longUsd: minutes.reduce((sum, m) => sum + (inverse ? m.longQty : m.longNotional), 0) * definition.contractSize * rate.usd,
    status: worst([rate.status, total.kind === 'exact' ? 'exact' : 'inferred', healthy ? 'exact' : 'stale']),
  };
}

/** Where the mark was heard, what is behind a sampled feed is drawn from how far it went; sizes are of both sides together. */
function totalByGround(blocks: readonly LiquidationBlock[], [long, short]: readonly [GroundSample, GroundSample]): LiquidationTotal {
  const sum = (pick: (block: LiquidationBlock) => number): number => blocks.reduce((total, block) => total + pick(block), 0);
  const sizes = { count: sum((b) => b.count), volume: sum((b) => b.volume), squares: sum((b) => b.squares) };
  return liquidationTotalByGround([{ bins: long.bins, ...sizes }, { bins: short.bins, count: 0, volume: 0, squares: 0 }]);
}

/**
 * Liquidations of an asset in the last hour, over all its derivative markets: what was published, and the total that must have been behind it. Ends of bands are
 * added up, which is wider than the band of the sum. Null where no market of the asset is a derivative. O(markets x 60).
 */
export function liquidationSummary(markets: readonly { readonly state: MarketState; readonly rate: Rate | undefined }[], at: EpochMs): LiquidationSummary | null {
  const derivatives = markets.filter(({ state }) => state.definition !== undefined && state.definition.marketKind !== 'spot');
  if (derivatives.length === 0) return null;
  const found = derivatives.map(({ state, rate }) => (rate === undefined ? undefined : totalOf(state, rate, at)));
  const totals = found.filter((t) => t !== undefined);
  const sum = (pick: (t: MarketTotal) => number): number => totals.reduce((s, t) => s + pick(t), 0);
  const observed = sum((t) => t.total.observed * t.usdPerUnit);
  const bounded = totals.every((t) => t.total.high !== null);
  const since = Math.min(...derivatives.map(({ state }) => state.liquidations.since() ?? at));
  return {
    windowSeconds: Math.round(Math.max(0, Math.min(hourMs, at - since)) / 1_000),
    observedUsd: usd(observed),
    total: {
      value: usd(sum((t) => t.total.total * t.usdPerUnit)), low: usd(sum((t) => t.total.low * t.usdPerUnit)),
      high: bounded ? usd(sum((t) => (t.total.high ?? 0) * t.usdPerUnit)) : null,
      status: worst([...totals.map((t) => t.status), ...(totals.length === 0 ? ['missing' as const] : [])]),
    },
    longShare: observed > 0 ? ratio(sum((t) => t.longUsd) / observed) : null,
    undisclosed: derivatives.flatMap(({ state }, i) => (found[i] === undefined && state.definition !== undefined ? [state.definition.instrument] : [])),
  };
}
