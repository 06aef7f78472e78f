import { defined, type Rng } from '../../core/index.ts';
import type { Scenario, SettlingTransfer } from './scenario.ts';

/** A share of a transfer that is there in a second, and what earlier ones were: of collateral the share of positions that they have moved, of capital that trades their own. */
export interface ReferencePiece {
  readonly to: SettlingTransfer['to'];
  readonly share: number;
  readonly before: number;
}

/**
 * Transfers by their definition, for tests: bridges are filled and emptied second by second as transfers set out, and each second every transfer is asked which of its parts are due. Call once a second, in order.
 */
export function referenceTransfers({ transfers, bridges }: Scenario, rng: Rng): (second: number) => readonly ReferencePiece[] {
  const left = bridges.map(({ capacity }) => capacity);
  const isUsed = bridges.map(() => false);
  const states = transfers.map((transfer, i) => {
    const stream = rng.fork(`transfer:${i}`);
    const isHalted = transfer.arrival === 'sampled' && stream.next() < transfer.halt;
    const due = (plan: SettlingTransfer['slow']): readonly number[] => {
      if (plan === null) return [];
      const delays = transfer.arrival === 'sampled' ? [defined(plan.delays[stream.int(plan.delays.length)], 'delay')] : [...plan.delays];
      return delays.map((delay) => transfer.sentAt + Math.ceil(delay));
    };
    const [fast, slow] = [due(transfer.fast?.plan ?? null), due(transfer.slow)];
    return { transfer, isHalted, fast, slow, fastShare: 0, moved: 0 };
  });
  return (second) => {
    for (const [b, bridge] of bridges.entries()) if (isUsed[b] === true) left[b] = Math.min(bridge.capacity, defined(left[b], 'bridge') + bridge.refillPerSecond);
    for (const state of states) {
      const { fast, sentAt, usd } = state.transfer;
      if (fast === null || sentAt !== second) continue;
      const taken = Math.min(defined(left[fast.bridge], 'bridge'), usd);
      left[fast.bridge] = defined(left[fast.bridge], 'bridge') - taken;
      isUsed[fast.bridge] = true;
      state.fastShare = taken / usd;
    }
    return states.flatMap((state) => {
      const { transfer: { to, halt, arrival }, fast, slow } = state;
      const pieces: ReferencePiece[] = [];
      for (const { times, share } of [{ times: fast, share: state.fastShare }, { times: slow, share: 1 - state.fastShare }]) {
        for (const time of times) {
          if (time !== second || state.isHalted || share === 0) continue;
          const piece = arrival === 'sampled' ? share : (share * (1 - halt)) / times.length;
          pieces.push({ to, share: piece, before: state.moved });
          if (to.kind === 'rescue') state.moved += to.share * piece;
          if (to.kind === 'trade') state.moved += piece;
        }
      }
      return pieces;
    });
  };
}
