import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '@breakwater/platform/config';
import { webhooksConfig } from './config.ts';

const good = `whsec_${randomBytes(32).toString('base64')}`;
const load = (text: string, file = good): readonly string[] => {
  const loaded = loadConfig(text, webhooksConfig, { readFile: () => file });
  return loaded.ok ? [] : loaded.error.map(({ path, rule, got }) => `${path}: ${rule}, got ${got}`);
};
const rule = 'its secret must be whsec_ followed by 24 to 64 bytes in base64';

describe('webhooksConfig', () => {
  it('takes a receiver with a secret, also one of a file', () => {
    expect(load(`desk: { url: https://hooks.example.org/x, secret: ${good} }`)).toEqual([]);
    expect(load('desk: { url: https://hooks.example.org/x, secret_file: s.txt }')).toEqual([]);
  });
  it('says what a secret must be without quoting it', () => {
    for (const bad of ['correct-horse-battery', good.slice(6), 'whsec_c2hvcnQ=']) {
      const problems = [...load(`desk: { url: https://hooks.example.org/x, secret: "${bad}" }`), ...load('desk: { url: https://hooks.example.org/x, secret_file: s.txt }', bad)];
      expect(problems).toEqual([`desk: ${rule}, got a mapping`, `desk: ${rule}, got a mapping`]);
    }
    expect(load('desk: { url: https://hooks.example.org/x, secret: "" }')).toEqual([expect.stringMatching(/^desk\.secret: must not be empty/)]);
    expect(load('desk: { url: https://hooks.example.org/x, secret_file: s.txt }', '')).toEqual([expect.stringMatching(/^desk\.secret_file: must name a file that is not empty/)]);
  });
  it('refuses at once an address that can never be posted to, unless its host is allowed', () => {
    const of = (address: string, allow = ''): readonly string[] => load(`desk: { url: "${address}", secret: ${good}${allow} }`);
    for (const address of ['http://127.0.0.1:9/', 'http://127.1/', 'http://0x7f.0.0.1/', 'https://[::1]/', 'http://localhost:9/', 'http://10.1.2.3/', 'http://169.254.169.254/']) expect([address, of(address)]).toEqual([address, [expect.stringMatching(/^desk\.url: must be a public address \(.*\); if it is meant, name its host in allowHosts, got \*\*\*$/)]]);
    expect(of('http://127.0.0.1:9/', ', allowHosts: [127.0.0.1]')).toEqual([]);
    expect(of('http://localhost:9/', ', allowHosts: [localhost]')).toEqual([]);
    expect(of('https://[::1]/', ", allowHosts: ['::1']")).toEqual([]);
    expect(of('http://127.0.0.1:9/', ', allowHosts: [localhost]')).not.toEqual([]);
    // What a name leads to is known only when it is asked for.
    expect(of('https://hooks.internal/')).toEqual([]);
    expect(of('https://user:pass@hooks.example.org/')).toEqual(['desk.url: must not hold a user name or password, got ***']);
    expect(of('ftp://hooks.example.org/')).toEqual([expect.stringMatching(/^desk\.url: must be an address starting with https/)]);
  });
});
