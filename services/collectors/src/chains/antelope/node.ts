import { BreakwaterError } from '@breakwater/platform/errors';
import type { Network } from '@breakwater/platform/network';
import type { BlockRef, ChainNode } from '../follow/node.ts';
import { parseBlock, timeOf, type TracedBlock, type TransferAction } from './map.ts';
import { MOST_CANDIDATES, parseProducers } from './producers.ts';

/** What a node is made with. `contracts` are the token contracts watched. */
export interface AntelopeNodeDeps {
  readonly name: string;
  readonly url: string;
  readonly network: Network;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly contracts: ReadonlySet<string>;
  /** Blocks asked for at once while far behind the head. */
  readonly readAhead: number;
}

interface Info {
  readonly chain: string;
  readonly head: number;
  readonly irreversible: BlockRef;
}

/** Blocks kept, so that a block's header and its actions are one request. Twice the largest `readAhead`. */
const KEPT_BLOCKS = 128;

/**
 * One nodeos: `/v1/chain/get_info` for the head and the irreversible block, `/v1/trace_api/get_block` for what each block executed, inline actions and
 * notifications included (the plugin `trace_api_plugin`; no history index is needed). A node that keeps traces for a while only has no older blocks: they
 * are `undefined`. Who makes the blocks is asked of `/v1/chain/get_producers` and `/v1/chain/get_producer_schedule`.
 */
export function createAntelopeNode(deps: AntelopeNodeDeps): ChainNode<TransferAction> {
  const base = deps.url.replace(/\/+$/, '');
  const kept = new Map<string, TracedBlock>();
  const ahead = new Map<number, Promise<TracedBlock | undefined>>();
  let headNumber = 0;
  let last = -1;

  const post = async (path: string, body: object): Promise<unknown> => {
    const said = `${deps.name}: ${path}`;
    const response = await deps.network.request({ method: 'POST', url: `${base}${path}`, headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(body), timeoutMs: deps.timeoutMs, maxBytes: deps.maxBytes, signal: deps.signal }).catch((error: unknown) => {
      throw error instanceof BreakwaterError ? new BreakwaterError(error.code, `${said}: ${error.message.replaceAll(deps.url, deps.name)}`, { cause: error.cause }) : error;
    });
    if (response.status === 429) {
      const seconds = Number(response.headers['retry-after']);
      throw new BreakwaterError('rate-limited', `${said}: the node asked to slow down`, seconds > 0 ? { retryAfterMs: seconds * 1000 } : {});
    }
    if (response.status === 404) return undefined;
    if (response.status < 200 || response.status > 299) throw new BreakwaterError('http-status', `${said}: status ${response.status}`);
    try {
      return JSON.parse(response.body) as unknown;
    } catch {
      throw new BreakwaterError('bad-answer', `${said}: the answer is not JSON`);
    }
  };

  const info = async (): Promise<Info> => {
    const raw = await post('/v1/chain/get_info', {});
    const { chain_id: chain, head_block_num: head, head_block_time: time, last_irreversible_block_num: number, last_irreversible_block_id: hash } = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
    if (typeof chain !== 'string' || !/^[0-9a-f]{64}$/.test(chain) || !isHeight(head) || !isHeight(number) || typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || timeOf(time) === undefined) throw new BreakwaterError('bad-answer', `${deps.name}: get_info: bad fields`);
    return { chain, head, irreversible: { number, hash } };
  };

  const fetchBlock = async (number: number): Promise<TracedBlock | undefined> => {
    const raw = await post('/v1/trace_api/get_block', { block_num: number });
    if (raw === undefined) return undefined;
    const parsed = parseBlock(raw, deps.contracts);
    if (!parsed.ok) throw new BreakwaterError(parsed.error.endsWith('another height') ? 'chain-mismatch' : 'bad-answer', `${deps.name}: block ${number}: bad ${parsed.error}`);
    if (parsed.value.header.number !== number) throw new BreakwaterError('chain-mismatch', `${deps.name}: block ${number}: the node sent block ${parsed.value.header.number}`);
    return parsed.value;
  };

  const keep = (block: TracedBlock): void => {
    kept.set(block.header.hash, block);
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_BLOCKS) break;
      kept.delete(oldest);
    }
  };

  /** A block, and those after it begun while the head is far: blocks cannot be had by ranges. What was asked for ahead is used once, so that a fork is seen. */
  const traced = async (number: number): Promise<TracedBlock | undefined> => {
    const begun = ahead.get(number) ?? fetchBlock(number);
    ahead.delete(number);
    for (const other of ahead.keys()) if (other < number || other > number + deps.readAhead) ahead.delete(other);
    // Near the head blocks may still be replaced: they are asked for when their turn comes.
    const inOrder = number === last + 1;
    last = number;
    for (let next = number + 1; inOrder && next <= number + deps.readAhead && next < headNumber - deps.readAhead; next++) {
      if (ahead.has(next)) continue;
      const promise = fetchBlock(next);
      promise.catch(() => undefined);
      ahead.set(next, promise);
    }
    const block = await begun;
    if (block !== undefined) keep(block);
    return block;
  };

  return {
    name: deps.name,
    // CAIP-2 of the namespace: the first half of the chain id.
    identity: async () => `antelope:${(await info()).chain.slice(0, 32)}`,
    head: async () => {
      const { head } = await info();
      headNumber = head;
      // The trace of the newest block may come a moment after the block.
      const block = (await traced(head)) ?? (await traced(head - 1));
      if (block === undefined) throw new BreakwaterError('bad-answer', `${deps.name}: block ${head}: the node has no trace of its newest blocks (is trace_api_plugin on?)`);
      return block.header;
    },
    block: async (number) => (await traced(number))?.header,
    producers: async () => {
      const [votes, schedule] = await Promise.all([post('/v1/chain/get_producers', { json: true, lower_bound: '', limit: MOST_CANDIDATES }), post('/v1/chain/get_producer_schedule', {})]);
      const parsed = parseProducers(votes, schedule);
      if (!parsed.ok) throw new BreakwaterError('bad-answer', `${deps.name}: bad ${parsed.error}`);
      return parsed.value;
    },
    settled: async (level) => (level === 'safe' ? 'unsupported' : (await info()).irreversible),
    entries: async (header) => {
      const block = kept.get(header.hash) ?? (await traced(header.number));
      if (block === undefined) throw new BreakwaterError('bad-answer', `${deps.name}: block ${header.number}: the node no longer has it`);
      if (block.header.hash !== header.hash) throw new BreakwaterError('bad-answer', `${deps.name}: block ${header.number}: it was replaced while it was read`);
      return block.actions;
    },
  };
}

function isHeight(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
