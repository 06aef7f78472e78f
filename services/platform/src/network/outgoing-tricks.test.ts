import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createNodeOutgoing } from './outgoing-node.ts';
import type { OutgoingWorld } from './testing/outgoing-world.ts';
import { createOutgoingWorld, publicAddress } from './testing/outgoing-world.ts';

/** Ways to write or to reach an address that is not public; `PORT` is where a trap listens on this machine. All are refused before anything is dialled. */
const tricks: readonly string[] = [
  // Notations of IPv4.
  'http://127.0.0.1:PORT/', 'http://127.1:PORT/', 'http://127.0.1:PORT/', 'http://2130706433:PORT/', 'http://0x7f000001:PORT/', 'http://0x7f.0.0.1:PORT/', 'http://0X7F.1:PORT/',
  'http://0177.0.0.1:PORT/', 'http://017700000001:PORT/', 'http://0177.0x1:PORT/', 'http://127.0.0.1.:PORT/', 'http://127.255.255.254:PORT/', 'http://%31%32%37.0.0.1:PORT/', 'http://127.0.0.1%2e:PORT/',
  // Digits and dots of other scripts, characters that vanish.
  'http://１２７.０.０.１:PORT/', 'http://①②⑦.⓪.⓪.①:PORT/', 'http://𝟏𝟐𝟕.𝟎.𝟎.𝟏:PORT/', 'http://127。0。0。1:PORT/', 'http://127｡0｡0｡1:PORT/', 'http://127.0.0.\u00ad1:PORT/', 'http://127.0.\u200b0.1:PORT/', 'http://1\t27.0.\n0.1:PORT/',
  // This machine and this network.
  'http://0.0.0.0:PORT/', 'http://0:PORT/', 'http://00000000:PORT/', 'http://0x0:PORT/', 'http://[::]:PORT/', 'http://255.255.255.255:PORT/', 'http://224.0.0.1:PORT/', 'http://240.0.0.1:PORT/',
  // IPv6, and IPv4 inside it.
  'http://[::1]:PORT/', 'http://[0:0:0:0:0:0:0:1]:PORT/', 'http://[0000::0001]:PORT/', 'http://[::ffff:127.0.0.1]:PORT/', 'http://[::FFFF:7f00:1]:PORT/', 'http://[::127.0.0.1]:PORT/', 'http://[::ffff:0:127.0.0.1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/', 'http://[64:ff9b:1::7f00:1]:PORT/', 'http://[2002:7f00:1::]:PORT/', 'http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:PORT/', 'http://[2001:0:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/', 'http://[fe80::1%25lo]:PORT/', 'http://[::1%25lo]:PORT/', 'http://[::1%lo]:PORT/', 'http://[fc00::1]:PORT/', 'http://[fec0::1]:PORT/', 'http://[ff02::1]:PORT/',
  // Private networks and the metadata services of clouds.
  'http://10.0.0.1:PORT/', 'http://172.16.0.1:PORT/', 'http://192.168.0.1:PORT/', 'http://100.64.0.1:PORT/', 'http://198.18.0.1:PORT/', 'http://192.0.2.1:PORT/',
  'http://169.254.169.254/latest/meta-data/', 'http://[fd00:ec2::254]/latest/meta-data/', 'http://100.100.100.200/latest/', 'http://192.0.0.192/opc/', 'http://0xa9fea9fe/', 'http://metadata.google.internal/computeMetadata/',
  // Names.
  'http://localhost:PORT/', 'http://LOCALHOST:PORT/', 'http://localhost.:PORT/', 'http://localhost..:PORT/', 'http://any.localhost:PORT/', 'http://ⓛocalhost:PORT/', 'http://ｌｏｃａｌｈｏｓｔ:PORT/',
  'http://private.test:PORT/', 'http://PRIVATE.test:PORT/', 'http://private.test.:PORT/', 'http://six.test:PORT/', 'http://mapped.test:PORT/', 'http://nat64.test:PORT/', 'http://zone.test:PORT/', 'http://any.test:PORT/',
  'http://both.test:PORT/', 'http://both-reversed.test:PORT/', 'http://many.test:PORT/', 'http://alias.test:PORT/', 'http://127.0.0.1.nip.test:PORT/', 'http://nonsense.test:PORT/', 'http://short.test:PORT/', 'http://nobody.test:PORT/',
  // User names, and what only looks like the host.
  'http://good@127.0.0.1:PORT/', 'http://public.test@127.0.0.1:PORT/', 'http://public.test:80@127.0.0.1:PORT/', 'http://good:pass@public.test/', 'http://127.0.0.1:PORT@public.test/', 'http://:@127.0.0.1:PORT/', 'http://127.0.0.1:PORT#@public.test/',
  'http://127.0.0.1:PORT?@public.test/', 'http://127.0.0.1:PORT\\@public.test/', 'http:127.0.0.1:PORT', 'http:/127.0.0.1:PORT', 'http:\\\\127.0.0.1:PORT\\', ' http://127.0.0.1:PORT/ ', 'HtTp://127.0.0.1:PORT/', 'https://127.0.0.1:PORT/',
  // Schemes.
  'ftp://127.0.0.1:PORT/', 'ws://127.0.0.1:PORT/', 'gopher://127.0.0.1:PORT/_x', 'file:///etc/passwd', 'file://127.0.0.1/etc/passwd', 'data:text/plain,x', 'javascript:0', 'unix:/tmp/socket', 'blob:http://127.0.0.1:PORT/x',
  // No addresses.
  '', 'nonsense', '//127.0.0.1:PORT/', 'http://', 'http://[::1', 'http://[127.0.0.1]:PORT/', 'http://127.0.0.256:PORT/', 'http://1.2.3.4.5:PORT/', 'http://127.0.0.1:99999/', 'http://%00127.0.0.1:PORT/',
];

