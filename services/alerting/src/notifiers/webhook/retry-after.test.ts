import { describe, expect, it } from '@jest/globals';
import { epochMs } from '@breakwater/models/core';
import { retryAfterMs } from './retry-after.ts';

const now = epochMs(Date.UTC(2025, 3, 13, 18, 0, 0));

describe('retryAfterMs', () => {
  it.each([
    ['0', 0], ['7', 7_000], [' 120 ', 120_000], ['3600', 3_600_000], ['3601', 3_600_000], ['99999999999999999999999', 3_600_000],
    // The three forms of a date (RFC 9110, 5.6.7).
    ['Sun, 13 Apr 2025 18:00:30 GMT', 30_000], ['Sunday, 13-Apr-25 18:00:30 GMT', 30_000], ['Sun Apr 13 18:00:30 2025', 30_000],
    ['Sun, 13 Apr 2025 17:00:00 GMT', 0], ['Sun, 13 Apr 2035 18:00:00 GMT', 3_600_000],
    ['', undefined], ['soon', undefined], ['-5', undefined], ['1.5', undefined], ['1e3', undefined], ['2025', 2_025_000], ['2025-04-13', undefined], ['Sun, 99 Apr 2025 18:00:30 GMT', undefined],
  ] as const)('%p', (text, expected) => {
    expect(retryAfterMs({ 'retry-after': text }, now)).toBe(expected);
  });
  it('measures a date from that of the answer, where there is one', () => {
    const headers = { 'retry-after': 'Wed, 01 Jan 2020 00:00:45 GMT', date: 'Wed, 01 Jan 2020 00:00:00 GMT' };
    expect(retryAfterMs(headers, now)).toBe(45_000);
    expect(retryAfterMs({ ...headers, date: 'unreadable' }, now)).toBe(0);
    expect(retryAfterMs({}, now)).toBeUndefined();
  });
});
