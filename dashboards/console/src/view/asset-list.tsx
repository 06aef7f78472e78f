import type { AssetSummary } from '@breakwater/contracts';
import { formatMove, formatPrice, formatUsd } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { MoveShape, SeverityShape } from './marks.tsx';
import { ageText, severityWord, timesText } from './text.ts';

/** What the list of assets shows. */
export interface AssetListProps {
  /** In the order they are to be shown. */
  readonly assets: readonly AssetSummary[];
  readonly selected: string | undefined;
  /** The entry the keyboard stands on. */
  readonly cursor: string | null;
  readonly now: number | null;
  /** What was looked for, to say that nothing was found. */
  readonly find: string;
}

/** The name of an asset's entry for the keyboard. */
export const assetEntry = (asset: string): string => `asset:${asset}`;

/** Assets by danger: each with its threshold, how that compares with what could be sold, its price and move. */
export function AssetList({ assets, selected, cursor, now, find }: AssetListProps): VNode {
  if (assets.length === 0) return <p class="empty">{find === '' ? 'No asset is watched. Name one under “assets” in the daemon’s config and start it anew.' : `No asset has “${find}” in its name.`}</p>;
  return (
    <ol class="rows assets">
      {assets.map((summary) => (
        <li key={summary.asset}>
          <AssetRow summary={summary} selected={summary.asset === selected} cursor={cursor === assetEntry(summary.asset)} now={now} />
        </li>
      ))}
    </ol>
  );
}

/** What stands under the name: how bad an open warning is, or why there are no figures. */
function condition(summary: AssetSummary, now: number | null): string {
  const word = summary.worst === null ? 'quiet' : severityWord(summary.worst);
  switch (summary.state) {
    case 'waiting':
      return 'waiting';
    case 'stale':
      return summary.time === null || now === null ? `${word}, stale` : `${word}, stale ${ageText(summary.time, now)}`;
    case 'live':
      return word;
  }
}

function AssetRow({ summary, selected, cursor, now }: { readonly summary: AssetSummary; readonly selected: boolean; readonly cursor: boolean; readonly now: number | null }): VNode {
  const { asset, ignitionUsd, margin, price, moveHour, worst, state } = summary;
  return (
    <a
      class={`row asset ${state === 'stale' ? 'hatched' : ''} ${cursor ? 'cursor' : ''}`} href={`#/${asset}`} data-entry={assetEntry(asset)}
      aria-current={selected ? 'page' : undefined}
    >
      <SeverityShape severity={worst} />
      <span class="name">
        {asset}
        <span class={`sub ${worst === null ? '' : `sev-${worst}`}`}>{condition(summary, now)}</span>
      </span>
      <span class="cell">
        {ignitionUsd === null ? (state === 'waiting' ? '' : '–') : formatUsd(ignitionUsd.value)}
        <span class="sub">{margin === null ? '' : `${timesText(margin)} sale`}</span>
      </span>
      <span class="cell">
        {price === null ? '' : formatPrice(price.value)}
        <span class="sub">
          {moveHour === null ? '' : (
            <>
              <MoveShape move={moveHour} /> {formatMove(moveHour)}
            </>
          )}
        </span>
      </span>
    </a>
  );
}
