import { describe, expect, it } from '@jest/globals';
import { timeNow } from './daemon-time.ts';

describe("the daemon's time", () => {
  it('goes on from its last word by the time that passed here', () => {
    expect(timeNow({ at: 1_000_000, heard: 500, clock: 'system' }, 3_500)).toBe(1_003_000);
    expect(timeNow({ at: 1_000_000, heard: 500, clock: 'system' }, 400)).toBe(1_000_000);
  });
  it('stands still in a drill until the next step', () => {
    expect(timeNow({ at: 1_000_000, heard: 500, clock: 'simulated' }, 90_000)).toBe(1_000_000);
  });
});
