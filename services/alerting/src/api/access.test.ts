import { describe, expect, it } from '@jest/globals';
import { createSecret } from '@breakwater/platform/config';
import { createAccess } from './access.ts';

const tokens = [{ name: 'exchange', role: 'reader', token: createSecret('reader-token-0123456789ab') }, { name: 'ada', role: 'committee', token: createSecret('committee-token-012345678') }] as const;
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('createAccess', () => {
  const access = createAccess(tokens);
  it('knows callers by Bearer and by the password of Basic, whatever the user name', () => {
    const ada = { kind: 'caller', caller: { name: 'ada', role: 'committee' } };
    expect(access.hasTokens).toBe(true);
    for (const header of ['Bearer committee-token-012345678', 'bearer  committee-token-012345678', basic('ada:committee-token-012345678'), basic(':committee-token-012345678')]) expect([header, access.login(header)]).toEqual([header, ada]);
    expect(access.login('Bearer reader-token-0123456789ab')).toEqual({ kind: 'caller', caller: { name: 'exchange', role: 'reader' } });
  });
  it('tells nobody from somebody who is wrong', () => {
    expect(access.login(undefined)).toEqual({ kind: 'none' });
    for (const header of ['', 'Bearer', 'Bearer ', 'Bearer x', 'Bearer committee-token-01234567', 'Bearer committee-token-0123456789', 'committee-token-012345678', 'Token committee-token-012345678',
      'Bearer committee-token-012345678 x', basic('no colon'), basic('ada:wrong'), 'Basic %%%', 'Digest username="x"', `Bearer ${'a'.repeat(2_000)}`]) {
      expect([header, access.login(header)]).toEqual([header, { kind: 'wrong' }]);
    }
  });
  it('lets everyone in that reaches a server without tokens', () => {
    const open = createAccess([]);
    expect([open.hasTokens, open.login(undefined), open.login('Bearer x')]).toEqual([false, { kind: 'caller', caller: { name: 'local', role: 'admin' } }, { kind: 'caller', caller: { name: 'local', role: 'admin' } }]);
  });
});
