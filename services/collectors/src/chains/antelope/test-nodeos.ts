import { createRng } from '@breakwater/models/core';
import type { Endpoint } from '@breakwater/platform/simulated';

/** A transfer put into a block. `notify` are the accounts that are told; each is a trace of its own. */
export interface PlannedAction {
  readonly contract: string;
  readonly from: string;
  readonly to: string;
  /** Such as `1.0000 EOS`. */
  readonly quantity: string;
  readonly tx: string;
  readonly name?: string;
  readonly status?: string;
}

/** A block of the chain in memory. `time` is milliseconds. */
export interface TestBlock {
  readonly number: number;
  readonly id: string;
  readonly previous: string;
  readonly time: number;
  readonly actions: readonly PlannedAction[];
}

/** Who may make blocks, the most votes first, as the system contract has it. */
export interface PlannedProducer {
  readonly owner: string;
  readonly votes: number;
  /** Does not want to be voted in. */
  readonly resigned?: boolean;
}

/** 25 producers with 25 to 1 thousandths of so many votes as real chains have; the first 21 make blocks. */
export const PRODUCERS: readonly PlannedProducer[] = Array.from({ length: 25 }, (_, i) => ({ owner: `producer.${String.fromCharCode(97 + i)}`, votes: (25 - i) * 6.174542594341396e15 }));

/** How a node misbehaves, and what it says of producers. */
export interface NodeosOptions {
  readonly producers?: () => readonly PlannedProducer[];
  /** Those who make blocks, by default the first 21. */
  readonly scheduled?: () => readonly string[];
  readonly chainId?: string;
  readonly lag?: () => number;
  readonly irreversibleDepth?: number;
  readonly fault?: (path: string) => 'hang-up' | 'server-error' | 'garbage' | 'busy' | undefined;
  /** What the node says instead of the truth; undefined: that it knows no such thing. */
  readonly lie?: (path: string, truth: Readonly<Record<string, unknown>>) => unknown;
  /** Blocks below this have no trace any more. */
  readonly tracesFrom?: number;
  /** Newer nodes call the action's name `name` instead of `action`. */
  readonly nameField?: 'action' | 'name';
}

/** An Antelope chain in memory that can fork, for tests. The same calls make the same ids. */
export interface TestChain {
  head(): TestBlock;
  blocks(): readonly TestBlock[];
  produce(count: number, actionsOf?: (number: number) => readonly PlannedAction[]): void;
  /** Replaces the last `depth` blocks. */
  fork(depth: number, actionsOf?: (lost: TestBlock) => readonly PlannedAction[]): void;
  node(options?: NodeosOptions): Endpoint & { requests(): number };
}

/** The id of the chain of `eosio.token` in tests: that of Vaulta (EOS) mainnet. */
export const CHAIN_ID = 'aca376f206b8fc25a6ed44dbdc66547c36c6c33e3a119ffbeaef943642f0e906';

/** Makes a chain with one block. */
export function createTestChain(name: string, startAt: number): TestChain {
  const rng = createRng(2).fork(name);
  const idOf = (number: number): string => number.toString(16).padStart(8, '0') + Array.from({ length: 7 }, () => rng.int(0xffffffff).toString(16).padStart(8, '0')).join('');
  const blocks: TestBlock[] = [{ number: 1, id: idOf(1), previous: '0'.repeat(64), time: startAt, actions: [] }];
  const head = (): TestBlock => blocks.at(-1) as TestBlock;
  const add = (time: number, actions: readonly PlannedAction[]): void => void blocks.push({ number: head().number + 1, id: idOf(head().number + 1), previous: head().id, time, actions });
  return {
    head, blocks: () => blocks,
    produce: (count, actionsOf = () => []) => {
      for (let i = 0; i < count; i++) add(head().time + 500, actionsOf(head().number + 1));
    },
    fork: (depth, actionsOf = () => []) => {
      for (const lost of blocks.splice(blocks.length - depth, depth)) add(lost.time, actionsOf(lost));
    },
    node: (options = {}) => createNode(blocks, options),
  };
}

