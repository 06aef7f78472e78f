import type { InstrumentMessage } from '@breakwater/contracts';
import type { InstrumentId } from '@breakwater/models/core';

/** How much each market trades, in units of the asset: what decides whose price is the asset's. */
export interface Activity {
  trade(instrument: InstrumentId, units: number): void;
  of(instrument: InstrumentId): number;
  /** A bar is over: what was traded counts for a little less from now on. */
  age(): void;
  save(): readonly (readonly [InstrumentId, number])[];
}

/** What one bar of five minutes takes off: half of what was traded a day ago counts [A]. */
const keptPerBar = 0.5 ** (1 / 288);

/** Restores what `save` gave. */
export function createActivity(saved: readonly (readonly [InstrumentId, number])[] = []): Activity {
  const traded = new Map<InstrumentId, number>(saved);
  return {
    trade: (instrument, units) => void traded.set(instrument, (traded.get(instrument) ?? 0) + units),
    of: (instrument) => traded.get(instrument) ?? 0,
    age: () => {
      for (const [instrument, units] of traded) {
        // Of a market that is gone nothing is left after some weeks.
        if (units < 1e-9) traded.delete(instrument);
        else traded.set(instrument, units * keptPerBar);
      }
    },
    save: () => [...traded],
  };
}

/** Units of the asset in a trade of `qty` at `price`, both as the venue prints them. */
export function tradedUnits({ marketKind, contractSize, multiplier }: Pick<InstrumentMessage, 'marketKind' | 'contractSize' | 'multiplier'>, price: number, qty: number): number {
  // Contracts of an inverse market are of a fixed amount of the quote currency.
  return marketKind === 'inverse' ? (qty * contractSize * multiplier) / price : qty * contractSize * multiplier;
}
