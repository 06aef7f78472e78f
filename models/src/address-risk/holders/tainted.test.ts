import { describe, expect, it } from '@jest/globals';
import { nothingReceived, receive, taintedShare, type Received } from './tainted.ts';
import type { HolderLabels } from './owners.ts';

const known: Readonly<Record<string, readonly [label: string, confidence: number]>> = { mixer: ['mixer:tornado', 0.9], thief: ['hack:bridge', 0.4], okx: ['exchange:okx', 1] };
const lookup: HolderLabels['lookup'] = (address) => {
  const said = known[address];
  return said === undefined ? undefined : { label: said[0], confidence: said[1], disputed: false };
};
const labels: HolderLabels = { lookup, labelOf: (address) => lookup(address, 0)?.label, links: [] };
const from = (...parts: readonly (readonly [string, number])[]): Received => {
  const received = nothingReceived();
  for (const [sender, amount] of parts) receive(received, sender, amount, labels, 0);
  return received;
};

describe('the tainted share of what was received', () => {
  it('is by amount, each label as sure as it is, and what nobody labelled is clean', () => {
    expect(taintedShare(from(['mixer', 30], ['thief', 50], ['okx', 10], ['0xa', 10]))).toBeCloseTo((0.9 * 30 + 0.4 * 50) / 100, 12);
    expect(taintedShare(from(['mixer', 1]))).toBe(0.9);
    expect(taintedShare(from(['okx', 5], ['0xa', 5]))).toBe(0);
  });
  it('is not known while nobody who sent is labelled', () => {
    expect(taintedShare(from(['0xa', 5], ['0xb', 5]), undefined, nothingReceived())).toBeNull();
    expect(taintedShare(undefined)).toBeNull();
  });
  it('is the worse of what is known by amount and by whom addresses were first funded', () => {
    expect(taintedShare(from(['okx', 90]), from(['mixer', 1], ['0xa', 1]))).toBeCloseTo(0.45, 12);
    expect(taintedShare(from(['0xa', 90]), from(['okx', 1]))).toBe(0);
  });
});
