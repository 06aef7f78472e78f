import { describe, expect, it } from '@jest/globals';
import type { ReserveEventMessage } from '@breakwater/contracts';
import { createRng } from '@breakwater/models/core';
import { compareFloors, type FloorFraction } from '@breakwater/models/settlement';
import { backedWithinMs, mintFloors } from './mint-floors.ts';
import type { GivenUp } from './reserve-memory.ts';
import { reserve, reserveEvent } from './test-reserve.ts';

const t0 = 1_800_000_000_000;
const minute = 60_000;
const is = (floor: FloorFraction | undefined, vault: bigint, supply: bigint): boolean => floor !== undefined && compareFloors(floor, { numerator: vault, denominator: supply }) === 0;
const backed = (events: readonly ReserveEventMessage[], vault: bigint, supply: bigint, givenUp?: GivenUp, block = 10): readonly (boolean | undefined)[] => {
  const floors = mintFloors(reserve(t0, vault, supply, { block }), events, givenUp);
  return events.flatMap((event) => (event.event === 'mint' ? [floors.get(event)?.backed] : []));
};

describe('a mint', () => {
  it('that nothing came in for lowers the floor, exactly', () => {
    const mint = reserveEvent(t0, 'mint', 'm', 5n);
    const floors = mintFloors(reserve(t0, 30n, 34n), [mint]).get(mint);
    expect([is(floors?.before, 30n, 29n), is(floors?.after, 30n, 34n), floors?.backed, floors?.lost]).toEqual([true, true, false, 5 / 34]);
  });
  it('that a deposit of its transaction pays for is backed, whichever comes first, and by a deposit that rounding left a unit short, but not where a hundred millionth is missing', () => {
    // Floor 1 for 2: five more tokens cost two and a half.
    const e18 = 10n ** 18n;
    const pay = (amount: bigint, tx = 'm', logIndex = 0, at = t0): ReserveEventMessage => reserveEvent(at, 'deposit', tx, 1n, { amount: String(amount), logIndex });
    const mint = reserveEvent(t0, 'mint', 'm', 5n, { logIndex: 1 });
    const after = (paid: bigint): readonly (boolean | undefined)[] => {
      const floors = mintFloors({ ...reserve(t0, 0n, 15n), vault: String(5n * e18 + paid) }, [pay(paid), mint]);
      return [floors.get(mint)?.backed, is(floors.get(mint)?.before, 1n, 2n)];
    };
    const short = mintFloors({ ...reserve(t0, 0n, 15n), vault: String(5n * e18 + (5n * e18) / 2n - 1n) }, [pay((5n * e18) / 2n - 1n), mint]).get(mint)?.lost ?? NaN;
    expect(short).toBeGreaterThan(0);
    expect(short).toBeLessThan(1e-18);
    const need = (5n * e18) / 2n;
    expect([need, need - 1n, need - need / 10n ** 8n, 3n * e18].map(after)).toEqual([[true, true], [true, true], [false, true], [true, true]]);
    const late = [reserveEvent(t0, 'mint', 'm', 5n, { logIndex: 0 }), pay(3n * e18, 'm', 1)];
    expect(mintFloors(reserve(t0, 8n, 15n), late).get(late[0] as ReserveEventMessage)?.backed).toBe(true);
  });
  it('may be paid for a while before, in another transaction, but not longer ago, nor afterwards, nor twice', () => {
    const deposit = (ago: number): ReserveEventMessage => reserveEvent(t0 - ago, 'deposit', 'd', 5n);
    const mint = (at = t0, tx = 'm'): ReserveEventMessage => reserveEvent(at, 'mint', tx, 5n);
    expect(backed([deposit(backedWithinMs - 1), mint()], 10n, 10n)).toEqual([true]);
    expect(backed([deposit(backedWithinMs), mint()], 10n, 10n)).toEqual([false]);
    expect(backed([mint(), reserveEvent(t0 + minute, 'deposit', 'd', 5n)], 10n, 10n)).toEqual([false]);
    expect(backed([deposit(minute), mint(), mint(t0 + minute, 'n')], 10n, 15n)).toEqual([true, false]);
  });
  it('that is paid for stays so after one that is not, or after somebody took from the vault', () => {
    const paid = (at: number, tx: string): readonly ReserveEventMessage[] => [reserveEvent(at, 'deposit', tx, 1n, { logIndex: 0 }), reserveEvent(at, 'mint', tx, 2n, { logIndex: 1 })];
    // 10 behind 10, then 10 behind 20: from there on two tokens cost one.
    expect(backed([reserveEvent(t0, 'mint', 'theft', 10n), ...paid(t0 + minute, 'a'), ...paid(t0 + 2 * minute, 'b')], 12n, 24n)).toEqual([false, true, true]);
    expect(backed([reserveEvent(t0, 'withdrawal', 'w', 10n), ...paid(t0 + minute, 'a')], 11n, 22n)).toEqual([true]);
  });
  it('is judged with what left in the meantime, and a burn that is paid its share is no deposit', () => {
    expect(backed([reserveEvent(t0 - 2 * minute, 'deposit', 'd', 5n), reserveEvent(t0 - minute, 'withdrawal', 'w', 1n), reserveEvent(t0, 'mint', 'm', 5n)], 9n, 10n)).toEqual([false]);
    // 29 behind 29 after a burn of one; then one minted for one.
    expect(backed([reserveEvent(t0 - minute, 'withdrawal', 'b', 1n, { logIndex: 0 }), reserveEvent(t0 - minute, 'burn', 'b', 1n, { logIndex: 1 }), reserveEvent(t0, 'deposit', 'm', 1n, { logIndex: 0 }), reserveEvent(t0, 'mint', 'm', 1n, { logIndex: 1 })], 30n, 30n)).toEqual([true]);
    expect(backed([reserveEvent(t0 - minute, 'withdrawal', 'b', 1n, { logIndex: 0 }), reserveEvent(t0 - minute, 'burn', 'b', 1n, { logIndex: 1 }), reserveEvent(t0, 'mint', 'm', 1n)], 29n, 30n)).toEqual([false]);
  });
  it('after the block that was read last counts on from there', () => {
    const events = [reserveEvent(t0, 'deposit', 'm', 5n, { logIndex: 0, block: 11 }), reserveEvent(t0, 'mint', 'm', 5n, { logIndex: 1, block: 11 }), reserveEvent(t0 + minute, 'mint', 'n', 1n, { block: 12 })];
    const floors = mintFloors(reserve(t0 - minute, 5n, 5n, { block: 10 }), events);
    expect(events.slice(1).map((event) => [floors.get(event)?.backed, is(floors.get(event)?.after, 10n, event.tx === 'm' ? 10n : 11n)])).toEqual([[true, true], [false, true]]);
  });
  it('of which not everything is known is not taken for paid', () => {
    const events = [reserveEvent(t0 - minute, 'deposit', 'd', 5n), reserveEvent(t0, 'mint', 'm', 5n)];
    expect([t0 - 2 * minute, t0 - minute, t0].map((eventTime) => backed(events, 10n, 10n, { eventTime, block: 10 })[0])).toEqual([true, false, false]);
    // Not while the reserve was not read since.
    expect(backed(events, 10n, 10n, { eventTime: t0 - 2 * minute, block: 11 })).toEqual([false]);
    // More came in than is there, more was minted than is outstanding: something was not seen.
    expect(backed(events, 4n, 10n)).toEqual([false]);
    expect(backed(events, 10n, 4n)).toEqual([false]);
    // The first tokens: there was no floor before.
    expect(backed([reserveEvent(t0, 'deposit', 'm', 5n, { logIndex: 0 }), reserveEvent(t0, 'mint', 'm', 5n, { logIndex: 1 })], 5n, 5n)).toEqual([false]);
  });
  it('in 300 random courses has the floors that were there, to the last unit, wherever the reading was made', () => {
    const rng = createRng(11);
    let seen = 0;
    for (let run = 0; run < 300; run++) {
      let [vault, supply] = [BigInt(1 + rng.int(1_000_000)), BigInt(1_000 + rng.int(1_000_000))];
      const states = [{ vault, supply }];
      const events: ReserveEventMessage[] = [];
      let at = t0;
      for (let i = 0; i < 12; i++) {
        const event = rng.pick(['deposit', 'withdrawal', 'mint', 'burn', 'owner'] as const);
        const most = event === 'withdrawal' ? vault : event === 'burn' ? supply - 1n : 1_000n;
        const amount = event === 'owner' ? 0n : most < 1n ? 0n : 1n + BigInt(rng.int(Number(most < 5_000n ? most : 5_000n)));
        vault += event === 'deposit' ? amount : event === 'withdrawal' ? -amount : 0n;
        supply += event === 'mint' ? amount : event === 'burn' ? -amount : 0n;
        events.push(reserveEvent((at += rng.pick([minute, 7 * minute])), event, `t${String(i)}`, 0n, { amount: String(amount), block: 10 + i }));
        states.push({ vault, supply });
      }
      const read = rng.int(states.length);
      const known = states[read] ?? { vault, supply };
      const floors = mintFloors({ ...reserve(t0, 0n, 0n, { block: 9 + read }), vault: String(known.vault), supply: String(known.supply) }, events);
      for (const [i, event] of events.entries()) {
        if (event.event !== 'mint') continue;
        seen++;
        const [before, after] = [states[i], states[i + 1]];
        const start = states[events.findIndex(({ eventTime }) => eventTime > event.eventTime - backedWithinMs)];
        const found = floors.get(event);
        expect([is(found?.before, before?.vault ?? 0n, before?.supply ?? 1n), is(found?.after, after?.vault ?? 0n, after?.supply ?? 1n)]).toEqual([true, true]);
        const holds = (earlier: typeof before): boolean => 10n ** 9n * (after?.vault ?? 0n) * (earlier?.supply ?? 0n) >= (10n ** 9n - 1n) * (earlier?.vault ?? 0n) * (after?.supply ?? 0n);
        expect(found?.backed).toBe(holds(start) || holds(before));
      }
    }
    expect(seen).toBeGreaterThan(100);
  });
});
