import { createHolderState, holderViewSteps, type HolderBlock, type HolderSettings, type HolderState, type HolderTransfer } from '@breakwater/models/address-risk';
import { createRng } from '@breakwater/models/core';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { startProgress } from './progress.ts';

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A token with transfers at the pace of a busy one: 1,000,000 of them among 150,000 owners, 80 a block, every 12 seconds. */
const [TRANSFERS, OWNERS, PER_BLOCK, BLOCK_MS] = [1_000_000, 150_000, 80, 12_000];
/** Reorganisations, spread evenly, and how deep they go: as deep as blocks are not final. */
const [REORGS, MOST_DEEP, FINAL_DEPTH] = [50, 32, 64];
const MINT = `0x${'0'.repeat(40)}`;
const [START, LIMIT, PER_DAY] = [1_750_000_000_000, 200_000, 4_000];
const VENUES = 40;
const SAVE_EVERY_BLOCKS = 8;

/** What the bench measured. */
interface HoldersBench {
  readonly bench: 'holders';
  /** Transfers kept, taken back and saved in a second, and in one of this process's own (several may share a processor). */
  readonly transfersPerSecond: number;
  readonly cpuTransfersPerSecond: number;
  readonly megabytesAtEnd: number;
  readonly holders: number;
  readonly reorgs: number;
  /** Whether every balance is that of a recount of the chain as it ended, from nothing. */
  readonly equal: boolean;
  readonly transfers: number;
  readonly takenBack: number;
  /** Kilobytes saved for each block with its transfers, and the most in one step, megabytes. */
  readonly savedKilobytesPerBlock: number;
  readonly mostSavedMegabytes: number;
  /** The longest that one block or one step of saving took, milliseconds. */
  readonly longestMs: number;
  /** Seconds to read everything that was saved. */
  readonly restoreSeconds: number;
  /** Milliseconds for the whole picture of owners, and the longest of its pieces, between which everything else of the process goes on. */
  readonly viewMs: number;
  readonly viewLongestPauseMs: number;
  /** The same in processor time of this process, all its threads together: what others take of a shared processor is not in it. */
  readonly viewCpuMs: number;
  readonly viewLongestPauseCpuMs: number;
}

/** `breakwater bench holders`: what it costs to keep who holds a token, through reorganisations, and whether it is right. About a minute. */
export function benchHoldersCommand(context: CommandContext, options: { readonly json: boolean }): void {
  const blocks = Math.ceil(TRANSFERS / PER_BLOCK);
  const progress = startProgress(context, 'folding', blocks, 'blocks', nowMs);
  const figures = measure(blocks, (done) => progress.update(done));
  progress.stop();
  if (options.json) printJson(context, figures);
  else for (const [name, value] of Object.entries(figures)) context.stdout.write(`${name.padEnd(24)}${String(value)}\n`);
  if (!figures.equal) throw new CommandError('the holders differ from a recount of the chain', 1);
}

/** Block `number` of fork `version`: the same each time it is asked for. A few owners move most, as they do. */
function blockOf(number: number, version: number): HolderBlock {
  const rng = createRng(number * 64 + version);
  const owner = (): string => addressOf(Math.floor(rng.next() ** 4 * OWNERS));
  const minted = number * PER_BLOCK;
  const transfers = Array.from({ length: PER_BLOCK }, (_, i): HolderTransfer => {
    // The first transfers of all make what the others move.
    if (minted + i < OWNERS) return { from: MINT, to: addressOf(minted + i), amount: 10n ** 27n };
    return { from: owner(), to: rng.chance(0.05) ? addressOf(rng.int(VENUES)) : owner(), amount: BigInt(1 + rng.int(1_000_000)) * 10n ** 15n };
  });
  return { number, at: START + number * BLOCK_MS, transfers };
}

/** A block as it comes from a node: its addresses are texts that nobody saw before. */
function received(block: HolderBlock): HolderBlock {
  const addresses = JSON.parse(JSON.stringify(block.transfers.map(({ from, to }) => [from, to]))) as readonly (readonly [string, string])[];
  return { ...block, transfers: block.transfers.map(({ amount }, i) => ({ from: addresses[i]?.[0] ?? '', to: addresses[i]?.[1] ?? '', amount })) };
}

function addressOf(owner: number): string {
  // The first of all numbers is the address of nobody.
  const index = owner + 1;
  return `0x${(index * 2_654_435_761 % 2 ** 32).toString(16).padStart(8, '0')}${index.toString(16).padStart(32, '0')}`;
}

