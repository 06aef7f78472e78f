import { describe, expect, it } from '@jest/globals';
import type { WarningMessage } from '@breakwater/contracts';
import { assetId, createRng, epochMs, warningId } from '@breakwater/models/core';
import { silentLog } from '@breakwater/platform/log';
import { createSimulatedDisk } from '@breakwater/platform/simulated';
import { sampleTime } from '../../testing/sample.ts';
import { sampleWarning } from '../../testing/sample-warning.ts';
import { createChatMemories, isSilenced, lastWarning, migrated, mute, sent, withhold } from './chat-memory.ts';
import type { ChatMemory } from './saved-chat.ts';
import { loadChat, loadUpdates, saveChat, saveUpdates } from './saved-chat.ts';

const nothing: ChatMemory = { migratedTo: null, first: new Map(), withheld: new Set(), mutes: new Map(), recent: [] };
const at = epochMs(sampleTime);
const hour = 3_600_000;
const [om, tia] = [assetId('OM'), assetId('TIA')];
const muted = mute(nothing, om, epochMs(at + hour), at);
const watch = sampleWarning({ severity: 'watch' });
const id = (i: number): WarningMessage['id'] => warningId(`BW-OM-20250413-${i.toString(16).padStart(8, '0')}`);

describe('muting', () => {
  it('silences watch and warning of one asset for its time, never critical', () => {
    for (const severity of ['watch', 'warning'] as const) expect(isSilenced(muted, sampleWarning({ severity }), at)).toBe(true);
    expect(isSilenced(muted, sampleWarning({ severity: 'critical' }), at)).toBe(false);
    expect(isSilenced(muted, sampleWarning({ severity: 'watch', asset: tia }), at)).toBe(false);
    expect(isSilenced(muted, watch, epochMs(at + hour))).toBe(false);
    expect(isSilenced(mute(muted, om, null, at), watch, at)).toBe(false);
  });
  it('lets the end of what was sent through, and says no end of what was not', () => {
    for (const state of ['resolved', 'retracted', 'expired'] as const) {
      expect(isSilenced(sent(muted, watch, 5, at), { ...watch, revision: 2, state }, at)).toBe(false);
      const hidden = withhold(muted, watch);
      expect(isSilenced(hidden, { ...watch, revision: 2, state }, at)).toBe(true);
      // Also when it comes again after a crash, and after the mute is over.
      expect(isSilenced(withhold(hidden, { ...watch, revision: 2, state }), { ...watch, revision: 2, state }, epochMs(at + 2 * hour))).toBe(true);
      // What became critical was sent, so its end is too.
      expect(isSilenced(sent(hidden, { ...watch, revision: 2, severity: 'critical' }, 5, at), { ...watch, revision: 3, state }, at)).toBe(false);
    }
  });
  it('does not take a later revision that was withheld for a warning that nobody saw', () => {
    const seen = sent(muted, watch, 5, at);
    const hidden = withhold(seen, { ...watch, revision: 2 });
    expect(isSilenced(hidden, { ...watch, revision: 3, state: 'resolved' }, at)).toBe(false);
    expect(isSilenced(withhold(muted, { ...watch, revision: 2 }), { ...watch, revision: 3, state: 'resolved' }, at)).toBe(false);
  });
});

describe('what is remembered of a chat', () => {
  it('is bounded, and forgets the longest untouched', () => {
    let memory = nothing;
    for (let i = 0; i < 300; i++) memory = withhold(sent(memory, sampleWarning({ id: id(i) }), i, at), sampleWarning({ id: id(i + 1_000) }));
    memory = sent(memory, sampleWarning({ id: id(100) }), 999, at);
    expect([memory.first.size, memory.withheld.size]).toEqual([256, 256]);
    expect([memory.first.get(id(43)), memory.first.get(id(100)), lastWarning(memory)]).toEqual([undefined, 100, id(100)]);
  });
  it('forgets the numbers of messages when the group becomes another', () => {
    const moved = migrated(sent(muted, watch, 5, at), '-1001');
    expect([moved.migratedTo, moved.first.size, moved.mutes.size]).toEqual(['-1001', 0, 1]);
    expect(migrated(sent(moved, watch, 5, at), '-1001').first.size).toBe(1);
  });
  it('is the same after it was stored and read', () => {
    const memory = withhold(sent(migrated(muted, '-1001'), watch, 5, at), sampleWarning({ id: id(9) }));
    expect(loadChat(saveChat(memory))).toEqual({ ok: true, value: memory });
    for (const text of ['', '{}', '{"version":2}']) expect(loadChat(text).ok).toBe(false);
    expect(loadUpdates(saveUpdates({ bot: 42, last: 7, at }))).toEqual({ bot: 42, last: 7, at });
    expect(loadUpdates('[')).toBeNull();
  });
});

describe('createChatMemories', () => {
  const open = (disk = createSimulatedDisk({ rng: createRng(1) })) => {
    const { journal, close } = disk.open();
    return { disk, close, journal, memories: createChatMemories({ journal, log: silentLog }) };
  };
  it('keeps what was changed over a restart, each chat by itself', async () => {
    const first = open();
    await Promise.all([first.memories.note('7', (m) => sent(m, watch, 5, at)), first.memories.note('7', (m) => mute(m, om, epochMs(at + hour), at)), first.memories.change('8', (m) => migrated(m, '-1001'))]);
    await first.close();
    const again = open(first.disk).memories;
    expect([(await again.read('7')).first.get(watch.id), (await again.read('7')).mutes.size, (await again.read('8')).migratedTo, (await again.read('9')).first.size]).toEqual([5, 1, '-1001', 0]);
  });
  it('changes nothing that could not be stored, and notes what is true all the same', async () => {
    const w = open();
    w.disk.setFaults({ failBefore: 1 });
    await expect(w.memories.change('7', (m) => mute(m, om, epochMs(at + hour), at))).rejects.toMatchObject({ code: 'store-failed' });
    expect((await w.memories.read('7')).mutes.size).toBe(0);
    await w.memories.note('7', (m) => sent(m, watch, 5, at));
    expect(w.memories.known('7')?.first.size).toBe(1);
    w.disk.setFaults({ failBefore: 0 });
    await w.memories.note('7', (m) => m);
    await w.close();
    expect((await open(w.disk).memories.read('7')).first.get(watch.id)).toBe(5);
  });
  it('begins anew when what was stored is not readable', async () => {
    const w = open();
    await w.journal.saveCheckpoints({ 'telegram:chat:7': 'nonsense' });
    expect(await w.memories.read('7')).toEqual(nothing);
  });
});
