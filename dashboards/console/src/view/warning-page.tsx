import { plainText } from '@breakwater/charts';
import type { WarningHistory, WarningMessage } from '@breakwater/contracts';
import { clusterName, formatDuration, formatMove, formatShare, formatUsd, phrasesOf, timelineParts, venueName, warningSentences } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { formatRoute } from '../app/route.ts';
import type { OnSource } from './provenance.ts';
import { Figure, TermName } from './figure.tsx';
import { InputTable, inputCounts } from './input-table.tsx';
import { WarningMark } from './marks.tsx';
import type { FigureKind } from './provenance.ts';
import { Computed } from './provenance-panel.tsx';
import { factorText, momentText, priceText, ratioText, seenText, tied, timesText, usdText } from './text.ts';
import { TransferTable } from './transfer-table.tsx';

/** What the page of a warning shows. */
export interface WarningPageProps {
  /** The revision looked at. */
  readonly warning: WarningMessage;
  /** Every revision, oldest first; null while they are being read. */
  readonly history: WarningHistory | null;
  readonly now: number | null;
  /** The response curve of the revision, drawn by the page or already. */
  readonly charts: ComponentChildren;
  readonly actions?: ComponentChildren;
  readonly onRevision?: ((revision: number) => void) | undefined;
  readonly onSource?: OnSource | undefined;
}

/** One warning: what it says, its figures, why, how sure, its revisions, what set it off, its inputs, what it was computed with. */
export function WarningPage({ warning, history, now, charts, actions, onRevision, onSource }: WarningPageProps): VNode {
  const { headline, why, howSure } = warningSentences(warning, { language: 'en', audience: 'committee' });
  return (
    <article class="warning-page" aria-labelledby="warning-title">
      <header class="asset-head">
        <h1 id="warning-title">
          <a href={`#/${warning.asset}`}>{warning.asset}</a> <span class="kind">{phrasesOf('en').kind[warning.warning]}</span>
        </h1>
        <span class="grow" />
        <WarningMark warning={warning} loud />
      </header>
      <section class="lead" aria-label="What the warning says">
        <p class="headline">{tied(headline)}</p>
        <p class="meta">
          {warning.id}, revision {warning.revision} of {momentText(warning.eventTime, now)}, first raised {momentText(warning.onset, now)}
          {seenText(warning)}
        </p>
        {actions === undefined || actions === null ? null : <p class="actions">{actions}</p>}
      </section>
      <Figures warning={warning} onSource={onSource} />
      {charts}
      <section class="reasons" aria-labelledby="why-title">
        <div>
          <h2 id="why-title">Why</h2>
          {why.length === 0 ? <p class="muted">No further reason is given.</p> : <ol>{why.map((text) => <li key={text}>{tied(text)}</li>)}</ol>}
          <Owners warning={warning} />
        </div>
        <div>
          <h2>How sure</h2>
          <p class="sentence">{tied(howSure)}</p>
        </div>
      </section>
      <Revisions warning={warning} history={history} now={now} onRevision={onRevision} />
      {warning.trigger === null ? null : (
        <section aria-labelledby="trigger-title">
          <h2 id="trigger-title">What set it off</h2>
          <TransferTable transfers={[warning.trigger]} now={now} />
        </section>
      )}
      {warning.venues.length === 0 ? null : <Venues warning={warning} />}
      <section aria-labelledby="inputs-title">
        <h2 id="inputs-title">
          Inputs <span class="aside">at revision {warning.revision}: {inputCounts(warning.inputs)}</span>
        </h2>
        <InputTable inputs={warning.inputs} />
      </section>
      <section aria-labelledby="computed-title">
        <h2 id="computed-title">Computed with</h2>
        <Computed modelVersion={warning.modelVersion} inputHash={warning.inputHash} />
      </section>
    </article>
  );
}

/** Ways to the pages of the owners that the reasons name, or that sent what set it off; nothing where there is none. */
function Owners({ warning: { asset, reasons, trigger } }: { readonly warning: WarningMessage }): VNode | null {
  const sender = trigger?.fromLabel;
  const clusters = [...new Set([...reasons.flatMap((reason) => ('cluster' in reason ? [reason.cluster] : [])), ...(sender === undefined ? [] : [sender])])];
  if (clusters.length === 0) return null;
  return (
    <ul class="names">
      {clusters.map((cluster) => (
        <li key={cluster}>
          <a href={formatRoute({ kind: 'owner', asset, cluster })}>{plainText(clusterName(cluster))}: holdings, addresses and reasons</a>
        </li>
      ))}
    </ul>
  );
}

