import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AddressKind } from './addresses.ts';
import { classifyAddress } from './addresses.ts';

const expected: readonly (readonly [string, AddressKind, string])[] = [
  ['1.1.1.1', 'public', '0.0.0.0/0'], ['9.255.255.255', 'public', '0.0.0.0/0'], ['11.0.0.0', 'public', '0.0.0.0/0'], ['223.255.255.255', 'public', '0.0.0.0/0'],
  ['0.0.0.0', 'unspecified', '0.0.0.0/32'], ['0.0.0.1', 'reserved', '0.0.0.0/8'], ['0.255.255.255', 'reserved', '0.0.0.0/8'],
  ['10.0.0.0', 'private', '10.0.0.0/8'], ['10.255.255.255', 'private', '10.0.0.0/8'],
  ['100.63.255.255', 'public', '0.0.0.0/0'], ['100.64.0.0', 'shared', '100.64.0.0/10'], ['100.127.255.255', 'shared', '100.64.0.0/10'], ['100.128.0.0', 'public', '0.0.0.0/0'],
  ['126.255.255.255', 'public', '0.0.0.0/0'], ['127.0.0.1', 'loopback', '127.0.0.0/8'], ['127.255.255.254', 'loopback', '127.0.0.0/8'], ['128.0.0.0', 'public', '0.0.0.0/0'],
  ['169.253.255.255', 'public', '0.0.0.0/0'], ['169.254.169.254', 'link-local', '169.254.0.0/16'],
  ['172.15.255.255', 'public', '0.0.0.0/0'], ['172.16.0.0', 'private', '172.16.0.0/12'], ['172.31.255.255', 'private', '172.16.0.0/12'], ['172.32.0.0', 'public', '0.0.0.0/0'],
  ['192.0.0.8', 'reserved', '192.0.0.0/24'], ['192.0.0.170', 'reserved', '192.0.0.0/24'], ['192.0.1.0', 'public', '0.0.0.0/0'], ['192.0.2.1', 'documentation', '192.0.2.0/24'],
  ['192.31.196.1', 'reserved', '192.31.196.0/24'], ['192.52.193.1', 'reserved', '192.52.193.0/24'], ['192.88.99.1', 'reserved', '192.88.99.0/24'], ['192.168.1.1', 'private', '192.168.0.0/16'],
  ['192.175.48.6', 'reserved', '192.175.48.0/24'], ['198.17.255.255', 'public', '0.0.0.0/0'], ['198.18.0.0', 'benchmarking', '198.18.0.0/15'], ['198.19.255.255', 'benchmarking', '198.18.0.0/15'],
  ['198.51.100.7', 'documentation', '198.51.100.0/24'], ['203.0.113.7', 'documentation', '203.0.113.0/24'], ['224.0.0.1', 'multicast', '224.0.0.0/4'], ['239.255.255.250', 'multicast', '224.0.0.0/4'],
  ['240.0.0.1', 'reserved', '240.0.0.0/4'], ['255.255.255.254', 'reserved', '240.0.0.0/4'], ['255.255.255.255', 'broadcast', '255.255.255.255/32'],
  ['::', 'unspecified', '::/128'], ['::1', 'loopback', '::1/128'], ['0:0:0:0:0:0:0:1', 'loopback', '::1/128'],
  ['2606:4700:4700::1111', 'public', '2000::/3'], ['2A00:1450:4001:0831:0:0:0:200E', 'public', '2000::/3'],
  ['::ffff:8.8.8.8', 'public', '::ffff:0:0/96'], ['::ffff:127.0.0.1', 'loopback', '127.0.0.0/8 embedded in ::ffff:0:0/96'], ['::ffff:7f00:1', 'loopback', '127.0.0.0/8 embedded in ::ffff:0:0/96'],
  ['::ffff:a9fe:a9fe', 'link-local', '169.254.0.0/16 embedded in ::ffff:0:0/96'], ['::127.0.0.1', 'loopback', '127.0.0.0/8 embedded in ::/96'], ['::8.8.8.8', 'tunnel', '::/96'], ['::2', 'reserved', '0.0.0.0/8 embedded in ::/96'],
  ['64:ff9b::8.8.8.8', 'public', '64:ff9b::/96'], ['64:ff9b::7f00:1', 'loopback', '127.0.0.0/8 embedded in 64:ff9b::/96'], ['64:ff9b::10.1.2.3', 'private', '10.0.0.0/8 embedded in 64:ff9b::/96'],
  ['64:ff9b:1::8.8.8.8', 'private', '64:ff9b:1::/48'], ['64:ff9b:1:fffe::7f00:1', 'private', '64:ff9b:1::/48'], ['64:ff9b:2::1', 'reserved', '::/0'],
  ['2002:808:808::1', 'tunnel', '2002::/16'], ['2002:7f00:1::', 'loopback', '127.0.0.0/8 embedded in 2002::/16'], ['2002:c0a8:101::1', 'private', '192.168.0.0/16 embedded in 2002::/16'],
  // Teredo: server 65.54.227.120, client 192.0.2.45 written inverted (the example of RFC 4380 as it is commonly written out).
  ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'documentation', '192.0.2.0/24 embedded in 2001::/32'], ['2001:0:4136:e378:8000:63bf:f7f7:f7f7', 'tunnel', '2001::/32'],
  ['2001:0:7f00:1:8000:63bf:f7f7:f7f7', 'loopback', '127.0.0.0/8 embedded in 2001::/32'],
  ['2001:2::1', 'benchmarking', '2001:2::/48'], ['2001:20::1', 'reserved', '2001::/23'], ['2001:1ff:ffff::1', 'reserved', '2001::/23'], ['2001:200::1', 'public', '2000::/3'],
  ['2001:db8::1', 'documentation', '2001:db8::/32'], ['3fff:fff::1', 'documentation', '3fff::/20'], ['3fff:1000::1', 'public', '2000::/3'], ['2620:4f:8000::1', 'reserved', '2620:4f:8000::/48'],
  ['100::1', 'reserved', '100::/64'], ['100:0:0:1::1', 'reserved', '100:0:0:1::/64'], ['5f00::1', 'reserved', '5f00::/16'], ['::ffff:0:127.0.0.1', 'reserved', '::/0'],
  ['fc00::1', 'private', 'fc00::/7'], ['fd00:ec2::254', 'private', 'fc00::/7'], ['fe80::1', 'link-local', 'fe80::/10'], ['febf::1', 'link-local', 'fe80::/10'], ['fec0::1', 'private', 'fec0::/10'],
  ['ff02::1', 'multicast', 'ff00::/8'], ['4000::1', 'reserved', '::/0'], ['fe00::1', 'reserved', '::/0'],
];
const unreadable = [
  '', 'localhost', 'example.org', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '127.0.0.01', '127.0.0.256', '1.2.3.4.5', '1.2.3.', ' 127.0.0.1', '127.0.0.1 ', '１２７.0.0.1',
  ':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', '::1%lo', 'fe80::1%25eth0', '[::1]', '::127.1', '::1.2.3.4:5', '1:2:3:4:5:6:7::8', 'g::1', '::ffff:127.0.0.01', '1.2.3.4::',
];

