import { z } from 'zod';
import { isAddress } from '../../labels.ts';

const address = z.string().transform((text) => text.toLowerCase()).refine(isAddress, '0x and 40 hexadecimal digits');
const decimals = z.number().int().min(0).max(36);
const view = z.string().regex(/^[A-Za-z_$][\w$]*\(\)$/, 'a function without arguments, as in owner()');
const event = z.string().regex(/^[A-Za-z_$][\w$]*\([a-z0-9]*(,[a-z0-9]+)*\)$/, 'an event with the types of its arguments, as in LockExtended(uint256)');

const lockNumber = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,78}$/, 'a whole number')]).transform(String);

/** A lock of a contract of its own. Names and layouts of such contracts differ: an event's last argument is the new end, or what was released. */
const ownLock = z
  .strictObject({
    locker: z.literal('own').describe('A contract of its own, as when no locker is named.'),
    address: address.describe('The contract that holds the liquidity.'),
    until: view.default('lockedUntil()').describe('What says when it may be taken away, seconds since the epoch.'),
    extended: event.default('LockExtended(uint256)').describe('The event by which that end moves; its last argument is the new one.'),
    released: event.default('LockReleased(address,uint256)').describe('The event by which liquidity is taken away; its last argument is how much.'),
  })
  .readonly();
const timelock = z
  .strictObject({ locker: z.literal('timelock').describe('OpenZeppelin’s TokenTimelock, as AMT has one.'), address: address.describe('The contract that holds the liquidity.'), token: address.describe('The token of the pool that it holds.') })
  .readonly();
const pinkLock = z
  .strictObject({ locker: z.literal('pinklock').describe('PinkSale’s PinkLock02.'), address: address.describe('The contract of all locks.'), id: lockNumber.describe('The number of the lock.') })
  .readonly();
const uncx = z
  .strictObject({ locker: z.literal('uncx').describe('UNCX (UniCrypt), UniswapV2Locker.'), address: address.describe('The contract of all locks.'), token: address.describe('The token of the pool.'), id: lockNumber.default('0').describe('The number of the lock among those of that token.') })
  .readonly();
/** The lock on the liquidity of a token's market: at a locker that is known, else in a contract of its own. */
const lock = z.preprocess((written) => (typeof written === 'object' && written !== null && !('locker' in written) ? { ...written, locker: 'own' } : written), z.discriminatedUnion('locker', [ownLock, timelock, pinkLock, uncx]));
/** The lock on the liquidity of a token's market. */
export type LockConfig = z.infer<typeof lock>;

/** How the floor is taken for a bid: who redeems must carry the vault's currency to where it can be sold, and fears its price on the way. Design assumptions. */
const redemption = z
  .strictObject({
    capitalUsd: z.number().positive().default(100_000).describe('What those who buy below the floor to redeem have, US dollars.'),
    latencySeconds: z.number().positive().max(604_800).default(900).describe('Until what was redeemed can be sold, seconds.'),
    volatility: z.number().positive().max(10).default(0.6).describe('Of the vault’s currency, a year.'),
    fear: z.number().min(0).max(10).default(1.64).describe('How many standard deviations of its price on the way a redeemer wants to be paid for.'),
  })
  .readonly();

/** The reserve behind a redeemable token, of one asset of the config. What addresses are named is never a constant. */
export const reserveConfig = z
  .strictObject({
    chain: z.string().describe('CAIP-2 id of the EVM chain.'),
    token: address.describe('The redeemable token, one of the asset’s tokens on that chain.'),
    vault: address.describe('Who holds what is paid for a token.'),
    backing: z.strictObject({ address: address.describe('Its contract.'), decimals: decimals.describe('Its decimals.') }).readonly().describe('The token that the vault holds.'),
    currency: z.string().regex(/^[A-Z0-9]{1,16}$/, 'a currency in capitals, as in BTC').default('BTC').describe('What a unit of that is worth a unit of.'),
    cap: z.union([z.number().int().positive(), z.strictObject({ call: view }).readonly()]).optional().describe('Most that may ever be outstanding: in tokens, or call: the function that says it.'),
    owner: z.union([z.literal('none'), view]).default('owner()').describe('The function that says who may mint; none where nobody can.'),
    snapshot: view.default('getCurrentSnapshotId()').describe('The function that says which snapshot of holders was the last, where there is one.'),
    lock: lock.optional().describe('The lock on the liquidity of its market.'),
    everyMs: z.number().int().min(1_000).default(60_000).describe('How often it is read while nothing happens, milliseconds.'),
    haircut: z.number().min(0).lt(1).default(0.02).describe('Taken off the floor for whoever keeps what the vault’s token stands for, a share.'),
    redemption: redemption.prefault({}).describe('How the floor is taken for a bid.'),
  })
  .superRefine(({ token, vault, backing, lock: locked }, context) => {
    const named = [['token', token], ['vault', vault], ['backing', backing.address], ...(locked === undefined ? [] : [['lock', locked.address]]), ...(locked !== undefined && 'token' in locked ? [['lock', locked.token]] : [])] as const;
    for (const [i, [name, at]] of named.entries()) {
      const other = named.slice(0, i).find(([, earlier]) => earlier === at);
      if (other !== undefined) context.addIssue({ code: 'custom', path: [name], message: `must not be the address of ${other[0]}` });
    }
  })
  .readonly();
/** The reserve behind a redeemable token. */
export type ReserveConfig = z.infer<typeof reserveConfig>;
