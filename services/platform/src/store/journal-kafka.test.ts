import { describe, expect, it } from '@jest/globals';
import { journalTopicConfig } from './journal-kafka.ts';

describe('the topic of the journal', () => {
  it('keeps that a key was deleted for longer than a reader may be cut off', () => {
    expect(Number(journalTopicConfig['delete.retention.ms']) / 86_400_000).toBeGreaterThanOrEqual(14);
    expect(journalTopicConfig['cleanup.policy']).toBe('compact');
  });
});
