import { describe, expect, it } from '@jest/globals';
import { createLabels, parseLabels } from './labels.ts';

const OKX = '0x6cc5f688a315f3dc28a7781717a9a798a59fda7b';

describe('labels', () => {
  it('finds an address in any case, the earlier source winning', () => {
    const labelOf = createLabels({ [OKX.toUpperCase().replace('0X', '0x')]: 'exchange:okx' }, { [OKX]: 'exchange:other' });
    expect(labelOf(OKX, 0)).toBe('exchange:okx');
    expect(labelOf(OKX.toUpperCase(), 0)).toBe('exchange:okx');
    expect(labelOf('0x0000000000000000000000000000000000000000', 0)).toBeUndefined();
  });

  it('reads CSV with heading, comments and blank lines', () => {
    expect(parseLabels(`address,label\r\n# ours\n\n${OKX.toUpperCase().replace('0X', '0x')}, exchange:okx\n`)).toEqual({ ok: true, value: { [OKX]: 'exchange:okx' } });
  });

  it('reads JSON in both shapes', () => {
    const expected = { ok: true, value: { [OKX]: 'exchange:okx' } };
    expect(parseLabels(JSON.stringify({ [OKX]: 'exchange:okx' }))).toEqual(expected);
    expect(parseLabels(JSON.stringify([{ address: OKX, label: 'exchange:okx' }]))).toEqual(expected);
  });

  it('reports every problem with its line', () => {
    const read = parseLabels(`0x12,exchange:okx\n${OKX},OKX\n${OKX},exchange:okx\n${OKX},issuer:mantra`);
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.error.map(({ line, rule }) => [line, rule])).toEqual([[1, 'not-an-address'], [2, 'not-a-label'], [4, 'two-labels']]);
    const broken = parseLabels('{');
    expect(broken.ok ? [] : broken.error.map(({ rule }) => rule)).toEqual(['not-json']);
    expect(parseLabels('[1, null]').ok).toBe(false);
  });
});
