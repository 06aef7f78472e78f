import type { AssetDetail, AssetSummary, MarketScore, ScoreMessage, WarningMessage } from '@breakwater/contracts';
import { formatMove, formatPrice, formatShare, formatUsd, nothingIgnites, scoreSentences, venueName, warningSentences } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { Figure, Num, TermName } from './figure.tsx';
import { startRule } from './first-start.tsx';
import { InputTable, inputCounts } from './input-table.tsx';
import { Losses } from './losses.tsx';
import { MoveShape, SeverityMark, StatusMark } from './marks.tsx';
import type { FigureKind, OnSource } from './provenance.ts';
import { ageText, factorText, liquidatedText, marketRest, momentText, priceText, ratioText, seenText, tied, timesText, usdText } from './text.ts';

/** What the page of an asset shows. */
export interface AssetPageProps {
  readonly detail: AssetDetail;
  /** The open warning that says most, if there is one. */
  readonly lead: WarningMessage | undefined;
  readonly now: number | null;
  /** Names of sources that have not spoken yet, for an asset without a score. */
  readonly waitingFor: readonly string[];
  /** The charts: drawn by the page or, in a report, already. */
  readonly charts: ComponentChildren;
  /** The tail of losses, drawn likewise. */
  readonly tailChart?: ComponentChildren;
  /** Who holds it, its reserve and how fast help can come: `AddressSections`, or what loads them. */
  readonly addresses?: ComponentChildren;
  /** What can be done with the lead warning. */
  readonly actions?: ComponentChildren;
  readonly onSource?: OnSource | undefined;
}

/** One asset, top to bottom: the sentence that matters, the figures, the charts, how much it could fall, why, how sure, inputs, venues, addresses, reserve, settlement. */
export function AssetPage({ detail, lead, now, waitingFor, charts, tailChart, addresses, actions, onSource }: AssetPageProps): VNode {
  const { summary, score } = detail;
  return (
    <article class="asset-page" aria-labelledby="asset-title">
      <AssetHead summary={summary} score={score} lead={lead} now={now} onSource={onSource} />
      {score === null ? (
        <Waiting asset={summary.asset} waitingFor={waitingFor} />
      ) : (
        <>
          <Lead score={score} lead={lead} now={now} actions={actions} linked={onSource !== undefined} />
          <Figures score={score} summary={summary} onSource={onSource} />
          {charts}
          <Losses score={score} summary={summary} chart={tailChart} onSource={onSource} />
          <Reasons score={score} lead={lead} />
          <section aria-labelledby="inputs-title">
            <h2 id="inputs-title">
              Inputs <span class="aside">{inputCounts(score.inputs)}</span>
            </h2>
            <InputTable inputs={score.inputs} />
          </section>
          <Venues score={score} onSource={onSource} />
          {addresses}
        </>
      )}
    </article>
  );
}

function AssetHead({ summary, score, lead, now, onSource }: { readonly summary: AssetSummary; readonly score: ScoreMessage | null; readonly lead: WarningMessage | undefined; readonly now: number | null; readonly onSource: OnSource | undefined }): VNode {
  const { asset, price, moveHour, state, time } = summary;
  const ask = (kind: FigureKind): (() => void) | undefined => (onSource === undefined || score === null ? undefined : () => onSource(kind, { kind: 'score', score, summary }));
  return (
    <header class="asset-head">
      <h1 id="asset-title">{asset}</h1>
      {price === null ? null : (
        <span class="price">
          <Num text={formatPrice(price.value)} onSource={ask('price')} />
        </span>
      )}
      {moveHour === null ? null : (
        <span class="move">
          <MoveShape move={moveHour} /> <Num text={formatMove(moveHour)} onSource={ask('moveHour')} /> <span class="muted">in 1 h</span>
        </span>
      )}
      {score?.reserve?.floorUsd === null || score?.reserve?.floorUsd === undefined ? null : <FloorMark floorUsd={score.reserve.floorUsd} premium={score.reserve.premium} />}
      <span class="grow" />
      {state === 'stale' && time !== null && now !== null ? <span class="mark hatched stale-mark">stale, {ageText(time, now)} old</span> : null}
      <SeverityMark severity={lead?.severity ?? summary.worst} loud />
    </header>
  );
}

