/** Venue names as the venues write them. */
const venueNames: Readonly<Record<string, string>> = {
  binance: 'Binance', bybit: 'Bybit', okx: 'OKX', hyperliquid: 'Hyperliquid', kraken: 'Kraken', coinbase: 'Coinbase', kucoin: 'KuCoin', gate: 'Gate', mexc: 'MEXC', bitget: 'Bitget', huobi: 'HTX', htx: 'HTX', deribit: 'Deribit',
};

/** The name of a venue for people; an unknown one is written with a capital. At most 40 characters. */
export function venueName(venue: string): string {
  return Object.hasOwn(venueNames, venue) ? (venueNames[venue] ?? venue) : capital(venue).slice(0, 40);
}

/** The owner in a label: `exchange:okx` -> `OKX`, `issuer:mantra` -> `Mantra`. */
export function ownerName(label: string): string {
  const parts = label.split(':');
  const owner = parts[1] ?? parts[0] ?? '';
  return parts[0] === 'exchange' ? venueName(owner) : capital(owner).slice(0, 40);
}

/** What an input is a reading of. */
export type InputGroup = 'book' | 'positions' | 'rate' | 'transfers' | 'other';

/** The group and the place of an input from its name: `book.okx:swap:OM-USDT-SWAP` -> book, okx. */
export function inputOf(name: string): { readonly group: InputGroup; readonly place: string } {
  const dot = name.indexOf('.');
  const head = (dot < 0 ? name : name.slice(0, dot)).toLowerCase();
  let rest = dot < 0 ? '' : name.slice(dot + 1);
  if (rest.startsWith('deep.')) rest = rest.slice('deep.'.length);
  const group = groups.get(head) ?? 'other';
  // A chain id (CAIP-2) has a colon of its own; a market's name starts with its venue.
  return { group, place: group === 'transfers' ? rest : (rest.split(':')[0] ?? rest) };
}

const groups: ReadonlyMap<string, InputGroup> = new Map([
  ['book', 'book'], ['books', 'book'], ['depth', 'book'],
  ['positions', 'positions'], ['openinterest', 'positions'], ['mark', 'positions'], ['ticker', 'positions'],
  ['rate', 'rate'], ['rates', 'rate'],
  ['transfers', 'transfers'], ['deposits', 'transfers'], ['chain', 'transfers'], ['blocks', 'transfers'],
]);

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
