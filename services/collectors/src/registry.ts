import type { AssetId, EpochMs, InstrumentId, SourceId, VenueId } from '@breakwater/models/core';
import { assetId, instrumentId } from '@breakwater/models/core';
import type { VenueInstrument } from './venue.ts';

/** Which markets belong to an asset. */
export interface AssetRule {
  readonly id: AssetId;
  /** Base coins of the same asset under other names, at any date. */
  readonly aliases: readonly string[];
  /** Names the asset's base coin had or has between dates; where there is one, the id itself is a name only if listed. */
  readonly identities: readonly Identity[];
  /** Instruments (`bybit:linear:OMUSDT`) that are this asset's whatever their base coin, and no other's. */
  readonly include: readonly string[];
  /** Instruments, or whole venues (`bybit`) and market types (`bybit:spot`), where the name means another coin. */
  readonly exclude: readonly string[];
}

/** A name of an asset with its dates: `multiplier` units of the asset are one unit of the coin of that name. */
export interface Identity {
  readonly symbol: string;
  readonly from?: EpochMs;
  readonly until?: EpochMs;
  readonly multiplier?: number;
}

/** An instrument tied to its asset. */
export interface WatchedInstrument {
  readonly id: InstrumentId;
  readonly asset: AssetId;
  /** Units of the asset in one base unit of the venue: 1000 for `1000PEPE`. */
  readonly multiplier: number;
  readonly listing: VenueInstrument;
}

/** The instruments of one market type: what is watched, by venue symbol, and what is only known. */
export interface Registry {
  readonly watched: ReadonlyMap<string, WatchedInstrument>;
  /** Every symbol of the venue's list, watched or not. */
  readonly known: ReadonlySet<string>;
  /** Instruments that more than one asset claims; none of them is watched until the config says whose they are. */
  readonly conflicts: readonly string[];
}

/** Where a list comes from. */
export interface RegistrySource {
  readonly venue: VenueId;
  readonly marketType: string;
  readonly source: SourceId;
}

/**
 * Ties the instruments of a venue's list to assets at a date. Non-trading and dated markets, and coins with names of anybody's choice, are left out unless included by name.
 * Pure: the same list, rules and date give the same registry. O(instruments x names).
 */
export function createRegistry(source: RegistrySource, list: readonly VenueInstrument[], rules: readonly AssetRule[], date: EpochMs): Registry {
  const watched = new Map<string, WatchedInstrument>();
  const known = new Set<string>();
  const conflicts: string[] = [];
  const names = rules.map((rule) => namesAt(rule, date));
  for (const listing of list) {
    known.add(listing.symbol);
    const id = instrumentId(source.venue, source.marketType, listing.symbol);
    const claims: WatchedInstrument[] = [];
    const pinned = rules.filter((r) => r.include.includes(id));
    rules.forEach((rule, i) => {
      if (pinned.length > 0 && !pinned.includes(rule)) return;
      if (isExcluded(rule, source, id)) return;
      if (pinned.length === 0 && (!listing.trading || listing.dated || listing.freelyNamed === true)) return;
      const multiplier = matchNames(names[i] ?? [], listing.base) ?? (pinned.length > 0 ? 1 : undefined);
      if (multiplier !== undefined) claims.push({ id, asset: rule.id, multiplier, listing });
    });
    const claim = claims[0];
    if (claims.length > 1) conflicts.push(id);
    else if (claim !== undefined) watched.set(listing.symbol, claim);
  }
  return { watched, known, conflicts };
}

/** Ties every market in `symbols`, dated ones too, to an asset named after its base coin, for captures. */
export function registryOfAll(source: RegistrySource, list: readonly VenueInstrument[], symbols: (symbol: string) => boolean): Registry {
  const watched = new Map<string, WatchedInstrument>();
  const known = new Set<string>();
  for (const listing of list) {
    known.add(listing.symbol);
    if (!symbols(listing.symbol)) continue;
    const { name, multiplier } = stripMultiplier(listing.base);
    if (!/^[A-Z0-9.]{1,32}$/.test(name)) continue;
    watched.set(listing.symbol, { id: instrumentId(source.venue, source.marketType, listing.symbol), asset: assetId(name), multiplier, listing });
  }
  return { watched, known, conflicts: [] };
}

function namesAt(rule: AssetRule, date: EpochMs): readonly { readonly symbol: string; readonly multiplier: number }[] {
  const dated = rule.identities
    .filter((i) => (i.from === undefined || date >= i.from) && (i.until === undefined || date < i.until))
    .map((i) => ({ symbol: i.symbol, multiplier: i.multiplier ?? 1 }));
  const own = rule.identities.length === 0 ? [{ symbol: rule.id as string, multiplier: 1 }] : [];
  return [...own, ...dated, ...rule.aliases.map((symbol) => ({ symbol, multiplier: 1 }))];
}

function isExcluded(rule: AssetRule, source: RegistrySource, id: InstrumentId): boolean {
  return rule.exclude.some((e) => e === id || e === source.venue || e === `${source.venue}:${source.marketType}`);
}

function matchNames(names: readonly { readonly symbol: string; readonly multiplier: number }[], base: string): number | undefined {
  for (const { symbol, multiplier } of names) {
    if (base === symbol) return multiplier;
    const bundle = bundleOf(base, symbol);
    if (bundle !== undefined) return bundle * multiplier;
  }
  return undefined;
}

/** How many of `symbol` the coin `base` bundles: `1000PEPE`, `1MBABYDOGE`, `kPEPE`, `SHIB1000`. Undefined when it is another coin. */
function bundleOf(base: string, symbol: string): number | undefined {
  if (base.length <= symbol.length) return undefined;
  if (base.endsWith(symbol)) return bundleSize(base.slice(0, base.length - symbol.length));
  if (base.startsWith(symbol)) return bundleSize(base.slice(symbol.length));
  return undefined;
}

/** Bundles in use at the venues are powers of ten from a thousand up, `1M`, and Hyperliquid's lower-case `k`. */
function bundleSize(mark: string): number | undefined {
  if (mark === 'k') return 1_000;
  if (mark === '1M') return 1_000_000;
  return /^10{3,9}$/.test(mark) ? Number(mark) : undefined;
}

function stripMultiplier(base: string): { readonly name: string; readonly multiplier: number } {
  const match = /^(10{3,9}|1M|k)([A-Z][A-Z0-9]+)$/.exec(base) ?? undefined;
  const size = match?.[1] === undefined ? undefined : bundleSize(match[1]);
  if (size !== undefined && match?.[2] !== undefined) return { name: match[2], multiplier: size };
  const suffix = /^([A-Z]+)(10{3,9})$/.exec(base);
  const tail = suffix?.[2] === undefined ? undefined : bundleSize(suffix[2]);
  if (tail !== undefined && suffix?.[1] !== undefined) return { name: suffix[1], multiplier: tail };
  return { name: base, multiplier: 1 };
}