/** The floor under a redeemable token beside its price, and how far the market is from it. */
function FloorMark({ floorUsd, premium }: { readonly floorUsd: number; readonly premium: number | null }): VNode {
  return (
    <span class="move">
      <span class="muted">
        <TermName term="reserve-floor">reserve floor</TermName>
      </span>{' '}
      <span class="num">{formatPrice(floorUsd)}</span>
      {premium === null ? null : <span class="muted">{tied(`, market ${formatMove(premium)}`)}</span>}
    </span>
  );
}

/** What an asset without a score waits for. */
function Waiting({ asset, waitingFor }: { readonly asset: string; readonly waitingFor: readonly string[] }): VNode {
  return (
    <section class="waiting">
      <p class="headline">Waiting for the first figures of {asset}.</p>
      {waitingFor.length === 0 ? <p>Every source has spoken; the first figures follow within seconds.</p> : (
        <>
          <p>{startRule} Not heard yet:</p>
          <ul class="names">{waitingFor.map((name) => <li key={name}>{name}</li>)}</ul>
        </>
      )}
    </section>
  );
}

/** A warning this much older than the score has figures of its own time: the committee must not take them for the present ones. [A] */
const lateMs = 120_000;

interface LeadProps {
  readonly score: ScoreMessage;
  readonly lead: WarningMessage | undefined;
  readonly now: number | null;
  readonly actions: ComponentChildren;
  /** Whether there is a page to go to: a report stands alone. */
  readonly linked: boolean;
}

function Lead({ score, lead, now, actions, linked }: LeadProps): VNode {
  if (lead === undefined) {
    return (
      <section class="lead" aria-label="What matters now">
        <p class="headline">{tied(scoreSentences(score, { language: 'en', audience: 'committee' }).headline)}</p>
        <p class="meta">As of {momentText(score.eventTime, now)}. No warning is open.</p>
      </section>
    );
  }
  return (
    <section class="lead" aria-label="What matters now">
      <p class="headline">{tied(warningSentences(lead, { language: 'en', audience: 'committee' }).headline)}</p>
      <p class="meta">
        {linked ? <a href={`#/${lead.asset}/warning/${lead.id}`}>{lead.id}</a> : lead.id}, {lead.state}, revision {lead.revision} of {momentText(lead.eventTime, now)}
        {seenText(lead)}
        {score.eventTime - lead.eventTime > lateMs ? `. Its figures are of then; those below are of ${momentText(score.eventTime, now)}.` : ''}
      </p>
      {actions === undefined || actions === null ? null : <p class="actions">{actions}</p>}
    </section>
  );
}

function Figures({ score, summary, onSource }: { readonly score: ScoreMessage; readonly summary: AssetSummary; readonly onSource: OnSource | undefined }): VNode {
  const ask = (kind: FigureKind): (() => void) | undefined => (onSource === undefined ? undefined : () => onSource(kind, { kind: 'score', score, summary }));
  const { ignitionUsd, landingPrice, amplification, depth2pctUsd, openInterestUsd, extendedShare, price, earlier, liquidations } = score;
  const { margin, plausibleSaleUsd } = summary;
  const reproduction = score.network?.reproduction;
  const landed = landingPrice !== null && price !== null ? formatMove(landingPrice.value / price.value - 1) : null;
  const high = earlier.depth2pctUsdDayHigh;
  // No threshold is either good news or no news: the two are never written alike.
  const absent = { value: nothingIgnites(score) ? 'none' : null };
  return (
    <dl class="figures" aria-label="Figures now">
      <Figure
        label={<TermName term="ignition-threshold" />} {...(ignitionUsd === null ? absent : usdText(ignitionUsd))} onSource={ask('ignitionUsd')}
        note={earlier.ignitionUsdDayAgo === null ? null : `${formatUsd(earlier.ignitionUsdDayAgo)} a day ago`}
      />
      <Figure
        label={<TermName term="margin" />} value={margin === null ? absent.value : timesText(margin)} onSource={ask('margin')}
        note={plausibleSaleUsd === null ? null : `plausible sale ${formatUsd(plausibleSaleUsd)}`}
      />
      <Figure label={<TermName term="landing-price" />} {...(landingPrice === null ? absent : priceText(landingPrice))} onSource={ask('landingPrice')} note={landed === null ? null : `${landed} from here`} />
      <Figure
        label={<TermName term="amplification" />} {...(amplification === null ? { value: null } : ratioText(amplification))} onSource={ask('amplification')}
        note={extendedShare === null ? null : `${formatShare(extendedShare)} on extended depth`}
      />
      <Figure label={<TermName term="reproduction">Reproduction</TermName>} {...(reproduction === undefined ? { value: null } : factorText(reproduction))} onSource={ask('reproduction')} note="feeds itself from 1" />
      <Figure
        label={<TermName term="depth" />} value={depth2pctUsd === null ? null : formatUsd(depth2pctUsd)} onSource={ask('depth2pctUsd')}
        note={high === null || !(high > 0) ? null : `day’s high ${formatUsd(high)}`}
      />
      <Figure label="Open interest" value={openInterestUsd === null ? null : formatUsd(openInterestUsd)} onSource={ask('openInterestUsd')} note={score.forcedShare === null ? null : `${formatShare(score.forcedShare)} closed by force`} />
      {liquidations === null || liquidations === undefined ? null : (
        <Figure
          label={`Liquidated in ${String(Math.round(liquidations.windowSeconds / 60))} min`} {...liquidatedText(liquidations)}
          note={liquidations.total.status === 'exact' ? null : `${liquidations.total.status}; ${formatUsd(liquidations.observedUsd)} published`}
        />
      )}
    </dl>
  );
}

