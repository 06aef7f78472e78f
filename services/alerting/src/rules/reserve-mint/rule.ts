import type { Reason, ScoreMessage } from '@breakwater/contracts';
import type { Rule } from '../condition.ts';
import { conditionOf } from '../condition.ts';
import type { ReserveMintConfig } from './config.ts';

type Reserve = NonNullable<ScoreMessage['reserve']>;
type Mint = Reserve['events'][number];

/** Most mints that a warning names, the last first. */
const mostNamed = 4;

/**
 * The owner minted, and nothing that came in paid for it: what is behind one token is shared among more. How bad it is, is by how much all such mints of late lower the floor. A mint that leaves the floor no lower (a bridge's, an
 * issuer's against a deposit) is none of this rule's: whoever takes from the vault afterwards is seen by `reserve.floor`. What was read of the chain stays read, so it fires while the reserve cannot be read; it clears only when it
 * can. A mint that the chain took back is no longer among the events.
 */
export const reserveMint: Rule<ReserveMintConfig> = {
  name: 'reserve-mint',
  kind: 'reserve.mint',
  evaluate: ({ reserve, eventTime }, config) => {
    const mints = (reserve?.events ?? []).filter((event) => isUnbacked(event) && event.eventTime > eventTime - config.forSeconds * 1_000);
    const dilution = reserve === undefined || reserve === null ? 0 : dilutionBy(reserve, mints);
    const rest = {
      severity: dilution >= config.criticalDilution ? ('critical' as const) : dilution >= config.warningDilution ? ('warning' as const) : ('watch' as const),
      reasons: reserve === undefined || reserve === null ? [] : [...mintReasons(reserve, mints), ...mayMint(reserve)],
      trigger: null, dropped: [], depositsBelow: reserve !== undefined && reserve !== null,
    };
    if (reserve === undefined || reserve === null) return conditionOf('unknown', rest);
    if (mints.length > 0 || isUnnamed(reserve)) return conditionOf('active', rest);
    return conditionOf(reserve.status === 'exact' ? 'clear' : 'unknown', rest);
  },
};

function isUnbacked({ event, backed }: Mint): boolean {
  return event === 'mint' && backed !== true;
}

/** Whether something was minted for nothing in the day of which no mint is named: others were, or the score is of an earlier version. Where one is named that is too old, so are those that are not. */
function isUnnamed({ events, unbackedDay = 0 }: Reserve): boolean {
  return unbackedDay > 0 && !events.some(isUnbacked);
}

/**
 * By which share mints within the rule's time lower the floor together, 0 to 1: each as the score has it, else by its tokens over all that are outstanding. Only the last mints are named: where all of them are within the time
 * there may be more, and what else was minted for nothing in the day counts.
 */
function dilutionBy(reserve: Reserve, mints: readonly Mint[]): number {
  const { events, supply, mintedDay = 0, unbackedDay = mintedDay } = reserve;
  const unitsOf = (some: readonly Mint[]): number => some.reduce((sum, mint) => sum + mint.amount, 0);
  const unnamed = (mints.length > 0 && mints.length === events.filter(isUnbacked).length) || isUnnamed(reserve) ? Math.max(0, unbackedDay - unitsOf(mints)) : 0;
  const bare = supply > 0 ? Math.min(1, (unitsOf(mints.filter(({ lost }) => lost === undefined)) + unnamed) / supply) : 0;
  // So that one alone is the share as it was measured.
  return mints.reduce((share, { lost = 0 }) => share + lost - share * lost, bare);
}

/** Each mint with the floor before and after it, as the score has them, else worked back from the present one; the last first. */
function mintReasons(reserve: Reserve, mints: readonly Mint[]): readonly Reason[] {
  let supply = reserve.supply;
  return [...mints].reverse().slice(0, mostNamed).map((mint): Reason => {
    const before = Math.max(supply - mint.amount, 0);
    const reason = { code: 'reserve-mint', units: mint.amount, currency: reserve.currency, floorBefore: mint.floorBefore ?? (before > 0 ? reserve.vault / before : 0), floorAfter: mint.floorAfter ?? (supply > 0 ? reserve.vault / supply : 0), tx: mint.tx } as const;
    supply = before;
    return reason;
  });
}

/** What the owner may still do, where there is one and a cap says how much. */
function mayMint({ owner, cap, supply, worstFloorUsd }: Reserve): readonly Reason[] {
  return owner === null || cap === null || cap <= supply ? [] : [{ code: 'owner-may-mint', units: cap - supply, worstFloorUsd }];
}
