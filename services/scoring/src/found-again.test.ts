import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { foundAgain, type ChainEvent } from './found-again.ts';
import { createReserveMemory, type ReserveMemory } from './reserve/reserve-memory.ts';
import { reserve, reserveEvent } from './reserve/test-reserve.ts';
import { transfer } from './testing/messages.ts';

const t0 = 1_700_000_000_000;
const minute = 60_000;
const h2 = { block: 9, blockHash: '0x92' };
/** A mint in one block, taken back with it, and in another one, lower than the first, where it is final; read every ten minutes all the while. */
const came = reserveEvent(t0, 'mint', 'a');
const undone = reserveEvent(t0 + minute, 'mint', 'a', 1n, { state: 'reverted' });
const again = reserveEvent(t0 + 2 * minute, 'mint', 'a', 1n, h2);
const settled = reserveEvent(t0 + 3 * minute, 'mint', 'a', 1n, { ...h2, state: 'final' });
function memoryAt(end: number): ReserveMemory {
  const memory = createReserveMemory();
  for (const message of [came, undone, again, settled]) if (message.eventTime <= end) memory.fold(message);
  for (let at = t0 + 4 * minute, block = 10; at <= end; at += 10 * minute, block++) memory.fold(reserve(at, 30n, 30n, { block }));
  return memory;
}
const restarted = (memory: ReserveMemory, received: readonly ChainEvent[], lastTick: number | undefined): ReturnType<ReserveMemory['save']> => {
  const next = createReserveMemory(JSON.parse(JSON.stringify(memory.save())) as ReturnType<ReserveMemory['save']>);
  for (const message of foundAgain(received, lastTick)) if (message.kind === 'reserve.event') next.fold(message);
  return next.save();
};

describe('events of reserves found again after a restart', () => {
  it('change nothing that was saved, hours later or a minute later', () => {
    for (const end of [t0 + 3 * minute, t0 + 30 * minute, t0 + 400 * minute]) {
      const memory = memoryAt(end);
      expect(restarted(memory, [came, undone, again], end)).toEqual(memory.save());
      // Even where nobody knows what was saved.
      expect(restarted(memory, [came, undone, again], undefined)).toEqual(memory.save());
    }
    expect(memoryAt(t0 + 400 * minute).save().readings).toHaveLength(40);
  });
  it('that were undone are not undone twice', () => {
    const memory = memoryAt(t0 + minute);
    memory.takeReverted();
    memory.fold(reserve(t0 + minute, 30n, 30n, { block: 12 }));
    expect(restarted(memory, [came, undone], t0 + minute)).toEqual(memory.save());
  });
  it('that no tick had yet are folded, in their order', () => {
    expect(restarted(createReserveMemory(), [came, undone, again], t0 - minute).events).toEqual([again]);
    expect(restarted(memoryAt(t0), [came, undone], t0).events).toEqual([]);
    expect(restarted(memoryAt(t0), [came, undone, again], t0).events).toEqual([again]);
  });
});

it('what came long before the last tick is not folded again, but what was learned late is, and without a tick everything', () => {
  const [old, young] = [transfer('0x1', t0, 5), transfer('0x2', t0 + 60 * minute, 5)];
  const late = { ...transfer('0x3', t0, 5), receivedAt: epochMs(t0 + 60 * minute) };
  expect(foundAgain([old, late, young], t0 + 61 * minute)).toEqual([late, young]);
  expect(foundAgain([old, late, young], undefined)).toEqual([old, late, young]);
});
