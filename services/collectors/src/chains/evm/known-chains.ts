import type { SettlementSpec } from '@breakwater/models/settlement';
import type { BloomTrust } from './bloom.ts';

/**
 * Where a chain's own finality comes from. `l1`: its own validators. `sidechain`: its own validators, with checkpoints elsewhere. Rollups post their blocks to
 * Ethereum: `safe` and `final` follow what Ethereum has of them. Withdrawals of optimistic rollups through their own bridge take days longer and are no part
 * of this.
 */
export type SettlementClass = 'l1' | 'sidechain' | 'optimistic-rollup' | 'zk-rollup';

/** What is known of a chain before its config is read. Each of `feed` is a default that the config's `feed` replaces. */
export interface KnownChain {
  readonly id: string;
  readonly name: string;
  readonly coin: string;
  readonly settlement: SettlementClass;
  /** How capital settles through it, where its class's own figures do not fit: BNB final after two to three blocks, OP Stack chains with a challenge of seven days. */
  readonly ledger: SettlementSpec;
  /** Time between blocks, milliseconds. */
  readonly blockMs: number;
  /** Defaults of the chain's feed that differ from the family's. */
  readonly feed: KnownFeed;
  /** What `safe` and `final` stand for there, and what was read of it and when; what was not found in a stored page says so. */
  readonly finality: string;
  readonly source: string;
  readonly checked: string;
}

/** Defaults that depend on a chain. */
export interface KnownFeed {
  readonly pollEveryMs?: number;
  readonly stallAfterMs?: number;
  /** 0 where blocks come faster than they could be read one by one, or one sequencer orders them and forks at the head are not expected. */
  readonly singleBlocks?: number;
  /** So that blocks are held until they are final, where that takes many. Between two that are held there may be many: only ends of ranges and blocks with transfers are. */
  readonly heldBlocks?: number;
  readonly safe?: 'safe' | 'none';
  readonly confirmations?: number;
  readonly bloom?: BloomTrust;
}

const checked = '2026-11-27';
/** Sequenced chains: ranges up to the head. */
const sequenced = { singleBlocks: 0 } as const;

/** The chains known by name; any other is followed with the family's defaults. `confirmations` count only where a node does not know the tags [A]. */
export const knownChains: readonly KnownChain[] = [
  {
    id: 'eip155:1', name: 'Ethereum', coin: 'ETH', settlement: 'l1', ledger: { class: 'l1-pos' }, blockMs: 12_000, feed: { bloom: 'exact' }, checked,
    finality: 'safe: justified, about one epoch; finalized: two epochs, about 13 min', source: 'https://ethereum.org/en/developers/docs/blocks/',
  },
  {
    id: 'eip155:56', name: 'BNB Smart Chain', coin: 'BNB', settlement: 'l1', ledger: { class: 'l1-pos', figures: { slotSeconds: 0.45, finalFromSlots: 2, finalToSlots: 3 } }, blockMs: 450, feed: { ...sequenced, heldBlocks: 1_024, confirmations: 24, bloom: 'exact' }, checked,
    finality: 'finalized: two consecutive blocks justified by votes (BEP-126), about two blocks later; 0.45 s blocks since Fermi, 14 Jan 2026 (BEP-619)',
    source: 'https://docs.bnbchain.org/announce/fermi-bsc; https://github.com/bnb-chain/BEPs/blob/master/BEPs/BEP126.md',
  },
  {
    id: 'eip155:42161', name: 'Arbitrum One', coin: 'ETH', settlement: 'optimistic-rollup', ledger: { class: 'optimistic-rollup' }, blockMs: 250, feed: { ...sequenced, heldBlocks: 8_192, confirmations: 7_200, bloom: 'exact' }, checked,
    finality: 'safe, finalized: the batch that holds the block is safe or final on Ethereum', source: 'https://docs.arbitrum.io/how-arbitrum-works/reference/finality-and-reorgs',
  },
  {
    id: 'eip155:10', name: 'OP Mainnet', coin: 'ETH', settlement: 'optimistic-rollup', ledger: { class: 'optimistic-rollup', figures: { challengeSeconds: 604_800 } }, blockMs: 2_000, feed: { ...sequenced, heldBlocks: 2_048, confirmations: 900, bloom: 'exact' }, checked,
    finality: 'safe: data posted to Ethereum; finalized: that Ethereum block is final, 20 to 30 min', source: 'https://github.com/ethereum-optimism/docs/pull/1093; https://docs.chainstack.com/docs/flashblocks-on-optimism (2 s blocks)',
  },
  {
    id: 'eip155:8453', name: 'Base', coin: 'ETH', settlement: 'optimistic-rollup', ledger: { class: 'optimistic-rollup', figures: { challengeSeconds: 604_800 } }, blockMs: 2_000, feed: { ...sequenced, heldBlocks: 2_048, confirmations: 900, bloom: 'exact' }, checked,
    finality: 'as OP Mainnet: safe when posted to Ethereum, finalized with that Ethereum block', source: 'https://github.com/base/docs/pull/595',
  },
  {
    // Logs of state-sync transactions are not in the block's filter (a block with ten logs and an all-zero filter: l2beat/l2beat#10113).
    id: 'eip155:137', name: 'Polygon PoS', coin: 'POL', settlement: 'sidechain', ledger: { class: 'sidechain' }, blockMs: 2_000, feed: { confirmations: 64, bloom: 'partial', safe: 'none' }, checked,
    finality: 'finalized: a milestone voted on by two thirds of the validators, 2 to 5 s; the block time is from memory', source: 'https://docs.polygon.technology/pos/concepts/finality/finality',
  },
  {
    // Filters were zero until 2024 and have named logs that are not there (matter-labs/zksync-era#2633, #4580).
    id: 'eip155:324', name: 'ZKsync Era', coin: 'ETH', settlement: 'zk-rollup', ledger: { class: 'zk-rollup' }, blockMs: 1_000, feed: { ...sequenced, stallAfterMs: 120_000, heldBlocks: 16_384, confirmations: 14_400, bloom: 'partial', safe: 'none' }, checked,
    finality: 'finalized: the batch is executed on Ethereum, hours; from memory, as is the block time: no page was found that says it of the tag', source: 'https://docs.zksync.io/zk-stack/concepts/blocks',
  },
  {
    id: 'eip155:59144', name: 'Linea', coin: 'ETH', settlement: 'zk-rollup', ledger: { class: 'zk-rollup' }, blockMs: 2_000, feed: { ...sequenced, stallAfterMs: 120_000, heldBlocks: 16_384, confirmations: 14_400, bloom: 'exact', safe: 'none' }, checked,
    finality: 'finalized: proven on Ethereum; the block time is from memory', source: 'https://docs.linea.build/network/how-to/finalized-block',
  },
  {
    id: 'eip155:534352', name: 'Scroll', coin: 'ETH', settlement: 'zk-rollup', ledger: { class: 'zk-rollup' }, blockMs: 3_000, feed: { ...sequenced, stallAfterMs: 120_000, heldBlocks: 8_192, confirmations: 4_800, bloom: 'exact', safe: 'none' }, checked,
    finality: 'finalized: proven on Ethereum; that the tag says so, and the block time, are from memory', source: 'https://docs.scroll.io/en/technology/chain/rollup/',
  },
];

/** What is known of a chain by its CAIP-2 id, undefined for one that is not in the table. */
export function knownChain(id: string): KnownChain | undefined {
  return knownChains.find((chain) => chain.id === id);
}