/** Where the receiver, which has a public address, redirects to. */
const redirects: readonly string[] = [
  'http://127.0.0.1:PORT/', 'http://127.1:PORT/', 'http://2130706433:PORT/', '//127.0.0.1:PORT/', '\\\\127.0.0.1:PORT\\', 'http://[::1]:PORT/', 'http://[::ffff:7f00:1]:PORT/', 'http://localhost.:PORT/', 'http://0:PORT/',
  'http://private.test:PORT/', 'http://both.test:PORT/', 'http://169.254.169.254/', 'http://metadata.google.internal/', 'http://good@public.test/', 'http://allowed.test:PORT/', 'file:///etc/passwd', 'ftp://127.0.0.1:PORT/', 'http://[fe80::1%25lo]:PORT/', 'http://nowhere.test:PORT/?again', 'http://',
];

const names = {
  'public.test': [publicAddress], 'private.test': ['127.0.0.1'], 'private.test.': ['127.0.0.1'], 'six.test': ['::1'], 'mapped.test': ['::ffff:127.0.0.1'], 'nat64.test': ['64:ff9b::7f00:1'], 'zone.test': ['fe80::1%lo'], 'any.test': ['0.0.0.0'],
  'both.test': [publicAddress, '127.0.0.1'], 'both-reversed.test': ['127.0.0.1', publicAddress], 'many.test': [...Array.from({ length: 50 }, () => publicAddress), '10.0.0.1'], 'metadata.google.internal': ['169.254.169.254'],
  // What a resolver answers after it followed the aliases.
  'alias.test': ['127.0.0.1'], '127.0.0.1.nip.test': ['127.0.0.1'], 'nonsense.test': ['localhost'], 'short.test': ['127.1'], 'allowed.test': ['127.0.0.1'], 'nowhere.test': ['127.0.0.1'],
};

