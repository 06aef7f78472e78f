import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { HeartbeatMessage, SignedHeartbeat, SigningKey } from '@breakwater/contracts';
import { assert } from '@breakwater/models/core';

/** Signs with one ed25519 key (RFC 8032). */
export interface Signer {
  /** First 16 hexadecimal digits of the SHA-256 of the raw public key. */
  readonly keyId: string;
  /** The raw public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The signature of `bytes`, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** DER around a raw ed25519 seed and a raw public key (RFC 8410, sections 7 and 4). */
const seedPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const keyBytes = 32;

/** Makes the signer of a seed of 32 bytes. The same seed gives the same key and, of the same bytes, the same signature. */
export function createSigner(seed: Uint8Array): Signer {
  assert(seed.length === keyBytes, `an ed25519 seed has ${keyBytes} bytes, not ${seed.length}`);
  const key = createPrivateKey({ key: Buffer.concat([seedPrefix, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
  return { keyId: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, key) };
}

/** The name of a public key. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/** The public key of a signer, as `/v1/key` gives it. */
export function signingKeyOf(signer: Signer): SigningKey {
  return { algorithm: 'ed25519', keyId: signer.keyId, publicKey: Buffer.from(signer.publicKey).toString('base64') };
}

/** A heartbeat with its signature, over the UTF-8 bytes of its JSON text. */
export function signHeartbeat(signer: Signer, message: HeartbeatMessage): SignedHeartbeat {
  const payload = JSON.stringify(message);
  return { payload, signature: Buffer.from(signer.sign(Buffer.from(payload, 'utf8'))).toString('base64'), keyId: signer.keyId };
}

/**
 * What an instance answers when it is asked for the latest heartbeat: the one it made in its own turn, or, while it stands by, the one it heard of the active instance, signed with the key that all
 * instances have. Null before the first of both.
 */
export function latestSigned(signer: Signer, own: SignedHeartbeat | null, heard: HeartbeatMessage | null): SignedHeartbeat | null {
  return own ?? (heard === null ? null : signHeartbeat(signer, heard));
}

/** Whether a heartbeat was signed with this key and is as it was signed. Takes anything from outside: what is no key or signature verifies nothing. */
export function verifyHeartbeat(signed: SignedHeartbeat, key: Pick<SigningKey, 'publicKey'>): boolean {
  const publicKey = Buffer.from(key.publicKey, 'base64');
  if (publicKey.length !== keyBytes || signed.keyId !== keyIdOf(publicKey)) return false;
  const spki = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(signed.payload, 'utf8'), spki, Buffer.from(signed.signature, 'base64'));
}
