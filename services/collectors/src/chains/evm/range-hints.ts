/** Where providers name a range that would work: `[0x1, 0x2]` (Alchemy, Infura, zkSync Era; INFURA/infura#237, ponder-sh/ponder#724, 2026-11). */
const WORKING = /\[\s*(0x[0-9a-f]+)\s*,\s*(0x[0-9a-f]+)\s*\]/i;
/**
 * Where they name the widest range: `up to a 500 block range` (Alchemy), `range 1000000 exceeds limit of 10000` (Infura), `limited to a 10,000 range`
 * (QuickNode), `blocks distance: 10000` and `block range is too wide` (Ankr), `exceed maximum block range: 5000` (BNB chain, PublicNode), `max is 1k blocks`
 * (LlamaNodes), `Max range: 800` (Cloudflare), `(maximum 1024)` (Moonbeam). Threads: BobTheBuidler/dank_mids#772, ponder-sh/ponder#1940,
 * AlphaWallet/alpha-wallet-android#2736, read 2026-11; QuickNode, LlamaNodes and Cloudflare from memory.
 */
const WIDEST = /(?:up to(?: an?)?|limit of|limited to(?: an?| 0 ?-)?|distance:|max(?:imum)?(?: block)?(?: is| range)?:?)\s*([\d,]{1,12})(k)?\b/i;
const ABOUT_RANGE = /range|distance|blocks/i;
/** Messages of a provider that sends too fast a client away with a JSON-RPC error instead of status 429 (codes differ: -32005, -32007, -32097, 429). */
const TOO_FAST = /rate.?limit|too many requests|request rate|requests? per second|compute units per second|request count exceeded|throughput/i;

/**
 * The number of blocks that a refusal of `eth_getLogs` says would work, undefined when it says none. A number of results (`more than 10000 results`) is
 * none. Never throws.
 */
export function suggestedBlocks(message: string): number | undefined {
  const working = WORKING.exec(message);
  if (working !== null) {
    const blocks = Number(working[2]) - Number(working[1]) + 1;
    return Number.isSafeInteger(blocks) && blocks > 0 ? blocks : undefined;
  }
  if (!ABOUT_RANGE.test(message)) return undefined;
  const widest = WIDEST.exec(message);
  if (widest === null || /results|logs\b|bytes/i.test(message.slice(widest.index + widest[0].length, widest.index + widest[0].length + 12))) return undefined;
  const blocks = Number((widest[1] ?? '').replaceAll(',', '')) * (widest[2] === undefined ? 1 : 1000);
  return Number.isSafeInteger(blocks) && blocks > 0 ? blocks : undefined;
}

/** Whether an error answer asks for fewer requests, not for smaller ones. */
export function asksToSlowDown(message: string): boolean {
  return TOO_FAST.test(message) && !/block range|results/i.test(message);
}
