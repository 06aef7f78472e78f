import { describe, expect, it } from '@jest/globals';
import { assetId } from '@breakwater/models/core';
import { findAsset, parseCommand, parseHours, parseWarningId } from './command.ts';

describe('a command as somebody writes it', () => {
  it('is for the bot when it names it or nobody', () => {
    expect(parseCommand('/why BW-1', 'breakwater_bot')).toEqual({ name: 'why', args: ['BW-1'] });
    expect(parseCommand('/WHY@Breakwater_Bot\n a   b', 'breakwater_bot')).toEqual({ name: 'why', args: ['a', 'b'] });
    expect(parseCommand('/start', 'breakwater_bot')).toEqual({ name: 'help', args: [] });
    for (const text of ['/why@other_bot BW-1', 'why', '/', '/whynot', '/toString', ' /why', 'see /why', `/${'why'.repeat(100)}`]) expect(parseCommand(text, 'breakwater_bot')).toBeUndefined();
  });
  it('has an id in any shape that phones and copies give it', () => {
    const id = 'BW-OM-20250413-7f3a9c21';
    for (const text of [id, 'bw-om-20250413-7F3A9C21', 'BW\\-OM\\-20250413\\-7f3a9c21', 'BW‑OM–20250413−7f3a9c21', `${id}#3`, `(${id}).`, `warning ${id} · 18:02`]) expect(parseWarningId(text)).toBe(id);
    expect(parseWarningId('BW-BRK.B-20250413-7f3a9c21')).toBe('BW-BRK.B-20250413-7f3a9c21');
    for (const text of ['', 'OM', 'BW-OM-2025-7f3a9c21', 'BW-OM-20250413-7f3a9c2', `${id}0`]) expect(parseWarningId(text)).toBeUndefined();
  });
  it('names an asset that is watched', () => {
    const assets = [assetId('OM'), assetId('TIA')];
    expect([findAsset('om', assets), findAsset('$Tia', assets), findAsset('INJ', assets)]).toEqual(['OM', 'TIA', undefined]);
  });
  it('has hours within bounds', () => {
    expect(['12', '12h', '0.5', '168', '0', '168.1', '-1', '1e2', 'x', '99999'].map((text) => parseHours(text, 168))).toEqual([12, 12, 0.5, 168, undefined, undefined, undefined, undefined, undefined, undefined]);
  });
});
