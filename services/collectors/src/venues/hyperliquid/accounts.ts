import { isPrice, price } from '@breakwater/models/core';
import { HYPERLIQUID, liquidationPrice, maintenanceMargin, marginTiers } from '@breakwater/models/market';
import { isRecord, parseJson, parseNonNegative, parsePositive, parseSigned, readTime } from '../../numbers.ts';
import type { AccountPlan, AccountPosition, ParsedFrame, RejectReason } from '../../venue.ts';

/**
 * Positions of accounts: anybody may ask for the state of an address, and every trade names the addresses of its two sides (`users`, buyer and seller).
 * Source: https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/info-endpoint/perpetuals (clearinghouseState) and .../api/websocket/subscriptions (WsTrade), read 2026-11-27.
 * An account that margins spot and perpetuals together prints figures here that are not all it has; its own liquidation price is still the venue's.
 */

/** Weight of a `clearinghouseState` request. Source: .../api/rate-limits-and-user-limits, read 2026-11-21. */
const WEIGHT = 2;
/** An address as the config and the venue give it. */
const ADDRESS = /^0x[0-9a-f]{40}$/;

/** How the positions of accounts are read from `rest`. */
export function hyperliquidAccounts(rest: string): AccountPlan {
  return {
    weight: WEIGHT,
    request: (account) => ({ method: 'POST', url: `${rest}/info`, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ type: 'clearinghouseState', user: account }) }),
    parse: parseHyperliquidAccount,
    namedIn: tradersIn,
  };
}

const rejected = (reason: RejectReason, detail: string): ParsedFrame => ({ kind: 'rejected', reason, detail });

/** The answer to `{"type":"clearinghouseState"}` of an account, as every position it has (positions that were closed are not listed). Rejected as a whole where any of it is malformed. */
export function parseHyperliquidAccount(body: string, account: string): ParsedFrame {
  const state = parseJson(body);
  if (state === undefined) return rejected('not-json', body.slice(0, 80));
  if (!isRecord(state) || !Array.isArray(state['assetPositions'])) return rejected('unknown-shape', 'assetPositions');
  const eventTime = readTime(state['time']);
  if (eventTime === undefined) return rejected('bad-time', 'time');
  if (!ADDRESS.test(account)) return rejected('missing-field', 'user');
  const rows: readonly unknown[] = state['assetPositions'];
  const cross = crossOf(state);
  const positions: AccountPosition[] = [];
  for (const row of rows) {
    const position = isRecord(row) ? row['position'] : undefined;
    if (!isRecord(position)) return rejected('unknown-shape', 'position');
    const read = readPosition(position, cross);
    if (typeof read === 'string') return rejected('bad-number', read);
    // Listed and empty: nobody's.
    if (read !== undefined) positions.push(read);
  }
  return { kind: 'events', events: [{ kind: 'account', symbol: account, eventTime, positions }] };
}

/** What stands behind all cross positions together; NaN where the answer does not say it. */
interface CrossMargin {
  readonly value: number;
  readonly maintenance: number;
}

function crossOf(state: Record<string, unknown>): CrossMargin {
  const summary = state['crossMarginSummary'];
  return { value: isRecord(summary) ? parseSigned(summary['accountValue']) : NaN, maintenance: parseSigned(state['crossMaintenanceMarginUsed']) };
}

/** One position; undefined when it is empty, the name of what is malformed otherwise. */
function readPosition(position: Record<string, unknown>, cross: CrossMargin): AccountPosition | string | undefined {
  const symbol = position['coin'];
  const qty = parseSigned(position['szi']);
  const leverage = position['leverage'];
  const type = isRecord(leverage) ? leverage['type'] : undefined;
  if (typeof symbol !== 'string' || symbol === '') return 'coin';
  if (Number.isNaN(qty)) return 'szi';
  if (qty === 0) return undefined;
  const entry = parsePositive(position['entryPx']);
  const marginUsed = parseSigned(position['marginUsed']);
  const value = parsePositive(position['positionValue']);
  if (!isPrice(entry) || Number.isNaN(marginUsed) || !(value > 0)) return 'entryPx, marginUsed, positionValue';
  if (type !== 'cross' && type !== 'isolated') return 'leverage.type';
  const printed = position['liquidationPx'];
  const liquidation = printed === null || printed === undefined ? 0 : parseNonNegative(printed);
  if (liquidation !== 0 && !isPrice(liquidation)) return 'liquidationPx';
  const own = ownLiquidationPrice({ qty, value, marginUsed, type, maxLeverage: parsePositive(position['maxLeverage']), cross });
  return {
    symbol, qty, entryPrice: price(entry), marginUsed, leverage: type, liquidationPrice: liquidation === 0 ? null : price(liquidation), value, ...(own === undefined ? {} : { ownLiquidationPrice: own }),
  };
}

interface Terms {
  readonly qty: number;
  readonly value: number;
  readonly marginUsed: number;
  readonly type: 'cross' | 'isolated';
  readonly maxLeverage: number;
  readonly cross: CrossMargin;
}

/**
 * The price at which equity meets the maintenance requirement, half of the initial margin at the market's maximum leverage, everything else unchanged; null when none does, undefined where the answer
 * does not say enough. As at the mark of the answer (value over size), at which an isolated position's equity is its margin, and a cross one's all of the account less what the others must keep.
 * Markets with several margin tiers are taken at their first one, which only very large positions leave.
 */
function ownLiquidationPrice({ qty, value, marginUsed, type, maxLeverage, cross }: Terms): number | null | undefined {
  if (!(maxLeverage >= 1)) return undefined;
  const tiers = marginTiers([[0, 1 / (2 * maxLeverage)]]);
  const margin = type === 'isolated' ? marginUsed : cross.value - (cross.maintenance - maintenanceMargin(tiers, value));
  if (!Number.isFinite(margin)) return undefined;
  const size = Math.abs(qty);
  const found = liquidationPrice({ ...HYPERLIQUID, tiers }, { side: qty > 0 ? 'long' : 'short', entryPrice: value / size, size, margin });
  return found.ok ? found.value.price : null;
}

const TRADES = Buffer.from('{"channel":"trades"');
const USERS = Buffer.from('"users":["0x');
/** Length of `0x` and 40 digits. */
const ADDRESS_LENGTH = 42;

/** Buyers and sellers of a frame of trades, each once; none of any other frame. One comparison of 19 bytes for those, a search for the rest. */
export function tradersIn(frame: Uint8Array): readonly string[] {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  if (bytes.length < TRADES.length || TRADES.compare(bytes, 0, TRADES.length) !== 0) return [];
  const found = new Set<string>();
  for (let at = bytes.indexOf(USERS); at >= 0; at = bytes.indexOf(USERS, at + 1)) {
    const first = at + USERS.length - 2;
    for (const begin of [first, first + ADDRESS_LENGTH + 3]) {
      const account = bytes.toString('latin1', begin, begin + ADDRESS_LENGTH).toLowerCase();
      if (ADDRESS.test(account)) found.add(account);
    }
  }
  return [...found];
}
