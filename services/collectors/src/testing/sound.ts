import { isPrice, isQty } from '@breakwater/models/core';
import type { VenueEvent } from '../venue.ts';

/** Whether every number of an event may be published: prices and quantities in range, levels in pairs, a symbol and a time. */
export function isSound(event: VenueEvent): boolean {
  if (event.symbol === '' || !Number.isFinite(event.eventTime)) return false;
  switch (event.kind) {
    case 'book': return [event.bids, event.asks].every((side) => side.length % 2 === 0 && side.every((n, i) => (i % 2 === 0 ? isPrice(n) : isQty(n))));
    case 'trade':
    case 'liquidation': return isPrice(event.price) && isQty(event.qty);
    case 'ticker': return [event.last, event.mark, event.index].every((p) => p === undefined || isPrice(p)) && [event.openInterest, event.printedOpenInterest].every((q) => q === undefined || isQty(q)) && [event.fundingRate, event.nextFundingRate].every((r) => r === undefined || Number.isFinite(r));
    case 'index': return isPrice(event.price);
    case 'account': return event.positions.every(({ symbol, qty, entryPrice, marginUsed, liquidationPrice, value }) => symbol !== '' && isQty(Math.abs(qty)) && qty !== 0 && isPrice(entryPrice) && Number.isFinite(marginUsed) && (liquidationPrice === null || isPrice(liquidationPrice)) && value > 0 && Number.isFinite(value));
    case 'rate': return event.usd > 0 && Number.isFinite(event.usd);
    case 'rate.cross': return [event.rate.low, event.rate.price, event.rate.high].every(isPrice) && event.rate.low <= event.rate.price && event.rate.price <= event.rate.high;
  }
}
