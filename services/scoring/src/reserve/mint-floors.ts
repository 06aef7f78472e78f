import type { ReserveEventMessage, ReserveMessage } from '@breakwater/contracts';
import { floorNumber, floorOf, type FloorFraction, type Reserve } from '@breakwater/models/settlement';
import type { GivenUp } from './reserve-memory.ts';

/** How long before a mint what pays for it may have come in, milliseconds: a bridge or an issuer takes a deposit, then mints, often in another transaction [A]. */
export const backedWithinMs = 600_000;

/** The least share of the floor that a mint must take to be one that nothing paid for: vault and token round to other decimals, and an issuer's deposit may be a unit short for it [A]. */
const leastLost = 1e-9;

/** What a mint did to the floor. */
export interface MintFloors {
  /** The floor before and after its transaction; undefined where it is not known, or nothing was outstanding. */
  readonly before: FloorFraction | undefined;
  readonly after: FloorFraction | undefined;
  /** Whether its transaction leaves the floor as high as it was right before, or `backedWithinMs` before, but for what rounding takes: what came in paid for it. Never of a mint of which that is not known. */
  readonly backed: boolean;
  /** By which share it lowers the floor, 0 to 1: against the moment before its transaction, or `backedWithinMs` before, whichever is less; undefined where that is not known. */
  readonly lost: number | undefined;
}

/**
 * The floors around each mint, in whole numbers: from the last reading back through all that moved since, and on through what moved after it. `events` are all that stand, oldest first, but for those
 * that were given up (`givenUp`): of moments up to the last of these nothing is known, and of none while the reserve was not read since. Nor where what moved does not add up (a balance below nothing). O(events).
 */
export function mintFloors(latest: ReserveMessage, events: readonly ReserveEventMessage[], givenUp?: GivenUp): ReadonlyMap<ReserveEventMessage, MintFloors> {
  const states = courseOf(latest, events, givenUp);
  const floorAt = (i: number): FloorFraction | undefined => {
    const state = states[i];
    return state === undefined ? undefined : floorOf(state);
  };
  const spans = spansOf(events);
  const found = new Map<ReserveEventMessage, MintFloors>();
  let from = 0;
  for (const event of events) {
    while ((events[from]?.eventTime ?? Infinity) <= event.eventTime - backedWithinMs) from++;
    if (event.event !== 'mint') continue;
    const [first, last] = spans.get(txOf(event)) ?? [from, from];
    const [start, before, after] = [floorAt(Math.min(from, first)), floorAt(first), floorAt(last + 1)];
    const shares = [start, before].map((earlier) => (earlier === undefined || after === undefined ? undefined : lostFrom(earlier, after)));
    const lost = shares.includes(undefined) ? undefined : Math.min(...shares.map((share) => share ?? 0));
    found.set(event, { before, after, backed: lost !== undefined && lost <= leastLost, lost });
  }
  return found;
}

const txOf = ({ chain, tx }: ReserveEventMessage): string => `${chain}/${tx}`;

/** The first and the last event of each transaction, by their number. */
function spansOf(events: readonly ReserveEventMessage[]): ReadonlyMap<string, readonly [number, number]> {
  const spans = new Map<string, readonly [number, number]>();
  for (const [i, event] of events.entries()) spans.set(txOf(event), [spans.get(txOf(event))?.[0] ?? i, i]);
  return spans;
}

/** By which share a floor is below another one; 0 where it is not. Exact until it is a double. */
function lostFrom(before: FloorFraction, after: FloorFraction): number {
  const [whole, left] = [before.numerator * after.denominator, after.numerator * before.denominator];
  return left >= whole ? 0 : floorNumber({ numerator: whole - left, denominator: whole });
}

/** The reserve before each event and after the last; undefined where that is not known. */
function courseOf(latest: ReserveMessage, events: readonly ReserveEventMessage[], givenUp: GivenUp | undefined): readonly (Reserve | undefined)[] {
  const states: (Reserve | undefined)[] = Array.from({ length: events.length + 1 }, () => undefined);
  const read = events.filter(({ block }) => block <= latest.block).length;
  states[read] = { vault: BigInt(latest.vault), vaultDecimals: latest.vaultDecimals, supply: BigInt(latest.supply), decimals: latest.decimals };
  if (givenUp !== undefined && givenUp.block > latest.block) return states;
  // Right before the first event after them all are in; what stands before an earlier one lacks some.
  for (let i = read; i > 0 && (events[i - 1]?.eventTime ?? 0) > (givenUp?.eventTime ?? -Infinity); i--) states[i - 1] = moved(states[i], events[i - 1], -1n);
  for (let i = read; i < events.length; i++) states[i + 1] = moved(states[i], events[i], 1n);
  return states;
}

/** The reserve after an event (`sign` 1), or before it (-1); undefined where that is below nothing. */
function moved(state: Reserve | undefined, event: ReserveEventMessage | undefined, sign: 1n | -1n): Reserve | undefined {
  if (state === undefined || event === undefined) return undefined;
  const amount = sign * BigInt(event.amount);
  const next = ((): Reserve => {
    switch (event.event) {
      case 'deposit': return { ...state, vault: state.vault + amount };
      case 'withdrawal': return { ...state, vault: state.vault - amount };
      case 'mint': return { ...state, supply: state.supply + amount };
      case 'burn': return { ...state, supply: state.supply - amount };
      case 'owner':
      case 'lock':
      case 'unlock':
      case 'snapshot': return state;
    }
  })();
  return next.vault < 0n || next.supply < 0n ? undefined : next;
}
