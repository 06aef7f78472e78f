/** Units that somebody bought from the issuer or another holder and not at a market, as the config says. */
export interface OtcSale {
  /** The buyer: its label, or an address in lower case. */
  readonly to: string;
  readonly units: number;
  /** When, milliseconds. Before that nothing is known of it. */
  readonly at: number;
  /** US dollars for one unit; or how far below the market it was, 0 to 1, where that is all that is known. */
  readonly terms: { readonly price: number } | { readonly discount: number };
}

/** Who an owner is, for finding what it bought. */
export interface Buyer {
  readonly cluster: string;
  readonly label: string | null;
  /** Addresses that are known as its. */
  readonly addresses: Iterable<string>;
}

/** What an owner bought over the counter. */
export interface OtcBought {
  readonly units: number;
  /** How far below the market, 0 to 1, by units. */
  readonly discount: number;
}

/**
 * What an owner bought over the counter up to `at`. A price is held against the market of now, `unitPrice` US dollars: what it gained since is as much a reason to sell as what it was granted; one above it is no discount. Undefined
 * where it bought nothing that the config names, or, of prices, the market's is not known. O(sales + addresses).
 */
export function otcBought(sales: readonly OtcSale[] | undefined, buyer: Buyer, at: number, unitPrice: number | null): OtcBought | undefined {
  if (sales === undefined || sales.length === 0) return undefined;
  const names = new Set([buyer.cluster, ...(buyer.label === null ? [] : [buyer.label]), ...buyer.addresses]);
  let [units, discounted] = [0, 0];
  for (const sale of sales) {
    if (sale.at > at || !names.has(sale.to)) continue;
    const { terms } = sale;
    if ('price' in terms && !(unitPrice !== null && unitPrice > 0)) continue;
    const discount = 'discount' in terms ? terms.discount : Math.max(0, 1 - terms.price / (unitPrice ?? NaN));
    units += sale.units;
    discounted += sale.units * discount;
  }
  return units > 0 ? { units, discount: discounted / units } : undefined;
}
