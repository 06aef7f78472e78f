import type { ReserveScore } from '@breakwater/contracts';
import { formatDuration, formatFloor, formatMove, formatPrice, formatUnits, formatUtcDay } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { Figure, TermName } from './figure.tsx';
import { StatusMark } from './marks.tsx';
import { outsideText } from './owner-text.ts';
import { momentText, shortHash, tied } from './text.ts';
import { Moment } from './transfer-table.tsx';

/** What the section of a reserve shows. */
export interface ReserveProps {
  readonly reserve: ReserveScore | null;
  readonly asset: string;
  readonly now: number | null;
  /** Where the floor stands against the price, drawn. */
  readonly chart: ComponentChildren;
}

/** The floor under a redeemable token: what the vault pays, what a redeemer pays, what the owner may still do to it, what happened to it. */
export function ReservePanel({ reserve, asset, now, chart }: ReserveProps): VNode {
  return (
    <section class="reserve" aria-labelledby="reserve-title">
      <h2 id="reserve-title">
        Reserve {reserve === null ? null : <span class="aside"><StatusMark status={reserve.status} note={`vault on ${outsideText(reserve.chain, 40)}`} /></span>}
      </h2>
      {reserve === null ? <p class="empty">The reserve was not read yet: it is read with the next block of its chain. See the page of feeds for whether that chain is heard.</p> : (
        <>
          <Floors reserve={reserve} />
          <div class="charts one">{chart}</div>
          <Facts reserve={reserve} asset={asset} now={now} />
          <Events reserve={reserve} asset={asset} now={now} />
        </>
      )}
    </section>
  );
}

function Floors({ reserve }: { readonly reserve: ReserveScore }): VNode {
  const currency = outsideText(reserve.currency, 16);
  const { floor, floorUsd, trustedFloorUsd = null, effectiveFloorUsd, worstFloorUsd, premium, floorDayAgo } = reserve;
  const move = floorDayAgo === null || !(floorDayAgo > 0) ? null : floor / floorDayAgo - 1;
  return (
    <dl class="figures" aria-label="Floors">
      <Figure label={<TermName term="reserve-floor" />} value={floorUsd === null ? formatFloor(floor, currency) : formatPrice(floorUsd)} note={floorUsd === null ? `no rate of ${currency} is known` : formatFloor(floor, currency)} />
      <Figure label={<TermName term="effective-floor" />} value={effectiveFloorUsd === null ? null : formatPrice(effectiveFloorUsd)} note={trustedFloorUsd === null ? 'what a redeemer pays' : `what a redeemer pays; a price below ${formatPrice(trustedFloorUsd)} is warned of`} />
      <Figure label="Market over floor" value={premium === null ? null : formatMove(premium)} note={premium !== null && premium < 0 ? 'below the floor' : null} />
      <Figure label="Worst case by a mint" value={worstFloorUsd === null ? 'none' : formatPrice(worstFloorUsd)} note={worstFloorUsd === null ? 'nobody can mint' : 'the floor after a mint to the cap'} />
      <Figure label="Floor in 24 h" value={move === null ? null : formatMove(move)} note={floorDayAgo === null ? null : `was ${formatFloor(floorDayAgo, currency)}`} />
    </dl>
  );
}

function Facts({ reserve, asset, now }: { readonly reserve: ReserveScore; readonly asset: string; readonly now: number | null }): VNode {
  const { vault, supply, cap, owner, liquidityLockedUntil: lock } = reserve;
  const currency = outsideText(reserve.currency, 16);
  return (
    <dl class="pairs">
      <dt>Vault</dt>
      <dd>{tied(`${vault.toLocaleString('en-US', { maximumFractionDigits: 8 })} ${currency}`)}</dd>
      <dt>Outstanding</dt>
      <dd>{tied(`${formatUnits(supply)} ${asset}${cap === null ? ', without a cap' : `, at most ${formatUnits(cap)}`}`)}</dd>
      <dt>May mint</dt>
      <dd>{owner === null ? 'nobody any more' : <code>{outsideText(owner)}</code>}</dd>
      <dt>Liquidity locked</dt>
      <dd>{lock === null ? 'not watched, or without an end' : lock === 0 ? 'no, free to be taken away' : tied(`until ${formatUtcDay(lock)}${now === null ? '' : lock > now ? `, for ${formatDuration(lock - now)} more` : ': the lock is over'}`)}</dd>
    </dl>
  );
}

/** What happened, so that the account beside it can only be who did it or whom it went to; an event that is not known is told as it is named. */
const happened: ReadonlyMap<string, string> = new Map([
  ['deposit', 'deposited by'], ['withdrawal', 'paid out to'], ['mint', 'minted to'], ['burn', 'burnt by'], ['owner', 'may mint now'], ['lock', 'liquidity locked by'], ['unlock', 'liquidity released to'], ['snapshot', 'snapshot of holders'],
]);

function eventText(event: string): string {
  return happened.get(event) ?? outsideText(event, 32);
}

/** What moved with its unit; the number of a snapshot; nothing where nothing moves. */
function amountOf({ event, amount }: ReserveScore['events'][number], currency: string, asset: string): string {
  const text = amount.toLocaleString('en-US', { maximumFractionDigits: 8 });
  switch (event) {
    case 'deposit':
    case 'withdrawal':
      return `${text} ${currency}`;
    case 'mint':
    case 'burn':
      return `${text} ${asset}`;
    case 'snapshot':
      return `no. ${text}`;
    default:
      return amount > 0 ? text : '–';
  }
}

function Events({ reserve, asset, now }: { readonly reserve: ReserveScore; readonly asset: string; readonly now: number | null }): VNode {
  const { events, reverted = [] } = reserve;
  return (
    <>
      {reverted.length === 0 ? null : <p class="sentence">{reverted.length === 1 ? 'One event was' : `${String(reverted.length)} events were`} undone by the chain since the score before and {reverted.length === 1 ? 'is' : 'are'} not in it.</p>}
      {events.length === 0 ? <p class="note">No deposit, burn, mint or change of owner has been seen.</p> : (
        <div class="scroll" tabIndex={0} role="region" aria-label="What happened to the reserve">
          <table>
            <thead>
              <tr>
                <th scope="col">time</th>
                <th scope="col">what</th>
                <th scope="col" class="number">amount</th>
                <th scope="col">account</th>
                <th scope="col">transaction</th>
                <th scope="col">state</th>
              </tr>
            </thead>
            <tbody>
              {[...events].reverse().map((event) => (
                <tr key={`${event.tx}/${String(event.logIndex)}`}>
                  <td class="when">
                    <Moment text={momentText(event.eventTime, now)} />
                  </td>
                  <td>{eventText(event.event)}</td>
                  <td class="number">{amountOf(event, outsideText(reserve.currency, 16), asset)}</td>
                  <td>
                    <code title={outsideText(event.account)}>{shortHash(outsideText(event.account))}</code>
                  </td>
                  <td>
                    <code title={outsideText(event.tx)}>{shortHash(outsideText(event.tx))}</code>
                  </td>
                  <td>{outsideText(event.state, 16)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
