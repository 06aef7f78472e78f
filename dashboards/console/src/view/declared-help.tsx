import type { ScoreMessage, SettlementScore } from '@breakwater/contracts';
import { formatDuration, formatShare, formatUsd } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { tied } from './text.ts';

type Rescue = NonNullable<SettlementScore['rescue']>;

/** What capital that was declared to help is worth in time, and whether it would hold the price. */
export function DeclaredHelp({ rescue, asset }: { readonly rescue: Rescue | undefined } & Pick<ScoreMessage, 'asset'>): VNode | null {
  if (rescue === undefined) return null;
  const { declaredUsd, deployable, landings } = rescue;
  return (
    <>
      <h3>
        Capital declared to help {asset} <span class="aside">{tied(formatUsd(declaredUsd))}, were all of it to set out now</span>
      </h3>
      <dl class="pairs">
        {deployable.map(({ seconds, usd }) => [
          <dt key={`${String(seconds)} within`}>usable within {tied(formatDuration(seconds * 1_000))}</dt>,
          <dd key={`${String(seconds)} usd`}>
            {tied(formatUsd(usd))} <span class="muted">{declaredUsd > 0 ? `${formatShare(usd / declaredUsd)} of it` : ''}</span>
          </dd>,
        ])}
        <dt>after a sale of the threshold</dt>
        <dd>{landingText(landings)}</dd>
      </dl>
    </>
  );
}

/** What that capital changes, in words. */
function landingText(landings: Rescue['landings']): string {
  if (landings === null) return 'Nothing ignites.';
  const { paces, without, with: held } = landings;
  const of = `${String(without)} of ${String(paces)} paces of the sale`;
  if (without === 0) return `The price does not come to its landing price within two horizons at any of ${String(paces)} paces of the sale.`;
  if (held === 0) return `The price comes to its landing price at ${of}; at none while that capital buys as it arrives.`;
  return held < without ? `The price comes to its landing price at ${of}; at ${String(held)} even while that capital buys as it arrives.` : `The price comes to its landing price at ${of}, whether that capital buys or not.`;
}
