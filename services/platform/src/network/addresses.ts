/** What an IP address is for. Only `public` ones may be reached by guarded requests. */
export type AddressKind =
  | 'public' | 'unspecified' | 'loopback' | 'private' | 'shared' | 'link-local' | 'multicast' | 'broadcast' | 'documentation' | 'benchmarking' | 'tunnel' | 'reserved' | 'unreadable';

/** What an address is for, and the block that says so: `10.0.0.0/8`; `embedded in 64:ff9b::/96` follows where the address stands inside another. */
export interface AddressReading {
  readonly kind: AddressKind;
  readonly block: string;
}

/** An address as a number of `bits` bits. */
interface IpNumber {
  readonly bits: 32 | 128;
  readonly value: bigint;
}
interface Block {
  readonly text: string;
  readonly kind: AddressKind;
  readonly bits: 32 | 128;
  readonly value: bigint;
  readonly length: number;
}

/**
 * Blocks that are not for everybody, narrower ones first: the IANA IPv4 and IPv6 Special-Purpose Address Registries
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry, both with the
 * state of 2025-10-09, read 2026-11) and the multicast blocks (RFC 5771, RFC 4291). Blocks that the registries call globally reachable
 * (AS112, AMT, anycast of the IETF) are here as well: nobody receives events there. `reserved` where the registry has no kind of its own.
 */
const blocks4 = parseBlocks([
  ['0.0.0.0/32', 'unspecified'], ['255.255.255.255/32', 'broadcast'],
  ['192.0.0.0/24', 'reserved'], ['192.0.2.0/24', 'documentation'], ['192.31.196.0/24', 'reserved'], ['192.52.193.0/24', 'reserved'], ['192.88.99.0/24', 'reserved'],
  ['192.175.48.0/24', 'reserved'], ['198.51.100.0/24', 'documentation'], ['203.0.113.0/24', 'documentation'],
  ['169.254.0.0/16', 'link-local'], ['192.168.0.0/16', 'private'], ['198.18.0.0/15', 'benchmarking'], ['172.16.0.0/12', 'private'], ['100.64.0.0/10', 'shared'],
  ['0.0.0.0/8', 'reserved'], ['10.0.0.0/8', 'private'], ['127.0.0.0/8', 'loopback'], ['224.0.0.0/4', 'multicast'], ['240.0.0.0/4', 'reserved'],
]);
const blocks6 = parseBlocks([
  ['::/128', 'unspecified'], ['::1/128', 'loopback'],
  ['100::/64', 'reserved'], ['100:0:0:1::/64', 'reserved'],
  ['64:ff9b:1::/48', 'private'], ['2001:2::/48', 'benchmarking'], ['2620:4f:8000::/48', 'reserved'],
  ['2001:db8::/32', 'documentation'], ['2001::/23', 'reserved'], ['3fff::/20', 'documentation'], ['5f00::/16', 'reserved'],
  ['fe80::/10', 'link-local'], ['fec0::/10', 'private'], ['ff00::/8', 'multicast'], ['fc00::/7', 'private'],
]);
/** The only block whose addresses are given out (https://www.iana.org/assignments/ipv6-address-space, read 2026-11). */
const [globalUnicast] = parseBlocks([['2000::/3', 'public']]);

/** Addresses that hold an IPv4 address: how far from the right it stands, whether it is written inverted, and what the whole is if that is public. */
const embeddings = [
  // RFC 4291, 2.5.5.2: the socket itself connects by IPv4.
  { block: '::ffff:0:0/96', shift: 0n, inverted: false, outer: 'public' },
  // RFC 6052, 2.1: where only IPv6 is at hand, this is how IPv4 is reached.
  { block: '64:ff9b::/96', shift: 0n, inverted: false, outer: 'public' },
  // RFC 4291, 2.5.5.1: no longer used.
  { block: '::/96', shift: 0n, inverted: false, outer: 'tunnel' },
  // RFC 3056; its relays were taken away by RFC 7526.
  { block: '2002::/16', shift: 80n, inverted: false, outer: 'tunnel' },
  // RFC 4380: the client's address, inverted, and the server's.
  { block: '2001::/32', shift: 0n, inverted: true, outer: 'tunnel' },
  { block: '2001::/32', shift: 64n, inverted: false, outer: 'tunnel' },
] as const;
const parsedEmbeddings = embeddings.flatMap((each) => parseBlocks([[each.block, each.outer]]).map((block) => ({ ...each, block })));

/**
 * What `text`, an address in the notation of RFC 791 or RFC 4291, is for. An IPv4 address inside an IPv6 one is read as well: the whole is
 * public only if what stands inside is. Anything with a zone (`fe80::1%eth0`), a host name and other notations (`127.1`, `0x7f.0.0.1`) are
 * `unreadable`: bring them into the notation first. Prefixes by which a network of its own embeds IPv4 addresses cannot be known here.
 */
export function classifyAddress(text: string): AddressReading {
  const number = parseIp(text);
  return number === undefined ? { kind: 'unreadable', block: text } : classify(number);
}

function classify(number: IpNumber): AddressReading {
  const special = (number.bits === 32 ? blocks4 : blocks6).find((block) => contains(block, number));
  if (number.bits === 32) return special === undefined ? { kind: 'public', block: '0.0.0.0/0' } : { kind: special.kind, block: special.text };
  // `::` and `::1` stand in the IPv4-compatible block and are not such addresses.
  if (special?.length === 128) return { kind: special.kind, block: special.text };
  const around = parsedEmbeddings.filter(({ block }) => contains(block, number));
  for (const { block, shift, inverted } of around) {
    const low = (number.value >> shift) & 0xffff_ffffn;
    const inside = classify({ bits: 32, value: inverted ? low ^ 0xffff_ffffn : low });
    if (inside.kind !== 'public') return { kind: inside.kind, block: `${inside.block} embedded in ${block.text}` };
  }
  const [outer] = around;
  if (outer !== undefined) return { kind: outer.outer, block: outer.block.text };
  if (special !== undefined) return { kind: special.kind, block: special.text };
  return globalUnicast !== undefined && contains(globalUnicast, number) ? { kind: 'public', block: globalUnicast.text } : { kind: 'reserved', block: '::/0' };
}

function contains(block: Block, number: IpNumber): boolean {
  const host = BigInt(block.bits - block.length);
  return block.bits === number.bits && block.value >> host === number.value >> host;
}

function parseBlocks(entries: readonly (readonly [text: string, kind: AddressKind])[]): readonly Block[] {
  return entries.map(([text, kind]) => {
    const [address = '', length = ''] = text.split('/');
    const number = parseIp(address);
    if (number === undefined) throw new TypeError(`not a block: ${text}`);
    return { text, kind, bits: number.bits, value: number.value, length: Number(length) };
  });
}

function parseIp(text: string): IpNumber | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return { bits: 32, value: four };
  const six = parseIpv6(text);
  return six === undefined ? undefined : { bits: 128, value: six };
}

/** Four decimal numbers without leading zeros, which some would read as octal. */
function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** RFC 4291, 2.2: eight groups, one run of zero groups as `::`, the last two groups perhaps as an IPv4 address. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groupsOf(half, i === halves.length - 1));
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  const groups = [...head, ...Array.from({ length: 8 - given }, () => 0n), ...(tail ?? [])];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string, last: boolean): readonly bigint[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [i, part] of parts.entries()) {
    const four = last && i === parts.length - 1 ? parseIpv4(part) : undefined;
    if (four !== undefined) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
}
