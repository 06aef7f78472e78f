import type { TransferMessage, Unsettled } from '@breakwater/contracts';
import { ratio, type ChainId, type EpochMs } from '@breakwater/models/core';
import { emissionWait, reversalAt, reversalCurve, type EmissionCosts, type ReversalCurve, type SettlementSpec } from '@breakwater/models/settlement';
import type { ChainLedger } from './settlement/settlement-score.ts';

/** What the chains of an asset say of deposits at a tick. */
export interface DepositFinality {
  /** Whether a warning may rest on it: it is safe or final, or so old that waiting longer costs more than what might still undo it. Once true it stays so. */
  isTold(transfer: TransferMessage): boolean;
  /** Event time, milliseconds, by which it is old enough to be told of: the horizon of what is told counts from there, so that waiting shortens it for none. */
  waitsUntil(transfer: TransferMessage): number;
  /** Of some transfers the least settled: the one most likely undone, above 0 where the law of its chain has any such probability. Nothing where all are final, or no chain's law undoes them. O(transfers). */
  unsettledOf(transfers: readonly TransferMessage[]): { readonly unsettled?: Unsettled };
}

interface Law {
  readonly curve: ReversalCurve;
  readonly costs: EmissionCosts;
  readonly waitSeconds: number;
  /** The last probability above 0: of what is so old that it should be final and is not. 0 where the law has none. */
  readonly least: number;
}

/** A spec is the config's and lives as long, as the costs do: what was made of both is kept with it. */
const made = new WeakMap<SettlementSpec, Law>();

function lawOf(spec: SettlementSpec, costs: EmissionCosts): Law {
  const kept = made.get(spec);
  if (kept?.costs === costs) return kept;
  const curve = kept?.curve ?? reversalCurve(spec);
  const fresh = { curve, costs, waitSeconds: emissionWait(curve, costs), least: curve.findLast(({ probability }) => probability > 0)?.probability ?? 0 };
  made.set(spec, fresh);
  return fresh;
}

/**
 * By the laws of `ledgers` at event time `at`. Age is counted from the block's time: a tick comes once its chain has passed it, so that blocks have been added for as long (a chain that stalls is taken for one that
 * goes on). What is not final by its chain's word may be undone at any age: it keeps the last probability of its law that is above 0, which says too little where finality stalls. Deposits of a chain that is not among them are told at once.
 */
export function depositFinality(ledgers: readonly ChainLedger[] | undefined, costs: EmissionCosts, at: EpochMs): DepositFinality {
  const laws = new Map<ChainId, Law>((ledgers ?? []).map(({ chain, spec }) => [chain, lawOf(spec, costs)]));
  const ageOf = (transfer: TransferMessage): number => (at - transfer.eventTime) / 1_000;
  const waitOf = (transfer: TransferMessage): number => laws.get(transfer.chain)?.waitSeconds ?? 0;
  return {
    waitsUntil: (transfer) => transfer.eventTime + waitOf(transfer) * 1_000,
    isTold: (transfer) => transfer.state === 'final' || transfer.state === 'safe' || ageOf(transfer) >= waitOf(transfer),
    unsettledOf: (transfers) => {
      let worst: Unsettled | undefined;
      for (const transfer of transfers) {
        const law = laws.get(transfer.chain);
        if (law === undefined || (transfer.state !== 'included' && transfer.state !== 'safe')) continue;
        const undone = Math.max(law.least, reversalAt(law.curve, ageOf(transfer)));
        if (undone > (worst?.undone ?? 0)) worst = { state: transfer.state, undone: ratio(undone) };
      }
      return worst === undefined ? {} : { unsettled: worst };
    },
  };
}
