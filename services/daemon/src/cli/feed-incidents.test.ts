import { describe, expect, it } from '@jest/globals';
import type { FeedHealthMessage } from '@breakwater/contracts';
import { epochMs, instrumentId, sourceId } from '@breakwater/models/core';
import { createFeedIncidents } from './feed-incidents.ts';

const health = (channel: FeedHealthMessage['channel'], status: FeedHealthMessage['status'], instrument?: string): FeedHealthMessage => ({
  kind: 'feed.health', source: sourceId('okx:swap'), seq: 0, eventTime: epochMs(1), receivedAt: epochMs(1), channel, status, reason: 'x', ...(instrument === undefined ? {} : { instrument: instrumentId('okx', 'swap', instrument) }),
});
const told = (...messages: readonly FeedHealthMessage[]): string[] => {
  const lines: string[] = [];
  const incidents = createFeedIncidents((m) => lines.push(`${m.channel} ${m.status}`));
  for (const message of messages) incidents(message);
  return lines;
};

describe('feed incidents', () => {
  it('tells an incident and its end', () => {
    expect(told(health('book', 'ok', 'A'), health('book', 'silent', 'A'), health('book', 'ok', 'A'))).toEqual(['book silent', 'book ok']);
    expect(told(health('socket', 'ok'), health('socket', 'down'), health('socket', 'ok'))).toEqual(['socket down', 'socket ok']);
  });
  it('tells a book that was silent from the start', () => {
    expect(told(health('book', 'silent', 'A'))).toEqual(['book silent']);
  });
  it('leaves out the start, resynchronisations and other channels', () => {
    expect(told(health('socket', 'stale'), health('socket', 'ok'), health('book', 'resyncing', 'A'), health('book', 'ok', 'A'))).toEqual([]);
    expect(told(health('trades', 'ok'), health('trades', 'silent'), health('book.deep', 'silent'))).toEqual([]);
  });
  it('leaves out a socket that is opened anew because its book is silent', () => {
    expect(told(health('socket', 'ok'), health('book', 'ok', 'A'), health('book', 'silent', 'A'), health('socket', 'down'), health('socket', 'ok'), health('book', 'ok', 'A'))).toEqual(['book silent', 'book ok']);
  });
  it('an incident goes on through a resynchronisation, and markets are told apart', () => {
    const [a, b] = ['A', 'B'];
    expect(told(health('book', 'silent', a), health('book', 'resyncing', a), health('book', 'ok', b), health('book', 'ok', a))).toEqual(['book silent', 'book ok']);
  });
});
