import type { AssetId, EpochMs, Result } from '@breakwater/models/core';
import { assetId, epochMs, err, ok } from '@breakwater/models/core';
import { issuersOf, labelFor, type Issuers } from './issuers.ts';
import { isAddress } from './labels.ts';

/** A token whose transfers are followed. `address` is in lower case; `native` for the coin of an EVM chain, `<contract>:<SYMBOL>` on an Antelope chain. */
export interface WatchedToken {
  readonly asset: AssetId;
  readonly address: string;
  readonly decimals: number;
  readonly symbol: string;
  /** Default `erc20`. An `erc721` transfer moves one unit. */
  readonly standard?: 'erc20' | 'erc721' | undefined;
  /** When the contract is the asset: from `from` on and before `until`, by the time of the block. Always by default. */
  readonly from?: EpochMs;
  readonly until?: EpochMs;
  /** Units of the asset in one token; 1 by default. */
  readonly multiplier?: number;
  /** Whose labels name its issuer; by default all that name one. */
  readonly issuers?: Issuers;
}

/** Whether a token is its asset at the time of a block: contracts are deprecated, and coins move to others. */
export function isTokenAt(token: WatchedToken, blockTime: EpochMs): boolean {
  return (token.from === undefined || blockTime >= token.from) && (token.until === undefined || blockTime < token.until);
}

/** A token as an asset of the config lists it. */
export interface ListedToken {
  readonly chain: string;
  readonly address?: string | undefined;
  readonly decimals: number;
  readonly native?: boolean | undefined;
  readonly standard?: 'erc20' | 'erc721' | undefined;
  /** ISO dates or times. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly multiplier?: number | undefined;
}

/** What is said of an address, as it is to be understood of a token. */
export function tokenLabel({ issuers }: Pick<WatchedToken, 'issuers'>, label: string | undefined): string | undefined {
  return issuers === undefined ? label : labelFor(issuers, label);
}

/** Whether a chain id names a chain of the Antelope family. */
export function isAntelope(chain: string): boolean {
  return chain.startsWith('antelope:');
}

/** An account name of Antelope: up to twelve of a-z, 1-5 and dots, not ending in one (https://docs.vaulta.com, naming conventions; 2026-11). */
export const ACCOUNT = /^[a-z1-5.]{0,11}[a-z1-5]$/;
const ANTELOPE_TOKEN = /^([a-z1-5.]{0,11}[a-z1-5]):([A-Z]{1,7})$/;

/** The contract and symbol of an Antelope token address, undefined when it is none. */
export function antelopeToken(address: string): { readonly contract: string; readonly symbol: string } | undefined {
  const [, contract, symbol] = ANTELOPE_TOKEN.exec(address) ?? [];
  return contract === undefined || symbol === undefined ? undefined : { contract, symbol };
}

/** The tokens of one chain from the config's assets. Refuses what is not an address of the chain's family and an address that two assets claim. */
export function watchedTokens(chain: string, assets: Readonly<Record<string, { readonly tokens: readonly ListedToken[]; readonly issuers?: readonly string[] | undefined }>>): Result<readonly WatchedToken[], string> {
  const tokens = new Map<string, WatchedToken>();
  for (const [asset, { tokens: listed }] of Object.entries(assets)) {
    for (const token of listed.filter((one) => one.chain === chain)) {
      const at = addressOf(chain, token);
      if (at === undefined) return err(`assets.${asset}.tokens: ${token.address ?? 'nothing'} is not an address`);
      const other = tokens.get(at)?.asset;
      if (other !== undefined) return err(`assets.${asset}.tokens: ${at} is also a token of ${other}`);
      tokens.set(at, { asset: assetId(asset), address: at, decimals: token.decimals, symbol: asset, ...(token.standard === undefined ? {} : { standard: token.standard }), ...datesOf(token), ...issuersIn(asset, assets) });
    }
  }
  return ok([...tokens.values()]);
}

function addressOf(chain: string, token: ListedToken): string | undefined {
  if (isAntelope(chain)) return token.native !== true && token.address !== undefined && antelopeToken(token.address) !== undefined ? token.address : undefined;
  if (token.native === true) return token.address === undefined ? 'native' : undefined;
  const at = token.address?.toLowerCase();
  return at !== undefined && isAddress(at) ? at : undefined;
}

/** Nothing where no asset names any. */
function issuersIn(asset: string, assets: Parameters<typeof issuersOf>[1]): Pick<WatchedToken, 'issuers'> {
  const issuers = issuersOf(asset, assets);
  return issuers.own.length + issuers.others.length === 0 ? {} : { issuers };
}

function datesOf({ from, until, multiplier }: ListedToken): Pick<WatchedToken, 'from' | 'until' | 'multiplier'> {
  return {
    ...(from === undefined ? {} : { from: epochMs(Date.parse(from)) }), ...(until === undefined ? {} : { until: epochMs(Date.parse(until)) }),
    ...(multiplier === undefined ? {} : { multiplier }),
  };
}