function createNode(blocks: readonly TestBlock[], options: NodeosOptions): Endpoint & { requests(): number } {
  let requests = 0;
  const answer = (path: string, number: unknown): Readonly<Record<string, unknown>> | undefined => {
    const seen = blocks.slice(0, Math.max(1, blocks.length - (options.lag?.() ?? 0)));
    const head = seen.at(-1) as TestBlock;
    const last = seen[Math.max(0, seen.length - 1 - (options.irreversibleDepth ?? 10))] as TestBlock;
    if (path === '/v1/chain/get_info') return { server_version: '1', chain_id: options.chainId ?? CHAIN_ID, head_block_num: head.number, head_block_id: head.id, head_block_time: iso(head.time), last_irreversible_block_num: last.number, last_irreversible_block_id: last.id };
    const producers = options.producers?.() ?? PRODUCERS;
    const scheduled = options.scheduled?.() ?? producers.slice(0, 21).map(({ owner }) => owner);
    if (path === '/v1/chain/get_producers') return printProducers(producers);
    if (path === '/v1/chain/get_producer_schedule') return printSchedule(scheduled);
    const block = seen.find((one) => one.number === number);
    if (block === undefined || block.number < (options.tracesFrom ?? 0)) return undefined;
    return printBlock(block, block.number <= last.number, options.nameField ?? 'action');
  };
  return {
    requests: () => requests,
    accept: (_path, peer) => {
      peer.close(1008, 'no sockets here');
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    request: ({ url: path, body }) => {
      requests++;
      switch (options.fault?.(path)) {
        case 'hang-up': throw new Error('connection reset');
        case 'server-error': return { status: 500, headers: {}, body: '{"code":500}' };
        case 'garbage': return { status: 200, headers: {}, body: '{"id":"zz","chain_id":5}' };
        case 'busy': return { status: 429, headers: { 'retry-after': '3' }, body: '' };
        case undefined:
      }
      const truth = answer(path, (JSON.parse(body ?? '{}') as { readonly block_num?: unknown }).block_num);
      const said = truth === undefined || options.lie === undefined ? truth : options.lie(path, truth);
      if (said === undefined) return { status: 404, headers: {}, body: JSON.stringify({ code: 404, message: path.includes('trace_api') ? 'Trace API: block trace missing' : 'Unknown Endpoint' }) };
      return { status: 200, headers: {}, body: JSON.stringify(said) };
    },
  };
}

/** Doubles are printed with 17 decimals, as texts. */
const KEY = 'EOS7YTjjzt7coagRE5i64JhZB4ucH23Nz5mDhXdzU6QC7gfXwy8M9';
function printProducers(producers: readonly PlannedProducer[]): Readonly<Record<string, unknown>> {
  const double = (value: number): string => `${BigInt(Math.round(value)).toString()}.00000000000000000`;
  return {
    rows: producers.map(({ owner, votes, resigned }) => ({
      owner, total_votes: double(votes), producer_key: KEY, is_active: resigned === true ? 0 : 1, url: `https://${owner}.example`, unpaid_blocks: 96, last_claim_time: '2025-01-01T00:00:00.500', location: 276,
      producer_authority: ['block_signing_authority_v0', { threshold: 1, keys: [{ key: KEY, weight: 1 }] }],
    })),
    total_producer_vote_weight: double(producers.reduce((sum, { votes }) => sum + votes, 0)), more: '',
  };
}

function printSchedule(scheduled: readonly string[]): Readonly<Record<string, unknown>> {
  return { active: { version: 2301, producers: scheduled.map((name) => ({ producer_name: name, authority: [0, { threshold: 1, keys: [{ key: KEY, weight: 1 }] }] })) }, pending: null, proposed: null };
}

/** A block in the words of the trace API: each transfer is executed by its contract and told to sender and receiver, as `require_recipient` does. */
export function printBlock(block: TestBlock, irreversible: boolean, nameField: 'action' | 'name'): Readonly<Record<string, unknown>> {
  let sequence = block.number * 1_000;
  const byTx = new Map<string, PlannedAction[]>();
  for (const action of block.actions) byTx.set(action.tx, [...(byTx.get(action.tx) ?? []), action]);
  const trace = (receiver: string, action: PlannedAction) => ({ global_sequence: sequence++, receiver, account: action.contract, [nameField]: action.name ?? 'transfer', authorization: [{ account: action.from, permission: 'active' }], data: pack(action), return_value: '' });
  const transactions = [...byTx].map(([id, actions]) => ({
    id, block_num: block.number, block_time: iso(block.time), producer_block_id: block.id, status: actions[0]?.status ?? 'executed', cpu_usage_us: 100, net_usage_words: 16, signatures: [], transaction_header: {},
    // In another order than that of execution.
    actions: actions.flatMap((action) => [action.contract, action.from, action.to].map((receiver) => trace(receiver, action))).reverse(),
  }));
  return { id: block.id, number: block.number, previous_id: block.previous, status: irreversible ? 'irreversible' : 'pending', timestamp: `${iso(block.time)}Z`, producer: 'producer1', transaction_mroot: '0'.repeat(64), action_mroot: '0'.repeat(64), schedule_version: 1, transactions };
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, -1);
}

/** The packed form of a transfer action. */
export function pack({ from, to, quantity }: Pick<PlannedAction, 'from' | 'to' | 'quantity'>): string {
  const [amount = '', symbol = ''] = quantity.split(' ');
  const [whole = '', fraction = ''] = amount.replace('-', '').split('.');
  const raw = BigInt(whole + fraction) * (amount.startsWith('-') ? -1n : 1n);
  const code = Array.from(symbol).reduce((bits, letter, i) => bits | (BigInt(letter.charCodeAt(0)) << BigInt(8 * (i + 1))), BigInt(fraction.length));
  return [packName(from), packName(to), BigInt.asUintN(64, raw), code].map(littleEndian).join('') + '00';
}

/** The 64 bits of a name. */
export function packName(name: string): bigint {
  let bits = 0n;
  for (let at = 0; at < 13; at++) {
    const value = BigInt('.12345abcdefghijklmnopqrstuvwxyz'.indexOf(name[at] ?? '.'));
    bits |= at < 12 ? value << BigInt(59 - 5 * at) : value & 15n;
  }
  return bits;
}

function littleEndian(value: bigint): string {
  return (value.toString(16).padStart(16, '0').match(/../g) ?? []).reverse().join('');
}
