import type { DepositReading } from '@breakwater/contracts';
import { formatUsd, ownerName } from '@breakwater/contracts';
import { Fragment, type VNode } from 'preact';
import { momentText, shortHash } from './text.ts';

/** A moment and its age: date, time and age each in one piece, so that on a narrow page they stand one under the other. */
export function Moment({ text }: { readonly text: string }): VNode {
  const pieces = text.replace(/^(\d{4}-\d\d-\d\d) /, '$1\n').replace(', ', ',\n').split('\n');
  return <>{pieces.map((piece, i) => <Fragment key={piece}>{i === 0 ? null : ' '}<span>{piece}</span></Fragment>)}</>;
}

/** Transfers to exchanges: when, how much, from whom to whom, and how far the chain has confirmed them. */
export function TransferTable({ transfers, now }: { readonly transfers: readonly DepositReading[]; readonly now: number | null }): VNode {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Transfers">
      <table class="transfers">
        <thead>
          <tr>
            <th scope="col">time</th>
            <th scope="col" class="number">value</th>
            <th scope="col">from</th>
            <th scope="col">to</th>
            <th scope="col" class="number">units</th>
            <th scope="col">chain</th>
            <th scope="col">transaction</th>
            <th scope="col">state</th>
          </tr>
        </thead>
        <tbody>
          {transfers.map((transfer) => (
            <tr key={`${transfer.chain}/${transfer.tx}/${transfer.logIndex}`}>
              <td class="when">
                <Moment text={momentText(transfer.eventTime, now)} />
              </td>
              <td class="number">{transfer.usd === null ? <span class="muted">not valued</span> : formatUsd(transfer.usd)}</td>
              <td>{transfer.fromLabel === undefined ? <span class="muted">not labelled</span> : ownerName(transfer.fromLabel)}</td>
              <td>{transfer.toLabel === '' ? shortHash(transfer.to) : ownerName(transfer.toLabel)}</td>
              <td class="number">{transfer.units.toLocaleString('en-US', { maximumFractionDigits: 0 })}</td>
              <td>{transfer.chain}</td>
              <td>
                <code title={transfer.tx}>{shortHash(transfer.tx)}</code>
              </td>
              <td>{transfer.state}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