/** Whether a warning is about what an owner sent to exchanges. */
function isOfDeposits({ warning }: WarningMessage): boolean {
  return warning === 'deposits.issuer' || warning === 'deposits.cluster';
}

function Figures({ warning, onSource }: { readonly warning: WarningMessage; readonly onSource: OnSource | undefined }): VNode {
  const ask = (kind: FigureKind): (() => void) | undefined => (onSource === undefined ? undefined : () => onSource(kind, { kind: 'warning', warning }));
  const { ignitionUsd, landingPrice, amplification, reproduction, price, depositsUsd, horizonSeconds } = warning;
  const sent = isOfDeposits(warning) ? warning.reasons.find((reason) => reason.code === 'cluster-deposits') : undefined;
  return (
    <dl class="figures" aria-label="Figures of this revision">
      {sent === undefined ? null : (
        <>
          <Figure label="Sent in 24 h" value={sent.dayUsd === null ? null : formatUsd(sent.dayUsd)} note={sent.dayFloatShare === null ? null : `${formatShare(sent.dayFloatShare)} of the effective float`} />
          <Figure label={<TermName term="ignition-threshold">Against threshold</TermName>} value={sent.ofThreshold === null ? null : timesText(sent.ofThreshold)} note="of 24 h" />
        </>
      )}
      <Figure label={<TermName term="ignition-threshold" />} {...(ignitionUsd === null ? { value: null } : usdText(ignitionUsd))} onSource={ask('ignitionUsd')} />
      <Figure
        label={<>Deposits within <TermName term="horizon">{formatDuration(horizonSeconds * 1_000)}</TermName></>} value={depositsUsd === null ? null : formatUsd(depositsUsd)}
        onSource={ask('depositsUsd')}
      />
      <Figure
        label={<TermName term="landing-price" />} {...(landingPrice === null ? { value: null } : priceText(landingPrice))} onSource={ask('landingPrice')}
        note={landingPrice === null || price === null ? null : formatMove(landingPrice.value / price.value - 1)}
      />
      <Figure label={<TermName term="amplification" />} {...(amplification === null ? { value: null } : ratioText(amplification))} onSource={ask('amplification')} />
      {reproduction === undefined ? null : <Figure label={<TermName term="reproduction" />} {...(reproduction === null ? { value: null } : factorText(reproduction))} onSource={ask('reproduction')} />}
      <Figure label="Price then" {...(price === null ? { value: null } : priceText(price))} onSource={ask('price')} />
    </dl>
  );
}

function Revisions({ warning, history, now, onRevision }: Pick<WarningPageProps, 'warning' | 'history' | 'now' | 'onRevision'>): VNode {
  const revisions = [...(history?.revisions ?? [warning])].reverse();
  return (
    <section aria-labelledby="revisions-title">
      <h2 id="revisions-title">
        Revisions <span class="aside">{history === null ? 'reading the earlier ones' : 'newest first'}</span>
      </h2>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="revisions-title">
        <table class="revisions">
          <thead>
            <tr>
              <th scope="col" class="number">no.</th>
              <th scope="col">time</th>
              <th scope="col">state</th>
              <th scope="col">what it says</th>
            </tr>
          </thead>
          <tbody>
            {revisions.map((revision) => (
              <tr key={revision.revision} aria-current={revision.revision === warning.revision ? 'true' : undefined}>
                <td class="number">
                  {onRevision === undefined ? revision.revision : (
                    <button type="button" class="link" onClick={() => onRevision(revision.revision)}>
                      {revision.revision}
                      <span class="sr">, show this revision</span>
                    </button>
                  )}
                </td>
                <td>{momentText(revision.eventTime, now)}</td>
                <td>
                  <WarningMark warning={revision} />
                </td>
                <td class="wide">
                  {timelineParts(revision).text}
                  {seenText(revision)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Venues({ warning }: { readonly warning: WarningMessage }): VNode {
  return (
    <section aria-labelledby="venues-title">
      <h2 id="venues-title">
        Venues <span class="aside">threshold of each taken alone</span>
      </h2>
      <table class="venues">
        <tbody>
          {warning.venues.map((venue, i) => (
            <tr key={`${venue.venue}/${i}`}>
              <th scope="row">{venueName(venue.venue)}</th>
              <td class="number">{venue.ignitionUsd === null ? <span class="muted">not known, or none</span> : formatUsd(venue.ignitionUsd)}</td>
              <td>{venue.status}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
