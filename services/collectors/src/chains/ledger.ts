import type { SettlementSpec } from '@breakwater/models/settlement';
import { knownChain } from './evm/known-chains.ts';
import { isAntelope } from './tokens.ts';

/** Antelope: a block each 0.5 s, final after one to two seconds with Savanna consensus (`antelope/config.ts`). */
const antelope: SettlementSpec = { class: 'l1-pos', figures: { slotSeconds: 0.5, finalFromSlots: 2, finalToSlots: 4 } };
/** A chain of which nothing is known is taken for a proof-of-stake chain like Ethereum, among the slower ones [A]. */
const unknown: SettlementSpec = { class: 'l1-pos' };

/** How capital settles that is at a place: already at the venue, at another exchange, or on a chain. */
export function ledgerFrom(place: string, written?: SettlementSpec): SettlementSpec {
  if (place === 'venue') return { class: 'internal' };
  return place === 'exchange' ? { class: 'exchange-withdrawal' } : ledgerOf(place, written);
}

/** How capital settles through a chain: what the config writes, over what is known of the chain where that is of the same class. */
export function ledgerOf(id: string, written?: SettlementSpec): SettlementSpec {
  const known = isAntelope(id) ? antelope : (knownChain(id)?.ledger ?? unknown);
  if (written === undefined) return known;
  return written.class === known.class ? { class: written.class, figures: { ...known.figures, ...written.figures } } : written;
}