describe('addresses that are not public', () => {
  let world: OutgoingWorld;
  beforeAll(async () => {
    world = await createOutgoingWorld({
      names,
      answer: (request, response) => {
        const url = new URL(request.url ?? '/', 'http://receiver');
        const hops = Number(url.searchParams.get('hops') ?? '0');
        const to = url.searchParams.get('to') ?? '';
        const location = hops > 0 ? `/?hops=${String(hops - 1)}&to=${encodeURIComponent(to)}` : to;
        response.writeHead(hops % 2 === 0 ? 307 : 308, { location }).end();
      },
    });
  });
  afterAll(async () => world.close());
  const at = (text: string): string => text.replace('PORT', String(world.trapPort));
  const codeOf = async (url: string, allowHosts: readonly string[] = []): Promise<string> =>
    world.outgoing.post({ url, headers: {}, body: '{}', allowHosts, timeoutMs: 5_000 }).then(({ status }) => `answered ${String(status)}`, (error: unknown) => (error as { readonly code: string }).code);

  it('has a trap that works', async () => {
    const probe = connect(world.trapPort, '127.0.0.1');
    await new Promise((resolve) => probe.on('close', resolve));
    expect(world.trapped()).toBe(1);
    expect(await codeOf(at('http://127.1:PORT/'), ['127.0.0.1'])).toBe('http-failed');
    expect(world.trapped()).toBe(2);
    expect(world.dialled).toEqual([['127.0.0.1']]);
  });

  it.each(tricks)('refuses %p and dials nothing', async (url) => {
    const [dialled, trapped] = [world.dialled.length, world.trapped()];
    expect(await codeOf(at(url))).toBe(url.includes('nobody.test') ? 'http-failed' : 'address-refused');
    // Another host that is allowed allows nothing here.
    expect(await codeOf(at(url), ['allowed.test', '127.0.0.2', '::2'])).toMatch(/^(address-refused|http-failed)$/);
    expect([world.dialled.length, world.trapped()]).toEqual([dialled, trapped]);
  });

  it.each(redirects)('refuses a redirect to %p', async (target) => {
    for (const hops of [0, 1, 2]) {
      const [dialled, trapped] = [world.dialled.length, world.trapped()];
      expect(await codeOf(`http://public.test/?hops=${String(hops)}&to=${encodeURIComponent(at(target))}`, ['allowed.test'])).toBe('address-refused');
      expect(world.dialled.slice(dialled)).toEqual(Array.from({ length: hops + 1 }, () => [publicAddress]));
      expect(world.trapped()).toBe(trapped);
    }
  });

  it('refuses them as well when the system resolves and dials', async () => {
    const before = world.trapped();
    const plain = createNodeOutgoing({ userAgent: 'breakwater-test' });
    const code = (url: string): Promise<string> => plain.post({ url: at(url), headers: {}, body: '', timeoutMs: 5_000 }).then(() => 'answered', (error: unknown) => (error as { readonly code: string }).code);
    for (const url of ['http://127.0.0.1:PORT/', 'http://127.1:PORT/', 'http://[::ffff:127.0.0.1]:PORT/', 'http://localhost:PORT/', 'http://0:PORT/', 'http://[::1]:PORT/']) expect([url, await code(url)]).toEqual([url, 'address-refused']);
    expect(world.trapped()).toBe(before);
    // It does reach this machine where that is asked for by name: the refusals above are not for want of a way.
    const allowed = plain.post({ url: at('http://localhost:PORT/'), headers: {}, body: '', allowHosts: ['localhost'], timeoutMs: 5_000 });
    await expect(allowed).rejects.toMatchObject({ code: 'http-failed' });
    expect(world.trapped()).toBeGreaterThan(before);
  });

  it('leaves nothing in flight', () => {
    expect(world.activity.pending()).toEqual([]);
  });
});

describe('a name server that changes its answer', () => {
  it('is asked once a request, and only what it said then is dialled', async () => {
    const world = await createOutgoingWorld({ names: { 'rebind.test': (before) => (before === 0 ? [publicAddress] : ['127.0.0.1']) } });
    try {
      const post = (): Promise<unknown> => world.outgoing.post({ url: `http://rebind.test:${String(world.trapPort)}/`, headers: {}, body: '' });
      expect(await post()).toMatchObject({ status: 204 });
      expect([world.resolved, world.dialled]).toEqual([['rebind.test'], [[publicAddress]]]);
      await expect(post()).rejects.toMatchObject({ code: 'address-refused', retryable: true, retryAfterMs: 60_000 });
      expect([world.dialled.length, world.trapped()]).toEqual([1, 0]);
    } finally {
      await world.close();
    }
  });
  it('is asked again at each redirect', async () => {
    const world = await createOutgoingWorld({
      names: { 'rebind.test': (before) => (before === 0 ? [publicAddress] : ['127.0.0.1']) },
      answer: (request, response) => response.writeHead(307, { location: `http://rebind.test:${String(request.socket.localPort)}/` }).end(),
    });
    try {
      await expect(world.outgoing.post({ url: 'http://rebind.test/', headers: {}, body: '' })).rejects.toMatchObject({ code: 'address-refused', message: expect.stringContaining('127.0.0.1 is not public: loopback, 127.0.0.0/8') });
      expect([world.resolved, world.dialled]).toEqual([['rebind.test', 'rebind.test'], [[publicAddress]]]);
    } finally {
      await world.close();
    }
  });
});