describe('classifyAddress', () => {
  it.each(expected)('%s is %s (%s)', (text, kind, block) => {
    expect(isIP(text)).not.toBe(0);
    expect(classifyAddress(text)).toEqual({ kind, block });
  });
  it.each(unreadable)('%p is not read', (text) => {
    expect(classifyAddress(text)).toEqual({ kind: 'unreadable', block: text });
  });
  it('property: reads exactly what the system reads without a zone, and every notation of an address alike', () => {
    const six = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: fc.constantFrom('0', '1', 'f', ':', '::', '.', '255') })), (text) => {
      expect(classifyAddress(text).kind === 'unreadable').toBe(isIP(text) === 0);
    }), { numRuns: 500 });
    fc.assert(fc.property(six, (groups) => {
      const plain = groups.map((group) => group.toString(16)).join(':');
      const normal = new URL(`http://[${plain}]/`).hostname.slice(1, -1);
      expect(classifyAddress(normal)).toEqual(classifyAddress(plain));
    }), { numRuns: 200 });
  });
  it('property: agrees with the block lists of Node about the blocks', () => {
    const list = new BlockList();
    const special = ['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'];
    for (const block of special) list.addSubnet(block.split('/')[0] ?? '', Number(block.split('/')[1]), 'ipv4');
    const near = fc.tuple(fc.constantFrom(...special), fc.integer({ min: -300, max: 300 })).map(([block, step]) => {
      const value = (block.split('/')[0] ?? '').split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + step;
      return [24, 16, 8, 0].map((bits) => Math.floor((((value % 2 ** 32) + 2 ** 32) % 2 ** 32) / 2 ** bits) % 256).join('.');
    });
    fc.assert(fc.property(fc.oneof(fc.ipV4(), near), (text) => {
      expect(isIPv4(text)).toBe(true);
      expect(classifyAddress(text).kind !== 'public').toBe(list.check(text, 'ipv4'));
      const mapped = `::ffff:${text}`;
      expect(isIPv6(mapped)).toBe(true);
      expect(classifyAddress(mapped).kind).toBe(classifyAddress(text).kind);
    }), { numRuns: 1_000 });
  });
});
