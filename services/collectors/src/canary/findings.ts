import type { EpochMs } from '@breakwater/models/core';
import type { AssetRule } from '../registry.ts';
import type { ParsedFrame, VenueInstrument } from '../venue.ts';

/** What can be wrong with a venue against what the code expects of it. A closed list; the reason of its `feed.health`. */
export type CanaryReason =
  | 'list-failed' | 'list-shrunk' | 'instrument-missing' | 'instrument-halted' | 'tick-changed' | 'lot-changed' | 'contract-size-changed'
  | 'request-failed' | 'answer-changed' | 'field-missing' | 'socket-unreachable';

/** One thing that is not as expected; without `symbol` it is about the whole market type. */
export interface Finding {
  readonly reason: CanaryReason;
  readonly symbol?: string;
  readonly detail: string;
}

/** What changed of a market between two lists that we compute with. */
export function changesOf(before: VenueInstrument, now: VenueInstrument): readonly Finding[] {
  const compare = (reason: CanaryReason, was: number, is: number): readonly Finding[] => (was === is ? [] : [{ reason, symbol: now.symbol, detail: `${String(was)} is now ${String(is)}` }]);
  return [...compare('tick-changed', before.tickSize, now.tickSize), ...compare('lot-changed', before.lotSize, now.lotSize), ...compare('contract-size-changed', before.contractSize, now.contractSize)];
}

/** What an answer lacks that its poll is for; undefined when it has everything. */
export function lackOf(parsed: ParsedFrame, channel: string): Pick<Finding, 'reason' | 'detail'> | undefined {
  if (parsed.kind === 'rejected') return { reason: 'answer-changed', detail: `${parsed.reason} ${parsed.detail}`.slice(0, 160) };
  if (parsed.kind !== 'events') return { reason: 'answer-changed', detail: 'no data in it' };
  const has = parsed.events.some((event) => {
    switch (channel) {
      case 'book': case 'book.deep': return event.kind === 'book' && event.bids.length > 0 && event.asks.length > 0;
      case 'openInterest': return event.kind === 'ticker' && event.openInterest !== undefined;
      case 'funding': return event.kind === 'ticker' && event.fundingRate !== undefined;
      case 'ticker': return event.kind === 'ticker' && (event.last !== undefined || event.mark !== undefined || event.index !== undefined);
      default: return true;
    }
  });
  return has ? undefined : { reason: 'field-missing', detail: `nothing of ${channel} in it` };
}

/** The next moment after `now` at which a name of an asset begins or ends; undefined when there is none. */
export function nextIdentityDate(rules: readonly AssetRule[], now: EpochMs): EpochMs | undefined {
  const dates = rules.flatMap((rule) => rule.identities.flatMap(({ from, until }) => [from, until])).filter((date): date is EpochMs => date !== undefined && date > now);
  return dates.length === 0 ? undefined : dates.reduce((a, b) => (b < a ? b : a));
}
