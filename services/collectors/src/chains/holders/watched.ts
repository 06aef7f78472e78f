import type { AssetId, EpochMs } from '@breakwater/models/core';
import type { HoldersConfig } from '../../config.ts';
import { NATIVE } from '../evm/map.ts';
import { isAntelope, isTokenAt, tokenLabel, type WatchedToken } from '../tokens.ts';

/** A token whose holders are kept, and how. */
export interface WatchedHolders {
  readonly asset: AssetId;
  /** As transfers name it. */
  readonly token: string;
  /** Smallest units of the token in one unit of the asset. */
  readonly perUnit: number;
  /** The address that stands for nobody, where the family has one. */
  readonly mint: string | undefined;
  /** The block in which the token was made, where that is known and its transfers say everything. */
  readonly createdBlock: number | undefined;
  /** Whether its transfers can say everything: those of a chain's own coin, and of Antelope tokens (which are issued without one), cannot. */
  readonly canBeWhole: boolean;
  /** Units in circulation as the config says; undefined where they are spread over several chains: how many are on this one nobody says. */
  readonly knownSupply: number | undefined;
  /** What is said of an address, as it is to be understood of the token. */
  readonly labelOf: (label: string | undefined) => string | undefined;
  /** Whether it keeps snapshots of what everybody holds, which its transfers are held against. */
  readonly snapshots: boolean;
  readonly settings: Pick<HoldersConfig, 'limit' | 'everySeconds' | 'atOnceShare' | 'dormantWeight'>;
  /** Whether the token is its asset at a time. */
  readonly isAt: (blockTime: EpochMs) => boolean;
}

/** The zero address of EVM chains: tokens are minted from it and burnt to it (https://eips.ethereum.org/EIPS/eip-20). */
const ZERO = `0x${'0'.repeat(40)}`;

/** The tokens of a chain whose holders are kept, by the config's assets. */
export function watchedHolders(chain: string, tokens: readonly WatchedToken[], assets: Readonly<Record<string, { readonly float?: number | undefined; readonly tokens: readonly { readonly chain: string }[]; readonly holders: HoldersConfig; readonly reserve?: { readonly chain: string; readonly token: string } | undefined }>>): readonly WatchedHolders[] {
  return tokens.flatMap((token): readonly WatchedHolders[] => {
    const asset = assets[token.asset];
    if (asset === undefined || !asset.holders.enabled) return [];
    return [{
      asset: token.asset, token: token.address, perUnit: (token.standard === 'erc721' ? 1 : 10 ** token.decimals) / (token.multiplier ?? 1),
      mint: isAntelope(chain) ? undefined : ZERO, createdBlock: asset.holders.createdBlock[chain], canBeWhole: !isAntelope(chain) && token.address !== NATIVE,
      knownSupply: asset.tokens.every((other) => other.chain === chain) ? asset.float : undefined, settings: asset.holders, labelOf: (label) => tokenLabel(token, label),
      // A token behind which a reserve is watched is read for its snapshots anyway.
      snapshots: token.address !== NATIVE && !isAntelope(chain) && token.standard !== 'erc721' && (asset.holders.snapshots ?? (asset.reserve?.chain === chain && asset.reserve.token.toLowerCase() === token.address)),
      isAt: (blockTime) => isTokenAt(token, blockTime),
    }];
  });
}
