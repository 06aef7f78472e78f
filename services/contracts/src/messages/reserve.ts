import { z } from 'zod';
import { stamp, unit } from './common.ts';

/** A whole number of any size, in decimal digits. */
const whole = z.string().regex(/^\d{1,78}$/);
const transferState = z.enum(['included', 'safe', 'final', 'reverted']);

/**
 * The reserve behind a redeemable token, after a block: read at that block's hash, so that all figures are of one moment. Amounts are whole numbers of the smallest units.
 */
export const reserveMessage = z
  .object({
    /** Which reserve: its chain, token, vault, the vault's token and what that is a unit of. With another vault in the config it is another one, whose figures compare with none of this one's. */
    reserve: z.string().min(1).max(256),
    kind: z.literal('reserve'), ...stamp, asset: unit.asset, chain: unit.chain, block: z.number().int().nonnegative(), blockHash: z.string(),
    /** What the vault holds of the currency that it pays, e.g. BTC, and that currency's decimals. */
    vault: whole, vaultDecimals: z.number().int().min(0).max(36), currency: unit.currency,
    /** What is outstanding of the token, and its decimals. */
    supply: whole, decimals: z.number().int().min(0).max(36),
    /** Most that may ever be outstanding; null where the contract states none. */
    cap: whole.nullable(),
    /** Who may mint; null where nobody can any more. */
    owner: z.string().nullable(),
    /** When the liquidity of its market is free to be taken away; 0 where nothing is locked (any more); null where no lock is watched or it never ends. */
    liquidityLockedUntil: unit.epochMs.nullable(),
    /** The last snapshot of holders, which payouts go by. */
    snapshotId: whole.nullable(),
  })
  .readonly();
export type ReserveMessage = z.infer<typeof reserveMessage>;

/** What happened to a reserve: one event of a log. The same key (`chain`, `tx`, `logIndex`) comes again with a later state, `reverted` after a reorganisation. */
export const reserveEventMessage = z
  .object({
    /** Which reserve: its chain, token, vault, the vault's token and what that is a unit of. With another vault in the config it is another one, whose figures compare with none of this one's. */
    reserve: z.string().min(1).max(256),
    kind: z.literal('reserve.event'), ...stamp, asset: unit.asset, chain: unit.chain, block: z.number().int().nonnegative(), blockHash: z.string(), tx: z.string(), logIndex: z.number().int().nonnegative(),
    state: transferState,
    /** `deposit` and `withdrawal` of the vault, `mint` by the owner, `burn`, `owner` handed over, liquidity `unlock`ed or locked until another time (`lock`), `snapshot` of holders. */
    event: z.enum(['deposit', 'withdrawal', 'mint', 'burn', 'owner', 'lock', 'unlock', 'snapshot']),
    /** Smallest units of what moved; the id of a snapshot; 0 where nothing moves. */
    amount: whole,
    /** Who did it or whom it went to. */
    account: z.string(),
    /** The new end of a lock. */
    until: unit.epochMs.nullable(),
  })
  .readonly();
export type ReserveEventMessage = z.infer<typeof reserveEventMessage>;
