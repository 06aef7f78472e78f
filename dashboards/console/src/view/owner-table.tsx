import { ownerKind } from '@breakwater/charts';
import type { AddressesScore, AddressRisk, ClusterDeposits } from '@breakwater/contracts';
import { formatFactor, formatShare, formatUnits, formatUsd, riskReasonText } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { formatRoute } from '../app/route.ts';
import { ownerText, partText, sureText } from './owner-text.ts';
import { tied } from './text.ts';

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

/** A number of a table; a dash where there is none. */
function NumberCell({ children }: { readonly children: ComponentChildren }): VNode {
  return <td class="number">{children === null ? <span class="none">–</span> : children}</td>;
}

/** The largest owners: who, how sure that is, what they hold, what they sent to exchanges, and what that may mean. */
export function OwnerTable({ clusters, asset, linked }: OwnerPlace & { readonly clusters: AddressesScore['clusters'] }): VNode {
  return (
    <div class="scroll tall" tabIndex={0} role="region" aria-label="The largest owners">
      <table class="owners">
        <thead>
          <tr>
            <th scope="col">owner</th>
            <th scope="col">label</th>
            <th scope="col" class="number">of float</th>
            <th scope="col" class="number">holds, {asset}</th>
            <th scope="col" class="number">value</th>
            <th scope="col" class="number">to exchanges, 24 h</th>
            <th scope="col" class="number">7 d</th>
            <th scope="col">risk of a fall</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((owner) => (
            <tr key={owner.cluster}>
              <th scope="row" class="wide">
                <OwnerName cluster={owner.cluster} asset={asset} linked={linked} />
                <span class="note">
                  {owner.addressCount === 1 ? '1 address' : `${String(owner.addressCount)} addresses`}
                  {ownerKind(owner) === 'apart' ? ', stands apart' : ''}
                </span>
              </th>
              <td>
                {sureText({ ...owner, disputed: false })} {owner.disputed ? <DisputedMark /> : null}
              </td>
              <NumberCell>{partText(owner.floatShare)}</NumberCell>
              <NumberCell>{formatUnits(owner.units)}</NumberCell>
              <NumberCell>{owner.usd === null ? null : formatUsd(owner.usd)}</NumberCell>
              <NumberCell>{owner.depositsDayUnits > 0 ? formatUnits(owner.depositsDayUnits) : null}</NumberCell>
              <NumberCell>{owner.depositsWeekUnits > 0 ? formatUnits(owner.depositsWeekUnits) : null}</NumberCell>
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
  const share = (value: number | null): string | null => (value === null ? null : partText(value));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Owners that deposited in the last day">
      <table class="owners">
        <thead>
          <tr>
            <th scope="col">owner</th>
            <th scope="col" class="number">24 h</th>
            <th scope="col" class="number">of float</th>
            <th scope="col" class="number">7 d</th>
            <th scope="col" class="number">of float</th>
            <th scope="col" class="number">times the threshold</th>
            <th scope="col">risk of a fall</th>
          </tr>
        </thead>
        <tbody>
          {clusters.map((one) => (
            <tr key={one.cluster}>
              <th scope="row" class="wide">
                <OwnerName cluster={one.cluster} asset={asset} linked={linked} />
                <span class="note">
                  {one.addressCount === 1 ? '1 address' : `${String(one.addressCount)} addresses`}
                  {one.confidence === undefined || one.confidence >= 1 ? '' : tied(`, one owner’s ${formatShare(one.confidence)} sure`)}
                </span>
              </th>
              <NumberCell>{one.dayUsd === null ? `${formatUnits(one.dayUnits)} ${asset}` : formatUsd(one.dayUsd)}</NumberCell>
              <NumberCell>{share(one.dayFloatShare)}</NumberCell>
              <NumberCell>{one.weekUsd === null ? `${formatUnits(one.weekUnits)} ${asset}` : formatUsd(one.weekUsd)}</NumberCell>
              <NumberCell>{share(one.weekFloatShare)}</NumberCell>
              <NumberCell>{one.ofThreshold === null ? null : formatFactor(one.ofThreshold)}</NumberCell>
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
