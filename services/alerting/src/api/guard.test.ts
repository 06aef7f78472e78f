import { describe, expect, it } from '@jest/globals';
import type { GuardedRequest } from './guard.ts';
import { allowedNames, checkHost, checkRole, checkUrl, checkWrite, hostNameOf } from './guard.ts';
import { isLoopback } from './loopback.ts';

const get: GuardedRequest = { method: 'GET', url: '/v1/status', host: '127.0.0.1:8710', protocol: 'http', origin: undefined, contentType: undefined };
const post: GuardedRequest = { ...get, method: 'POST', contentType: 'application/json' };

describe('names', () => {
  it('tells loopback from anything else', () => {
    expect(['localhost', 'LOCALHOST', '127.0.0.1', '127.255.0.9', '::1', '[::1]'].map(isLoopback)).toEqual(Array(6).fill(true));
    expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.com', 'localhost.evil.com', '128.0.0.1', '', 'evil-127.0.0.1'].map(isLoopback)).toEqual(Array(8).fill(false));
  });
  it('reads a Host header, and nothing that is more than one', () => {
    expect(['localhost:8710', 'LocalHost', '[::1]:80', '127.1', 'a.b.c'].map((h) => hostNameOf(h))).toEqual(['localhost', 'localhost', '[::1]', '127.0.0.1', 'a.b.c']);
    expect([undefined, '', 'a b', 'user@localhost', 'localhost/evil', 'localhost:port', 'localhost,evil', '[::1', 'x'.repeat(300)].map((h) => hostNameOf(h))).toEqual(Array(9).fill(undefined));
  });
  it('accepts loopback, its own host and what the config allows', () => {
    const names = allowedNames('Desk.Local', ['10.0.0.7', '::2']);
    expect(['localhost:1', '127.0.0.1', '[::1]:9', 'desk.local:8710', '10.0.0.7', '[::2]:80'].map((host) => checkHost({ ...get, host }, names))).toEqual(Array(6).fill(null));
    expect(['evil.com', 'localhost.', 'desk.local.evil.com', '10.0.0.8', undefined].map((host) => checkHost({ ...get, host }, names)?.code)).toEqual(Array(5).fill('wrong-host'));
  });
});

describe('checks', () => {
  it('bounds the address', () => {
    expect([checkUrl({ ...get, url: `/${'a'.repeat(2_047)}` }), checkUrl({ ...get, url: `/${'a'.repeat(2_048)}` })?.code]).toEqual([null, 'address-too-long']);
  });
  it('lets readers read and the committee write, whatever the route asks for', () => {
    const reader = { name: 'r', role: 'reader' } as const;
    const committee = { name: 'c', role: 'committee' } as const;
    expect([checkRole(get, reader, 'reader'), checkRole(get, committee, 'committee'), checkRole(post, committee, 'committee')]).toEqual([null, null, null]);
    const admin = { name: 'a', role: 'admin' } as const;
    expect([checkRole(post, admin, 'admin'), checkRole(post, admin, 'committee'), checkRole(get, admin, 'reader')]).toEqual([null, null, null]);
    expect([checkRole(post, committee, 'admin')?.code, checkRole(get, committee, 'admin')?.code, checkRole(post, reader, 'admin')?.code]).toEqual(['wrong-role', 'wrong-role', 'wrong-role']);
    expect([checkRole(get, reader, 'committee')?.code, checkRole(post, reader, 'reader')?.code, checkRole({ ...get, method: 'DELETE' }, reader, 'reader')?.code]).toEqual(['wrong-role', 'wrong-role', 'wrong-role']);
  });
  it('wants writes declared as JSON', () => {
    expect(['application/json', 'application/json; charset=utf-8', 'Application/JSON'].map((contentType) => checkWrite({ ...post, contentType }, false))).toEqual([null, null, null]);
    expect([undefined, 'text/plain', 'application/jsonx', 'text/plain; application/json', 'application/x-www-form-urlencoded'].map((contentType) => checkWrite({ ...post, contentType }, false)?.code)).toEqual(Array(5).fill('wrong-content-type'));
    expect(checkWrite(get, false)).toBeNull();
  });
  it('wants writes of a page to come from its own origin', () => {
    const of = (origin: string, change: Partial<GuardedRequest> = {}, behindProxy = false): string | undefined => checkWrite({ ...post, origin, ...change }, behindProxy)?.code;
    expect([of('http://127.0.0.1:8710'), of('http://localhost', { host: 'localhost' }), of('http://localhost', { host: 'localhost:80' }), of('https://a.b', { host: 'a.b', protocol: 'https' })]).toEqual(Array(4).fill(undefined));
    for (const origin of ['http://127.0.0.1', 'http://127.0.0.1:8711', 'https://127.0.0.1:8710', 'http://localhost:8710', 'http://evil.com', 'null', '', 'file://', 'http://127.0.0.1:8710.evil.com']) expect([origin, of(origin)]).toEqual([origin, 'wrong-origin']);
    // A proxy that ends TLS may not say so: name and port alone count, at the usual port of either scheme.
    expect([of('https://a.b', { host: 'a.b' }, true), of('http://a.b', { host: 'a.b' }, true), of('https://a.b:8443', { host: 'a.b:8443' }, true)]).toEqual(Array(3).fill(undefined));
    expect([of('https://evil.com', { host: 'a.b' }, true), of('ftp://a.b', { host: 'a.b' }, true), of('https://a.b', { host: 'a.b:8443' }, true)]).toEqual(Array(3).fill('wrong-origin'));
  });
});
