import { describe, expect, it } from '@jest/globals';
import { apiConfig, apiProblems } from './config.ts';

const token = (name: string, text: string): unknown => ({ name, token: text });
const long = 'a-token-of-24-characters';
const wrong = (settings: Readonly<Record<string, unknown>>): readonly string[] => apiProblems(apiConfig.parse(settings)).map(({ path }) => path);

describe('apiProblems', () => {
  it('finds nothing in the defaults, nor in anything safe', () => {
    const tls = { certFile: 'a', keyFile: 'b' };
    expect([wrong({}), wrong({ host: 'localhost' }), wrong({ host: '::1', port: 0 }), wrong({ tokens: [token('a', long)] })]).toEqual([[], [], [], []]);
    expect([wrong({ host: '0.0.0.0', tls, tokens: [token('a', long)] }), wrong({ host: 'desk.example', behindProxy: true, tokens: [token('a', long)] }), wrong({ enabled: false, host: '0.0.0.0' })]).toEqual([[], [], []]);
  });
  it('wants tokens, and TLS here or in front, where others reach it', () => {
    expect(wrong({ host: '0.0.0.0' })).toEqual(['tokens', 'tls']);
    expect(wrong({ host: '::', tls: { certFile: 'a', keyFile: 'b' } })).toEqual(['tokens']);
    expect(wrong({ host: '10.0.0.1', tokens: [token('a', long)] })).toEqual(['tls']);
    expect(wrong({ behindProxy: true })).toEqual(['tokens']);
  });
  it('wants tokens that are long, sendable and different, and quotes none', () => {
    const found = apiProblems(apiConfig.parse({ tokens: [token('a', long), token('b', 'too-short'), token('c', long), token('a', `${long}-2`), token('d', `${long} with spaces`)] }));
    expect(found.map(({ path }) => path)).toEqual(['tokens.1.token', 'tokens.2', 'tokens.3', 'tokens.4.token']);
    expect(JSON.stringify(found)).not.toContain(long);
    expect(JSON.stringify(found)).not.toContain('too-short');
  });
});
