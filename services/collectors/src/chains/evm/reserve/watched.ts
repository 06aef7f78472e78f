import type { AssetId, CurrencyCode } from '@breakwater/models/core';
import { assetId, currencyCode } from '@breakwater/models/core';
import { toFunctionSelector } from 'viem';
import type { ListedToken } from '../../tokens.ts';
import type { ReserveConfig } from './config.ts';
import { watchedLock, type WatchedLock } from './lockers.ts';

/** A reserve that is watched on a chain. Addresses are in lower case; calls and topics are as contracts take and write them (`0x` and hexadecimal digits). */
export interface WatchedReserve {
  readonly asset: AssetId;
  /** Which one it is, as messages name it. */
  readonly id: string;
  readonly token: string;
  readonly decimals: number;
  readonly vault: string;
  readonly backing: { readonly address: string; readonly decimals: number };
  readonly currency: CurrencyCode;
  /** Smallest units, or the call that says it. */
  readonly cap: bigint | string | undefined;
  /** The call that says who may mint; undefined where nobody can. */
  readonly owner: string | undefined;
  readonly snapshot: string;
  readonly lock: WatchedLock | undefined;
  readonly everyMs: number;
}

/** The reserves of one chain from the config's assets. One whose token is none of its asset's is left out: the config is refused for it. */
export function watchedReserves(chain: string, assets: Readonly<Record<string, { readonly tokens: readonly ListedToken[]; readonly reserve?: ReserveConfig | undefined }>>): readonly WatchedReserve[] {
  return Object.entries(assets).flatMap(([asset, { tokens, reserve }]): readonly WatchedReserve[] => {
    const token = reserve === undefined ? undefined : reservedToken(reserve, tokens);
    if (reserve === undefined || token === undefined || reserve.chain !== chain) return [];
    const { cap, owner, lock } = reserve;
    return [{
      asset: assetId(asset), id: [chain, reserve.token, reserve.vault, reserve.backing.address, reserve.currency].join('/'), token: reserve.token, decimals: token.decimals, vault: reserve.vault, backing: reserve.backing, currency: currencyCode(reserve.currency),
      cap: typeof cap === 'number' ? BigInt(cap) * 10n ** BigInt(token.decimals) : cap === undefined ? undefined : toFunctionSelector(cap.call),
      owner: owner === 'none' ? undefined : toFunctionSelector(owner), snapshot: toFunctionSelector(reserve.snapshot), everyMs: reserve.everyMs,
      lock: lock === undefined ? undefined : watchedLock(lock),
    }];
  });
}

/** The token of an asset that its reserve is behind; undefined where it is none of them. */
export function reservedToken(reserve: { readonly chain: string; readonly token: string }, tokens: readonly ListedToken[]): ListedToken | undefined {
  return tokens.find((token) => token.chain === reserve.chain && token.native !== true && token.address?.toLowerCase() === reserve.token.toLowerCase());
}