function measure(blocks: number, onBlocks: (done: number) => void): HoldersBench {
  const venues = new Map(Array.from({ length: VENUES }, (_, i) => [addressOf(i), `exchange:e${i}`]));
  const settings = { mint: MINT, limit: LIMIT, perDay: PER_DAY, venueOf: (address: string) => venues.get(address) };
  const state = createHolderState(settings);
  state.begin(0, true);
  const rng = createRng(1);
  const versions = new Uint8Array(blocks);
  const saved = new Map<string, string>();
  const sums = { ms: 0, cpuMs: 0, longestMs: 0, folded: 0, takenBack: 0, bytes: 0, mostBytes: 0, reorgs: 0 };
  const timed = (work: () => void): void => {
    const [began, used] = [nowMs(), process.cpuUsage()];
    work();
    const [took, { user, system }] = [nowMs() - began, process.cpuUsage(used)];
    sums.ms += took;
    sums.cpuMs += (user + system) / 1000;
    sums.longestMs = Math.max(sums.longestMs, took);
  };
  const fold = (number: number): void => {
    const block = received(blockOf(number, versions[number] ?? 0));
    timed(() => state.apply(block));
    sums.folded += block.transfers.length;
  };
  for (let number = 0; number < blocks; number++) {
    fold(number);
    if ((number + 1) % Math.floor(blocks / REORGS) === 0 && sums.reorgs < REORGS) {
      const depth = Math.min(number, 1 + rng.int(MOST_DEEP));
      timed(() => state.revert(number - depth));
      sums.takenBack += depth * PER_BLOCK;
      sums.reorgs++;
      for (let again = number - depth + 1; again <= number; again++) {
        versions[again] = (versions[again] ?? 0) + 1;
        fold(again);
      }
    }
    if (number % SAVE_EVERY_BLOCKS === 0) {
      timed(() => {
        state.settle(number - FINAL_DEPTH);
        let bytes = 0;
        for (const [name, text] of state.save()) {
          saved.set(name, text);
          bytes += text.length;
        }
        sums.bytes += bytes;
        sums.mostBytes = Math.max(sums.mostBytes, bytes);
      });
      onBlocks(number);
    }
  }
  for (const [name, text] of state.save()) saved.set(name, text);
  const balances = recount(blocks, versions);
  const { restoreSeconds, isRight } = restore(settings, saved, balances);
  const equal = isRight && isRecount(state, balances);
  const look = lookAt(state, settings, START + blocks * BLOCK_MS);
  return {
    bench: 'holders', transfersPerSecond: Math.round((sums.folded / sums.ms) * 1000), cpuTransfersPerSecond: Math.round((sums.folded / sums.cpuMs) * 1000), megabytesAtEnd: heldMegabytes(saved), holders: state.figures().holders, reorgs: sums.reorgs, equal,
    transfers: sums.folded, takenBack: sums.takenBack, savedKilobytesPerBlock: Math.round(sums.bytes / blocks / 100) / 10, mostSavedMegabytes: Math.round(sums.mostBytes / 1e5) / 10,
    longestMs: Math.round(sums.longestMs), restoreSeconds: Math.round(restoreSeconds * 100) / 100, ...look,
  };
}

/** Looks at all holders once, piece by piece as the keeper does, the first time in this process. */
function lookAt(state: HolderState, { venueOf }: HolderSettings, at: number): Pick<HoldersBench, 'viewMs' | 'viewLongestPauseMs' | 'viewCpuMs' | 'viewLongestPauseCpuMs'> {
  const labelOf = (address: string): string | undefined => venueOf(address, at);
  const steps = holderViewSteps(state, { lookup: () => undefined, labelOf, links: [] }, { at, perUnit: 1e18, dormantWeight: 0.5, mostOwners: 48, mostAddresses: 8 });
  const look = { viewMs: 0, viewLongestPauseMs: 0, viewCpuMs: 0, viewLongestPauseCpuMs: 0 };
  for (let isDone = false; !isDone;) {
    const [began, used] = [nowMs(), process.cpuUsage()];
    isDone = steps.next().done === true;
    const [took, { user, system }] = [nowMs() - began, process.cpuUsage(used)];
    const cpu = (user + system) / 1000;
    look.viewMs += took;
    look.viewCpuMs += cpu;
    look.viewLongestPauseMs = Math.max(look.viewLongestPauseMs, took);
    look.viewLongestPauseCpuMs = Math.max(look.viewLongestPauseCpuMs, cpu);
  }
  return { viewMs: Math.round(look.viewMs), viewLongestPauseMs: Math.round(look.viewLongestPauseMs), viewCpuMs: Math.round(look.viewCpuMs), viewLongestPauseCpuMs: Math.round(look.viewLongestPauseCpuMs) };
}

/** Reads everything that was saved, which is let go of at once. */
function restore(settings: HolderSettings, saved: ReadonlyMap<string, string>, balances: ReadonlyMap<string, bigint>): { readonly restoreSeconds: number; readonly isRight: boolean } {
  const began = nowMs();
  const restored = createHolderState(settings, (name) => saved.get(name));
  const restoreSeconds = (nowMs() - began) / 1000;
  return { restoreSeconds, isRight: isRecount(restored, balances) };
}

/** The balances of the chain as it ended, added up from nothing. */
function recount(blocks: number, versions: Uint8Array): ReadonlyMap<string, bigint> {
  const balances = new Map<string, bigint>();
  for (let number = 0; number < blocks; number++) {
    for (const { from, to, amount } of blockOf(number, versions[number] ?? 0).transfers) {
      if (from !== MINT) balances.set(from, (balances.get(from) ?? 0n) - amount);
      balances.set(to, (balances.get(to) ?? 0n) + amount);
    }
  }
  return balances;
}

/** Whether a state has exactly these balances. */
function isRecount(state: HolderState, balances: ReadonlyMap<string, bigint>): boolean {
  let known = 0;
  for (const [address, { balance }] of state.entries()) {
    if (balances.get(address) !== balance) return false;
    known++;
  }
  return known === balances.size && state.figures().isComplete;
}

/** Megabytes of this process that are in use after everything that can go has gone; what stands for the store is not part of it. */
function heldMegabytes(store: Map<string, string>): number {
  store.clear();
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 1e5) / 10;
}
