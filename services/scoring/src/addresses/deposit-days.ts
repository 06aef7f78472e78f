import type { TransferMessage } from '@breakwater/contracts';
import type { ChainId, EpochMs } from '@breakwater/models/core';
import { DAY, epochMs } from '@breakwater/models/core';

/** Days of UTC that are kept. */
export const mostDepositDays = 30;

/** What came to exchanges on one day of UTC, units of the asset. */
export interface DepositDay {
  /** Its beginning. */
  readonly day: EpochMs;
  readonly units: number;
  /** Of them those from addresses that were labelled as the issuer's. */
  readonly issuerUnits: number;
}

/** A place in the log of a chain. */
type Place = readonly [block: number, logIndex: number];

/** What `save` gives. */
export interface SavedDepositDays {
  readonly days: readonly (readonly [day: number, units: number, issuerUnits: number])[];
  /** By chain the last place that was counted. */
  readonly places: readonly (readonly [ChainId, Place])[];
  readonly forgottenTo: number;
}

/** Deposits by day. They are told one by one, as they begin and cease to count. */
export interface DepositDays {
  /** A deposit counts that did not before. One that was counted and is forgotten by whoever tells (`forget`) may come again: it changes nothing. */
  add(transfer: TransferMessage): void;
  /** A deposit that counted was undone. */
  remove(transfer: TransferMessage): void;
  /** Deposits up to here are not told apart from repeats any more but by their place on the chain. */
  forget(at: number): void;
  /** Oldest first. */
  days(): readonly DepositDay[];
  save(): SavedDepositDays;
}

const isAfter = ([block, index]: Place, other: Place | undefined): boolean => other === undefined || block > other[0] || (block === other[0] && index > other[1]);
const dayOf = (t: number): number => Math.floor(t / DAY) * DAY;

/** Restores days from what `save` gave. Every call is O(days), of which there are at most `mostDepositDays`. */
export function createDepositDays(saved?: SavedDepositDays): DepositDays {
  const days = new Map<number, { units: number; issuerUnits: number }>(saved?.days.map(([day, units, issuerUnits]) => [day, { units, issuerUnits }]));
  const places = new Map<ChainId, Place>(saved?.places);
  let forgottenTo = saved?.forgottenTo ?? 0;
  const change = (t: TransferMessage, sign: 1 | -1): void => {
    const day = dayOf(t.eventTime);
    const held = days.get(day) ?? { units: 0, issuerUnits: 0 };
    const issuer = t.fromLabel?.startsWith('issuer:') === true ? t.units : 0;
    // Sums of what was taken away again are not left below nothing by a rounding.
    days.set(day, { units: Math.max(0, held.units + sign * t.units), issuerUnits: Math.max(0, held.issuerUnits + sign * issuer) });
    for (const old of [...days.keys()].sort((a, b) => a - b).slice(0, Math.max(0, days.size - mostDepositDays))) days.delete(old);
  };
  return {
    add: (transfer) => {
      const place: Place = [transfer.block, transfer.logIndex];
      const isNew = isAfter(place, places.get(transfer.chain));
      if (transfer.eventTime <= forgottenTo && !isNew) return;
      if (isNew) places.set(transfer.chain, place);
      change(transfer, 1);
    },
    remove: (transfer) => change(transfer, -1),
    forget: (at) => {
      forgottenTo = Math.max(forgottenTo, at);
    },
    days: () => [...days].sort(([a], [b]) => a - b).map(([day, { units, issuerUnits }]) => ({ day: epochMs(day), units, issuerUnits })),
    save: () => ({ days: [...days].map(([day, { units, issuerUnits }]) => [day, units, issuerUnits]), places: [...places], forgottenTo }),
  };
}
