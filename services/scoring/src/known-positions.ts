import type { AccountPositionMessage, InputStatus } from '@breakwater/contracts';
import type { EpochMs } from '@breakwater/models/core';
import type { KnownPosition } from '@breakwater/models/positions';

/** A position of an account as its venue last said it. */
export interface AccountPosition {
  readonly account: string;
  /** Signed, in the market's unit; above zero a long. Never 0. */
  readonly qty: number;
  /** Quote per base of the market's own quotation; null when no price liquidates it. */
  readonly liquidationPrice: number | null;
  readonly at: EpochMs;
}

/** The positions of the accounts of one market, where its venue shows them. */
export interface AccountMemory {
  /** Messages come in order of event time. O(1), amortised. */
  fold(message: AccountPositionMessage): void;
  /** Every position held, the one read longest ago first. */
  positions(): readonly AccountPosition[];
  save(): readonly AccountPosition[];
}

/** A position not heard of for so long is no longer taken for one, milliseconds: a collector that began anew says nothing of accounts that closed while it was away [A]. */
const FORGET_MS = 3_600_000;
/** Most positions of a market: what collectors follow at most. */
const MOST = 20_000;
/** A reading is fresh for two minutes, milliseconds, and positions are known when they make up so much of open interest and those read so lately so much of what is at risk. */
const FRESH_MS = 120_000;
const KNOWN_SHARE = 0.95;
const FRESH_SHARE = 0.99;
/** Nearer to its liquidation than this share of the price a position is as urgent as it gets [A]; as in the collectors' order of asking. */
const NEAREST = 0.005;

/** Makes a memory, empty or with what `saved` holds. */
export function createAccountMemory(saved: readonly AccountPosition[] = []): AccountMemory {
  // In the order in which they were read.
  const held = new Map(saved.map((position) => [position.account, position]));
  return {
    fold: ({ account, qty, liquidationPrice, eventTime }) => {
      const before = held.get(account);
      if (before !== undefined && before.at > eventTime) return;
      held.delete(account);
      if (qty !== 0) held.set(account, { account, qty, liquidationPrice, at: eventTime });
      for (const [oldest, { at }] of held) {
        if (held.size <= MOST && at >= eventTime - FORGET_MS) break;
        held.delete(oldest);
      }
    },
    positions: () => [...held.values()],
    save: () => [...held.values()],
  };
}

/** What is known of a market's positions, and how well. */
export interface KnownReading {
  /** In lots, both sides. */
  readonly positions: readonly KnownPosition[];
  /** Known lots over open interest, of the side of which less is known, 0 to 1. */
  readonly share: number;
  /** Share of the known notional over its distance to liquidation that was read within two minutes, 0 to 1; 1 when none of it is at risk. */
  readonly freshShare: number;
  /** `exact` when at least 95 % of both sides is known and 99 % of what is at risk is fresh; otherwise the rest is inferred. */
  readonly status: Extract<InputStatus, 'exact' | 'inferred'>;
  /** A sentence with the share, for the input's reading. */
  readonly detail: string;
}

/** Where a market stands when its known positions are read: mark in its own quotation, open interest and lot in its own unit. */
export interface KnownNow {
  readonly at: EpochMs;
  readonly markPrice: number;
  readonly openInterest: number;
  readonly lotQty: number;
}

/**
 * The known positions of a market at a moment; undefined where nobody's are known, or there is no open interest to hold them against. Positions that the mark has passed are closed by now and
 * are left out: what they were is the rest's again. Where accounts add up to more than the open interest said, the share is 1. O(positions).
 */
export function readKnown(memory: AccountMemory, now: KnownNow): KnownReading | undefined {
  const { at, markPrice, openInterest, lotQty } = now;
  if (!(openInterest > 0 && markPrice > 0)) return undefined;
  const positions: KnownPosition[] = [];
  const known = { long: 0, short: 0 };
  let atRisk = 0;
  let fresh = 0;
  for (const position of memory.positions()) {
    const { qty, liquidationPrice } = position;
    const side = qty > 0 ? 'long' : 'short';
    if (at - position.at > FORGET_MS) continue;
    const distance = liquidationPrice === null ? Infinity : (qty > 0 ? 1 : -1) * (1 - liquidationPrice / markPrice);
    if (distance <= 0) continue;
    const size = Math.abs(qty);
    positions.push({ side, lots: size / lotQty, liquidationPrice });
    known[side] += size;
    const risk = size / Math.max(distance, NEAREST);
    atRisk += risk;
    if (at - position.at <= FRESH_MS) fresh += risk;
  }
  if (positions.length === 0) return undefined;
  const share = Math.min(1, known.long / openInterest, known.short / openInterest);
  const freshShare = atRisk > 0 ? fresh / atRisk : 1;
  const status = share >= KNOWN_SHARE && freshShare >= FRESH_SHARE ? 'exact' : 'inferred';
  const percent = (value: number): string => `${Math.floor(100 * value)} %`;
  return { positions, share, freshShare, status, detail: `${percent(share)} of open interest known by account, ${percent(freshShare)} of what is at risk read within two minutes` };
}
