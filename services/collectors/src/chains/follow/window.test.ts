import { describe, expect, it } from '@jest/globals';
import type { TransferMessage } from '@breakwater/contracts';
import { assetId, chainId, epochMs, sourceId } from '@breakwater/models/core';
import { createWindow, decodeWindow } from './window.ts';

const bounds = { heldBlocks: 100, maxTransfers: 100 };
const block = (number: number) => ({ number, hash: `0x${number}`, timestamp: epochMs(number * 1_000) });
const transfer = (number: number): TransferMessage => ({
  kind: 'transfer', source: sourceId('eip155:1'), seq: number, eventTime: epochMs(number * 1_000), receivedAt: epochMs(number * 1_000), asset: assetId('OM'), chain: chainId('eip155:1'), token: '0x1', from: '0x2', to: '0x3',
  amount: '1', units: 1, block: number, blockHash: `0x${number}`, tx: `0xa${number}`, logIndex: 0, state: 'included',
});
function windowOf(upTo: number) {
  const window = createWindow(bounds);
  for (let n = 1; n <= upTo; n++) window.push(block(n), [transfer(n)]);
  return window;
}
const blocksOf = (transfers: readonly { readonly block: number }[]): readonly number[] => transfers.map((t) => t.block);

describe('a window', () => {
  it('gives each transfer once per level, and none that is final as safe', () => {
    const window = windowOf(10);
    expect(blocksOf(window.advance('final', 3))).toEqual([1, 2, 3]);
    expect(blocksOf(window.advance('safe', 6))).toEqual([4, 5, 6]);
    expect(window.advance('safe', 5)).toEqual([]);
    expect(blocksOf(window.advance('final', 5))).toEqual([4, 5]);
    expect([window.settled('safe'), window.settled('final')]).toEqual([6, 5]);
  });

  it('falls back with a rewind, and lost transfers come newest first', () => {
    const window = windowOf(10);
    window.advance('safe', 9);
    window.advance('final', 8);
    expect(blocksOf(window.rewind(6))).toEqual([10, 9, 8, 7]);
    expect([window.settled('safe'), window.settled('final'), window.tip()?.number]).toEqual([6, 6, 6]);
    window.push(block(7), [transfer(7)]);
    expect(blocksOf(window.advance('safe', 7))).toEqual([7]);
  });

  it('is what it was after a checkpoint, also one from before blocks were called safe', () => {
    const window = windowOf(10);
    window.advance('safe', 6);
    window.advance('final', 4);
    const text = window.encode();
    const again = decodeWindow(text);
    if (!again.ok) throw new Error(again.error);
    expect(createWindow(bounds, again.value).encode()).toBe(text);
    const older = decodeWindow(text.replace('"safe":6,', ''));
    expect(older.ok && older.value).toMatchObject({ finalized: 4, safe: 0 });
    for (const bad of ['', '{}', '{"version":2}', text.replace('"safe":6', '"safe":"x"'), text.replace('"state":"final"', '"state":"x"')]) expect(decodeWindow(bad).ok).toBe(false);
  });
});
