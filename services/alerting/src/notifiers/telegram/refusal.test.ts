import { describe, expect, it } from '@jest/globals';
import { refusalOf } from './refusal.ts';

describe('refusalOf', () => {
  it('reads what Telegram says', () => {
    const cases: readonly (readonly [number, string, string])[] = [
      [429, 'Too Many Requests: retry after 7', 'limited'],
      [401, 'Unauthorized', 'token'],
      [404, 'Not Found', 'token'],
      [409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running', 'conflict'],
      [403, 'Forbidden: bot was blocked by the user', 'gone'],
      [403, 'Forbidden: user is deactivated', 'gone'],
      [403, 'Forbidden: the group chat was deleted', 'gone'],
      [403, 'Forbidden: bot was kicked from the supergroup chat', 'closed'],
      [403, 'Forbidden: bot is not a member of the channel chat', 'closed'],
      [403, "Forbidden: bot can't initiate conversation with a user", 'closed'],
      [403, 'Forbidden: something not seen before', 'closed'],
      [400, 'Bad Request: chat not found', 'closed'],
      [400, 'Bad Request: not enough rights to send text messages to the chat', 'closed'],
      [400, 'Bad Request: not enough rights to send photos to the chat', 'rejected'],
      [400, 'Bad Request: group chat was deactivated', 'gone'],
      [400, "Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'", 'rejected'],
      [400, 'Bad Request: IMAGE_PROCESS_FAILED', 'rejected'],
      [400, 'Bad Request: message is too long', 'rejected'],
      [413, 'Request Entity Too Large', 'rejected'],
      [500, 'Internal Server Error', 'failed'],
      [502, 'Bad Gateway', 'failed'],
    ];
    for (const [error_code, description, kind] of cases) expect([description, refusalOf({ error_code, description }).kind]).toEqual([description, kind]);
  });
  it('keeps the wait asked for and the new id of a group', () => {
    expect(refusalOf({ error_code: 429, description: 'Too Many Requests: retry after 7', retry_after: 7 })).toMatchObject({ retryAfterMs: 7_000 });
    expect(refusalOf({ error_code: 429, description: 'Too Many Requests' })).toMatchObject({ retryAfterMs: 5_000 });
    expect(refusalOf({ error_code: 400, description: 'Bad Request: group chat was upgraded to a supergroup chat', migrate_to_chat_id: -1001234 })).toMatchObject({ kind: 'migrated', chat: '-1001234' });
  });
});