function Reasons({ score, lead }: { readonly score: ScoreMessage; readonly lead: WarningMessage | undefined }): VNode {
  const words = { language: 'en', audience: 'committee' } as const;
  const { why, howSure } = lead === undefined ? scoreSentences(score, words) : warningSentences(lead, words);
  return (
    <section class="reasons" aria-labelledby="why-title">
      <div>
        <h2 id="why-title">Why</h2>
        {why.length === 0 ? <p class="muted">Nothing stands out: depth and threshold are near what they were a day ago.</p> : <ol>{why.map((text) => <li key={text}>{tied(text)}</li>)}</ol>}
      </div>
      <div>
        <h2>How sure</h2>
        <p class="sentence">{tied(howSure)}</p>
      </div>
    </section>
  );
}

/** Every market of the asset taken alone. */
function Venues({ score, onSource }: { readonly score: ScoreMessage; readonly onSource: OnSource | undefined }): VNode {
  if (score.markets.length === 0) {
    return (
      <section aria-labelledby="venues-title">
        <h2 id="venues-title">Venues</h2>
        <p class="empty">No market of this asset has been read.</p>
      </section>
    );
  }
  const cell = (market: MarketScore, kind: FigureKind, text: string | null): VNode => (
    <td class="number">{text === null ? <span class="none">–</span> : <Num text={text} onSource={onSource === undefined ? undefined : () => onSource(kind, { kind: 'market', score, market })} />}</td>
  );
  return (
    <section aria-labelledby="venues-title">
      <h2 id="venues-title">
        Venues <span class="aside">each market taken alone</span>
      </h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="venues-title">
        <table class="venues">
          <thead>
            <tr>
              <th scope="col">venue</th>
              <th scope="col">market</th>
              <th scope="col" class="number">price</th>
              <th scope="col" class="number">bids within 2 %</th>
              <th scope="col" class="number">open interest</th>
              <th scope="col" class="number">threshold</th>
              <th scope="col" class="number">landing</th>
              <th scope="col" class="number">amplification</th>
              <th scope="col">state</th>
            </tr>
          </thead>
          <tbody>
            {score.markets.map((market) => (
              <tr key={market.instrument} class={market.status === 'stale' ? 'hatched' : ''}>
                <th scope="row">{venueName(market.venue)}</th>
                <td>{marketRest(market)}</td>
                {cell(market, 'price', market.price === null ? null : formatPrice(market.price))}
                {cell(market, 'depth2pctUsd', market.depth2pctUsd === null ? null : formatUsd(market.depth2pctUsd))}
                {cell(market, 'openInterestUsd', market.openInterestUsd === null ? null : formatUsd(market.openInterestUsd))}
                {cell(market, 'ignitionUsd', market.ignitionUsd === null ? null : usdText(market.ignitionUsd).value)}
                {cell(market, 'landingPrice', market.landingPrice === null ? null : priceText(market.landingPrice).value)}
                {cell(market, 'amplification', market.amplification === null ? null : ratioText(market.amplification).value)}
                <td>
                  <StatusMark status={market.status} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
