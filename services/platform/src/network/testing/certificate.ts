import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and a certificate, PEM. */
export interface TestCertificate {
  readonly key: string;
  readonly cert: string;
}

/** One element of DER (ITU-T X.690, 8.1): tag, length, content. */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value, 'latin1'));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/**
 * Makes a self-signed certificate (RFC 5280) for host names, valid from 2020 to 2099. Trusting it as a root makes it valid for its names
 * and for nothing else.
 */
export function testCertificate(hostNames: readonly string[]): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const name = sequence(der(0x31, sequence(oid('550403'), text(0x0c, hostNames[0] ?? ''))));
  const alternatives = sequence(...hostNames.map((host) => text(0x82, host)));
  const unsigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), ecdsaWithSha256, name,
    sequence(text(0x18, '20200101000000Z'), text(0x18, '20990101000000Z')), name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid('551d11'), der(0x04, alternatives)))),
  );
  const signed = sequence(unsigned, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign('sha256', unsigned, privateKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n') };
}
