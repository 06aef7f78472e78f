/**
 * Kraken's names of currencies. Bitcoin is `XBT` and Dogecoin `XDG` everywhere but in the second version of the spot socket; the oldest currencies have a
 * prefix in REST answers, `X` for coins and `Z` for money. Sources: https://docs.kraken.com/exchange/api-reference/spot-websocket ("v2 vs v1") and the names
 * in the answers of `AssetPairs`, read 2026-11-27.
 */
const RENAMED: ReadonlyMap<string, string> = new Map([['XBT', 'BTC'], ['XDG', 'DOGE']]);
const PREFIXED = /^(?:X(?=(?:XBT|XDG|ETH|ETC|LTC|MLN|REP|XLM|XMR|XRP|ZEC)$)|Z(?=(?:USD|EUR|GBP|CAD|JPY|AUD|KRW)$))/;

/** A currency as others name it: `XBT` and `XXBT` are `BTC`, `ZUSD` is `USD`, others stay. */
export function krakenCurrency(code: string): string {
  const plain = code.replace(PREFIXED, '');
  return RENAMED.get(plain) ?? plain;
}

/** Names of pairs read before, since every frame has one; forgotten together when they are more than any venue lists. */
const KNOWN = new Map<string, string>();
const MOST_KNOWN = 5_000;

/** A spot market as the second version of the socket names it: `XBT/USD` is `BTC/USD`; undefined for what is not a pair. */
export function krakenSymbol(pair: string): string | undefined {
  const known = KNOWN.get(pair);
  if (known !== undefined) return known;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const [base, quote, ...rest] = pair.split('/');
  const symbol = base === undefined || quote === undefined || base === '' || quote === '' || rest.length > 0 ? undefined : `${RENAMED.get(base) ?? base}/${RENAMED.get(quote) ?? quote}`;
  if (symbol !== undefined) KNOWN.set(pair, symbol);
  return symbol;
}

/** The name of a pair that REST takes: `BTC/USD` is `XBTUSD`. */
export function krakenAltName(symbol: string): string {
  return symbol.split('/').map((code) => (code === 'BTC' ? 'XBT' : code === 'DOGE' ? 'XDG' : code)).join('');
}

/** Whether REST answers with this key for a pair: under its short name (`XBTUSD`, `USDTEUR`) or with the prefixes of old (`XXBTZUSD`). */
export function isKeyOf(key: string, symbol: string): boolean {
  if (key === krakenAltName(symbol)) return true;
  const [base = '', quote = ''] = symbol.split('/');
  for (let cut = 1; cut < key.length; cut++) if (krakenCurrency(key.slice(0, cut)) === base && krakenCurrency(key.slice(cut)) === quote) return true;
  return false;
}
