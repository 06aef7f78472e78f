declare const id: unique symbol;
type Id<Name extends string> = string & { readonly [id]: Name };

/** An asset watched, as named in the config: upper-case letters, digits and `.`, e.g. `OM`. */
export type AssetId = Id<'AssetId'>;
/** A venue, e.g. `binance`. Lower case. */
export type VenueId = Id<'VenueId'>;
/** One market of a venue: `<venue>:<market type>:<venue symbol>`, e.g. `binance:usdm:OMUSDT`. */
export type InstrumentId = Id<'InstrumentId'>;
/** A CAIP-2 chain id, e.g. `eip155:1`. */
export type ChainId = Id<'ChainId'>;
/** A currency code, upper case, e.g. `USDT`. */
export type CurrencyCode = Id<'CurrencyCode'>;
/** What publishes messages and watermarks: `<venue>:<market type>` or a chain id. */
export type SourceId = Id<'SourceId'>;
/** `BW-<asset>-<yyyymmdd>-<8 hex>`. */
export type WarningId = Id<'WarningId'>;

/** Names an asset. */
export const assetId = (s: string): AssetId => s as AssetId;
/** Names a venue. */
export const venueId = (s: string): VenueId => s as VenueId;
/** Names an instrument from its venue, market type (`spot`, `usdm`, `linear`, `swap`, `perp`, ...) and venue symbol. */
export const instrumentId = (venue: string, marketType: string, symbol: string): InstrumentId => `${venue}:${marketType}:${symbol}` as InstrumentId;
/** Names a chain. */
export const chainId = (s: string): ChainId => s as ChainId;
/** Names a currency. */
export const currencyCode = (s: string): CurrencyCode => s as CurrencyCode;
/** Names a source of messages. */
export const sourceId = (s: string): SourceId => s as SourceId;
/** Names a warning. */
export const warningId = (s: string): WarningId => s as WarningId;
