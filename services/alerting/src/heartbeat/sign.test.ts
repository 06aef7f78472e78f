import { describe, expect, it } from '@jest/globals';
import { signedHeartbeat, signingKey } from '@breakwater/contracts';
import { sampleHeartbeat } from '../testing/sample-heartbeat.ts';
import { createSigner, latestSigned, signHeartbeat, signingKeyOf, verifyHeartbeat } from './sign.ts';

describe('createSigner', () => {
  it('gives the key and signature of RFC 8032, section 7.1, test 1', () => {
    const signer = createSigner(Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'));
    expect(Buffer.from(signer.publicKey).toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(Buffer.from(signer.sign(new Uint8Array())).toString('hex')).toBe('e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b');
    // SHA-256 of those 32 bytes begins so (computed with sha256sum).
    expect(signer.keyId).toBe('21fe31dfa154a261');
  });
  it('refuses a seed of another length', () => {
    expect(() => createSigner(new Uint8Array(31))).toThrow('32 bytes');
  });
});

describe('signHeartbeat', () => {
  const signer = createSigner(new Uint8Array(32).fill(7));
  const key = signingKeyOf(signer);
  const signed = signHeartbeat(signer, sampleHeartbeat(4).message);
  it('signs what is sent, byte for byte', () => {
    expect(JSON.parse(signed.payload)).toEqual(sampleHeartbeat(4).message);
    expect(signedHeartbeat.parse(signed)).toEqual(signed);
    expect(signingKey.parse(key)).toEqual(key);
    expect(verifyHeartbeat(signed, key)).toBe(true);
    expect(signHeartbeat(signer, sampleHeartbeat(4).message)).toEqual(signed);
  });
  it('answers with what was heard while another instance makes them, and with its own in its turn', () => {
    const heard = sampleHeartbeat(5).message;
    const standby = latestSigned(signer, null, heard);
    expect([standby?.payload, standby !== null && verifyHeartbeat(standby, key)]).toEqual([JSON.stringify(heard), true]);
    expect([latestSigned(signer, signed, heard), latestSigned(signer, signed, null), latestSigned(signer, null, null)]).toEqual([signed, signed, null]);
  });
  it('verifies nothing that was changed, and nothing of another key', () => {
    expect(verifyHeartbeat({ ...signed, payload: signed.payload.replace('"seq":4', '"seq":5') }, key)).toBe(false);
    expect(verifyHeartbeat({ ...signed, signature: signed.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) }, key)).toBe(false);
    expect(verifyHeartbeat({ ...signed, signature: '' }, key)).toBe(false);
    expect(verifyHeartbeat({ ...signed, keyId: '0000000000000000' }, key)).toBe(false);
    expect(verifyHeartbeat(signed, signingKeyOf(createSigner(new Uint8Array(32).fill(8))))).toBe(false);
    expect(verifyHeartbeat(signed, { publicKey: 'no key' })).toBe(false);
  });
});
