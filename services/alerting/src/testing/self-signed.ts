import { createSign, generateKeyPairSync } from 'node:crypto';

/** Bytes of DER (ITU-T X.690): a tag, a length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const utcTime = (text: string): Buffer => der(0x17, Buffer.from(text));

/** ecdsa-with-SHA256, commonName and subjectAltName, as object identifiers. */
const [ecdsaSha256, commonName, altName] = [hex('06082a8648ce3d040302'), hex('0603550403'), hex('0603551d11')];

/** A certificate for `name` that signs itself (X.509 v3, RFC 5280), valid from 2020 to 2049, and its key, both PEM: for tests of TLS on loopback. */
export function selfSigned(name: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
  const names = sequence(altName, der(0x04, sequence(der(0x82, Buffer.from(name)))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), sequence(ecdsaSha256), subject,
    sequence(utcTime('200101000000Z'), utcTime('491231235959Z')), subject, publicKey.export({ format: 'der', type: 'spki' }), der(0xa3, sequence(names)),
  );
  const signature = createSign('sha256').update(body).sign(privateKey);
  const whole = sequence(body, sequence(ecdsaSha256), der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`, key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
}
