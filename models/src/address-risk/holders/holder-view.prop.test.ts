import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRng } from '../../core/index.ts';
import { PIECE, type Steps } from '../steps.ts';
import { createHolderState, type HolderState } from './holder-state.ts';
import { holderView, holderViewSteps, type HolderView } from './holder-view.ts';
import type { ViewSettings } from './owner-types.ts';
import { venueLabel, type HolderLabels } from './owners.ts';
import { reviewLabels, reviewSteps } from './review.ts';

const DAY = 86_400_000;
const START = 20_000 * DAY;
const MINT = '0x0';
const OWNERS = 3 * PIECE;

/** Every 97th address is of an exchange, every 400th of the issuer. */
const labelOf = (address: string): string | undefined => {
  const n = Number(address.slice(1));
  return n % 97 === 0 ? `exchange:e${n % 5}` : n % 400 === 1 ? 'issuer:i' : undefined;
};
const labels: HolderLabels = {
  lookup: (address) => (labelOf(address) === undefined ? undefined : { label: labelOf(address) ?? '', confidence: 0.9, disputed: false }), labelOf,
  links: [{ a: 'w2', b: 'w3', code: 'committee', confidence: 0.9, by: 'a committee' }],
};
const settings: ViewSettings = { at: START + 40 * DAY, perUnit: 10, dormantWeight: 0.5, mostOwners: 24, mostAddresses: 4 };

/** Several pieces of everything: addresses, transfers of the last days, links between funders and funded. */
function world(seed: number): HolderState {
  const rng = createRng(seed);
  const state = createHolderState({ mint: MINT, limit: 1e6, perDay: 1e6, venueOf: (address) => venueLabel(labelOf(address)) });
  state.begin(0, true);
  const who = (): string => `w${Math.floor(rng.next() ** 3 * OWNERS)}`;
  for (let number = 1; number <= 400; number++) {
    const transfers = Array.from({ length: 80 }, (_, i) => {
      const fresh = number * 80 + i;
      if (number <= OWNERS / 320) return { from: MINT, to: `w${fresh}`, amount: 1000n };
      return fresh < OWNERS ? { from: `w${Math.floor(fresh / 4)}`, to: `w${fresh}`, amount: BigInt(1 + rng.int(50)) } : { from: who(), to: rng.chance(0.2) ? 'w97' : who(), amount: BigInt(1 + rng.int(20)) };
    });
    state.apply({ number, at: START + number * 0.1 * DAY, transfers });
  }
  return state;
}

/** What a look says, without the questions that can be asked of it. */
const said = ({ who, ...view }: HolderView): unknown => ({ ...view, clusters: [...who.clusters] });

describe('a look in pieces', () => {
  it('is the look at once, whatever other looks lie between its pieces', () => {
    fc.assert(fc.property(fc.integer(), fc.array(fc.boolean(), { minLength: 5, maxLength: 20 }), (seed, turns) => {
      const state = world(seed);
      const whole = said(holderView(state, labels, settings));
      const after: HolderLabels = { ...labels, labelOf: (address) => (address === 'w7' ? 'exchange:late' : labelOf(address)) };
      const [first, second, review] = [holderViewSteps(state, labels, settings), holderViewSteps(state, labels, settings), reviewSteps(state, labels, after, settings.at)];
      for (const turn of turns) expect((turn ? second : review).next().done).toBe(false);
      const rest = <T>(steps: Steps<T>, meanwhile: () => unknown): { readonly value: T; readonly pieces: number } => {
        for (let pieces = 1; ; pieces++) {
          const next = steps.next();
          if (next.done === true) return { value: next.value, pieces };
          meanwhile();
        }
      };
      const found = rest(first, () => second.next());
      expect(said(found.value)).toEqual(whole);
      expect(found.pieces).toBeGreaterThan(15);
      expect(rest(review, () => undefined).value).toEqual(reviewLabels(state, labels, after, settings.at));
    }), { numRuns: 3 });
  });

  it('of a state that changes between two pieces, wherever, says nothing', () => {
    const state = world(1);
    let number = 1000;
    for (let stopAt = 1; stopAt <= 12; stopAt++) {
      const steps = holderViewSteps(state, labels, settings);
      for (let i = 0; i < stopAt; i++) steps.next();
      if (stopAt % 2 === 0) state.revert(number - 1);
      else state.apply({ number: ++number, at: START + 41 * DAY, transfers: [{ from: 'w1', to: 'w2', amount: 1n }] });
      expect(() => steps.next()).toThrow('changed before the look was over');
    }
    // A block without transfers changes nothing.
    const steps = holderViewSteps(state, labels, settings);
    steps.next();
    state.apply({ number: ++number, at: START + 41 * DAY, transfers: [] });
    expect(steps.next().done).toBe(false);
  });
});
