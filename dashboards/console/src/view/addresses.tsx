import type { AddressesScore, ScoreMessage } from '@breakwater/contracts';
import { formatFactor, formatShare, formatUnits } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { Figure, TermName } from './figure.tsx';
import { StatusMark } from './marks.tsx';
import { DepositorTable, OwnerTable } from './owner-table.tsx';
import { asOfText, largestFirst, listedText } from './owner-text.ts';
import { ReservePanel } from './reserve-panel.tsx';
import { Review } from './review.tsx';
import { SettlementTable } from './settlement-table.tsx';
import { ageText, tied } from './text.ts';
import { TransferTable } from './transfer-table.tsx';

/** Charts of these sections: drawn by the page or, in a report, already. */
export interface AddressCharts {
  readonly holders: ComponentChildren;
  readonly flows: ComponentChildren;
  readonly unlocks: ComponentChildren;
  readonly reserve: ComponentChildren;
}

/** What the sections of addresses, reserve and settlement show. */
export interface AddressSectionsProps {
  readonly score: ScoreMessage;
  readonly now: number | null;
  readonly charts: AddressCharts;
  /** Whether owners have a page to go to: a report stands alone. */
  readonly linked: boolean;
}

/** Who holds the asset and could sell, the floor under it where it has one, and how fast help can come. */
export function AddressSections({ score, now, charts, linked }: AddressSectionsProps): VNode {
  return (
    <>
      <Addresses score={score} now={now} charts={charts} linked={linked} />
      {score.reserve === undefined ? null : <ReservePanel reserve={score.reserve} asset={score.asset} now={now} chart={charts.reserve} />}
      <SettlementTable settlement={score.settlement} asset={score.asset} />
    </>
  );
}

function Addresses({ score, now, charts, linked }: AddressSectionsProps): VNode {
  const { addresses, asset } = score;
  const recent = score.deposits.recent ?? [];
  const depositors = score.deposits.clusters ?? [];
  const owners = largestFirst(score);
  return (
    <section class="addresses" aria-labelledby="addresses-title">
      <h2 id="addresses-title">
        Addresses {addresses === null || addresses === undefined ? null : <span class="aside">{asOfText(addresses, now)}</span>}
      </h2>
      {addresses === null || addresses === undefined ? <p class="empty">{addresses === null ? <NoChain asset={asset} /> : 'Who holds it is not known yet: it comes with the scores of every half minute.'}</p> : (
        <>
          <Quality addresses={addresses} asset={asset} now={now} />
          <Evenness addresses={addresses} />
          <div class="charts">
            {charts.holders}
            {charts.flows}
            {charts.unlocks}
          </div>
          <h3>
            The largest owners {owners.length === 0 ? null : <span class="aside">{owners.length}, by what they hold</span>}
          </h3>
          {owners.length === 0 ? <p class="empty">No owner was seen yet: nothing has moved since the first block that was read.</p> : <OwnerTable owners={owners} asset={asset} linked={linked} price={score.price?.value ?? null} />}
        </>
      )}
      {depositors.length === 0 ? null : (
        <>
          <h3>
            Owners that deposited in the last 24 h <span class="aside">at the present price</span>
          </h3>
          <DepositorTable clusters={depositors} asset={asset} linked={linked} />
        </>
      )}
      {recent.length === 0 ? null : (
        <>
          <h3>
            Deposits to exchanges in the last 24 h <span class="aside">{listedText(recent.length, score.deposits.day.count)}</span>
          </h3>
          <TransferTable transfers={[...recent].sort((a, b) => b.eventTime - a.eventTime)} now={now} />
        </>
      )}
      {addresses?.review === null || addresses?.review === undefined ? null : <Review review={addresses.review} asset={asset} now={now} />}
    </section>
  );
}

function NoChain({ asset }: { readonly asset: string }): VNode {
  return (
    <>
      No chain is read for {asset}, so nobody knows who holds it. Name its contracts under <code>assets.{asset}.tokens</code> and their chains under <code>chains</code> in the daemon’s config, and leave <code>assets.{asset}.holders.enabled</code> true; labels of exchanges and of the issuer come with <code>breakwater labels import</code>.
    </>
  );
}

/** What is to be known before reading on: stale, a history in part. Nothing where all is well. */
function Quality({ addresses: { status, at, complete }, asset, now }: { readonly addresses: AddressesScore; readonly asset: string; readonly now: number | null }): VNode | null {
  const isOld = status === 'stale' || status === 'missing';
  if (!isOld && complete) return null;
  return (
    <ul class="names quality">
      {isOld ? (
        <li class="hatched">
          <StatusMark status={status} /> {now === null ? '' : `${ageText(at, now)} old: `}its chain is not heard, so what moved since is not in it.
        </li>
      ) : null}
      {complete ? null : <li>Partial history: only owners that moved since the first block read are seen, and shares are of what is seen. It is whole when its chain is followed from the block in which the token was made, named under <code>assets.{asset}.holders.createdBlock</code>.</li>}
    </ul>
  );
}

/** How much of the supply could come to market, and how evenly it is held, each with what it means. */
function Evenness({ addresses: { concentration, effectiveFloatUnits, supplyUnits, holders, overhang } }: { readonly addresses: AddressesScore }): VNode {
  const month = overhang.find(({ days, overhang: times }) => days >= 30 && times !== null) ?? overhang.find(({ overhang: times }) => times !== null);
  return (
    <dl class="figures" aria-label="How it is held">
      <Figure label={<TermName term="effective-float" />} value={formatUnits(effectiveFloatUnits)} note={supplyUnits > 0 ? `${formatShare(effectiveFloatUnits / supplyUnits)} of ${formatUnits(supplyUnits)}` : null} />
      <Figure label={<TermName term="nakamoto" />} value={concentration === null ? null : String(concentration.nakamoto)} note={concentration === null ? null : concentration.nakamoto === 1 ? 'one owner holds half' : 'owners hold half'} />
      <Figure label={<TermName term="gini" />} value={concentration === null ? null : formatFactor(concentration.gini)} note={concentration === null ? null : '0 even, 1 one owner'} />
      <Figure label={<TermName term="hhi" />} value={concentration === null ? null : formatFactor(concentration.hhi)} note={concentration === null ? null : `as ${formatFactor(concentration.effectiveHolders)} equal owners`} />
      <Figure label={<TermName term="unlock-overhang" />} value={month?.overhang === null || month === undefined ? null : tied(formatFactor(month.overhang))} note={month !== undefined ? `within ${String(Math.round(month.days))} d` : overhang.length === 0 ? 'no schedule is given' : 'daily volume is not known'} />
      <Figure label="Holders seen" value={holders.toLocaleString('en-US')} />
    </dl>
  );
}
