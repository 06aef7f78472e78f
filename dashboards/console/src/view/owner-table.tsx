import { ownerKind } from '@breakwater/charts';
import type { AddressRisk, ClusterDeposits } from '@breakwater/contracts';
import { formatShare, formatUnits, formatUsd, riskReasonText } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { formatRoute } from '../app/route.ts';
import { addressCountText, ownerText, partText, sureText, type Owner } from './owner-text.ts';
import { tied, timesText } from './text.ts';

/** What both tables of owners need to know of their place. */
export interface OwnerPlace {
  readonly asset: string;
  /** Whether there is a page to go to: a report stands alone. */
  readonly linked: boolean;
}

/** An owner's name, as a link to its page where there is one. */
export function OwnerName({ cluster, asset, linked }: OwnerPlace & { readonly cluster: string }): VNode {
  const name = ownerText(cluster);
  return linked ? <a href={formatRoute({ kind: 'owner', asset, cluster })}>{name}</a> : <>{name}</>;
}

/** That a label is disputed, as shape and word. */
export function DisputedMark(): VNode {
  return (
    <span class="mark disputed">
      <svg class="shape" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        <path d="M6 1.2 11.2 10.8H0.8ZM6 4.6v3M6 8.9v0.9" fill="none" stroke="currentColor" stroke-width="1.2" />
      </svg>{' '}
      disputed
    </span>
  );
}

/** A risk: its probability against what is usual, and what weighs most. */
export function RiskCell({ risk }: { readonly risk: AddressRisk | null }): VNode {
  if (risk === null) return <span class="muted">not measured</span>;
  const [first] = risk.reasons;
  return (
    <>
      {tied(`${formatShare(risk.probability)}, usual ${formatShare(risk.baseRate)}`)}
      {first === undefined ? null : <span class="note">{tied(riskReasonText(first).measured)}</span>}
    </>
  );
}

/** A number of a table with what to compare it with under it; a dash where there is none. */
function NumberCell({ children, note = null }: { readonly children: string | null; readonly note?: string | null }): VNode {
  return (
    <td class="number">
      {children === null ? <span class="none">–</span> : tied(children)}
      {note === null ? null : <span class="note">{tied(note)}</span>}
    </td>
  );
}

/** Units in dollars where the price is known, else in tokens: one table does not mix the two. */
function moneyText(units: number, price: number | null, asset: string): string {
  return price === null ? `${formatUnits(units)} ${asset}` : formatUsd(units * price);
}

/** What the table of the largest owners shows; `price` is US dollars for one token. */
export interface OwnerTableProps extends OwnerPlace {
  readonly owners: readonly Owner[];
  readonly price: number | null;
}

/** The largest owners: who, how sure that is, what they hold, what they sent to exchanges, and what sending all of it may mean. */
export function OwnerTable({ owners, asset, linked, price }: OwnerTableProps): VNode {
  return (
    <div class="scroll tall" tabIndex={0} role="region" aria-label="The largest owners">
      <table class="owners">
        <thead>
          <tr>
            <th scope="col">owner</th>
            <th scope="col" class="number">of float</th>
            <th scope="col" class="number">holds</th>
            <th scope="col" class="number">to exchanges, 24 h</th>
            <th scope="col">a fall, were all of it sent</th>
          </tr>
        </thead>
        <tbody>
          {owners.map((owner) => (
            <tr key={owner.cluster}>
              <th scope="row" class="wide">
                <OwnerName cluster={owner.cluster} asset={asset} linked={linked} /> {owner.disputed ? <DisputedMark /> : null}
                <span class="note">
                  {tied(`${addressCountText(owner.addressCount)}, ${sureText(owner)}`)}
                  {ownerKind(owner) === 'apart' ? ', stands apart' : ''}
                </span>
              </th>
              <NumberCell>{partText(owner.floatShare)}</NumberCell>
              <NumberCell note={owner.usd === null ? null : `${formatUnits(owner.units)} ${asset}`}>{owner.usd === null ? `${formatUnits(owner.units)} ${asset}` : formatUsd(owner.usd)}</NumberCell>
              <NumberCell note={owner.depositsWeekUnits > 0 ? `${moneyText(owner.depositsWeekUnits, price, asset)} in 7 d` : null}>{owner.depositsDayUnits > 0 ? moneyText(owner.depositsDayUnits, price, asset) : null}</NumberCell>
              <td class="wide">
                <RiskCell risk={owner.risk} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Owners that deposited in the last day, against the float and the ignition threshold. */
export function DepositorTable({ clusters, asset, linked }: OwnerPlace & { readonly clusters: readonly ClusterDeposits[] }): VNode {
  const money = (units: number, usd: number | null): string => (usd === null ? `${formatUnits(units)} ${asset}` : formatUsd(usd));
  const share = (value: number | null): string | null => (value === null ? null : `${partText(value)} of float`);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Owners that deposited in the last day">
      <table class="owners">
        <thead>
          <tr>
            <th scope="col">owner</th>
            <th scope="col" class="number">in 24 h</th>
            <th scope="col" class="number">in 7 d</th>
            <th scope="col" class="number">24 h against threshold</th>
            <th scope="col">a fall after these deposits</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((one) => (
            <tr key={one.cluster}>
              <th scope="row" class="wide">
                <OwnerName cluster={one.cluster} asset={asset} linked={linked} />
                <span class="note">
                  {addressCountText(one.addressCount)}
                  {one.confidence === undefined || one.confidence >= 1 ? '' : tied(`, one owner’s ${formatShare(one.confidence)} sure`)}
                </span>
              </th>
              <NumberCell note={share(one.dayFloatShare)}>{money(one.dayUnits, one.dayUsd)}</NumberCell>
              <NumberCell note={share(one.weekFloatShare)}>{money(one.weekUnits, one.weekUsd)}</NumberCell>
              <NumberCell>{one.ofThreshold === null ? null : timesText(one.ofThreshold)}</NumberCell>
              <td class="wide">
                <RiskCell risk={one.risk} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
