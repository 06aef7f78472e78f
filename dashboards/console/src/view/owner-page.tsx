import type { ScoreMessage } from '@breakwater/contracts';
import { formatDuration, formatFactor, formatShare, formatUnits, formatUsd, ownerName, riskReasonText, riskSentenceOf, termMeanings } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { Figure, TermName } from './figure.tsx';
import { amountText, asOfText, linkText, listedText, outsideText, ownerOf, ownerText, partText, type OwnerFacts } from './owner-text.ts';
import { DisputedMark } from './owner-table.tsx';
import { momentText, tied, timesText } from './text.ts';
import { TransferTable } from './transfer-table.tsx';

/** What the page of an owner shows. */
export interface OwnerPageProps {
  readonly score: ScoreMessage;
  readonly cluster: string;
  readonly now: number | null;
}

const dayMs = 86_400_000;

/** One owner: what it holds and sent to exchanges, how likely a fall is after that and why, who it is and how that is known, its addresses, and what is not known. */
export function OwnerPage({ score, cluster, now }: OwnerPageProps): VNode {
  const facts = ownerOf(score, cluster);
  const { asset } = score;
  return (
    <article class="owner-page" aria-labelledby="owner-title">
      <header class="asset-head">
        <h1 id="owner-title">
          <a href={`#/${asset}`}>{asset}</a> <span class="kind">owner</span> {ownerText(cluster)}
        </h1>
        <span class="grow" />
        {facts?.held?.disputed === true ? <DisputedMark /> : null}
      </header>
      {facts === undefined ? <Absent score={score} /> : (
        <>
          <section class="lead" aria-label="What matters now">
            <p class="headline">{tied(headlineOf(facts, asset))}</p>
            <p class="meta">{score.addresses === null || score.addresses === undefined ? `of the score of ${momentText(score.eventTime, now)}` : asOfText(score.addresses, now)}</p>
          </section>
          <Figures facts={facts} score={score} />
          <section class="reasons" aria-labelledby="risk-title">
            <Risk facts={facts} asset={asset} />
            <Identity facts={facts} />
          </section>
          <Addresses facts={facts} />
          <Transfers score={score} facts={facts} now={now} />
          <section aria-labelledby="unknown-title">
            <h2 id="unknown-title">What is not known</h2>
            <ul class="plain">{unknownOf(score, facts).map((text) => <li key={text}>{tied(text)}</li>)}</ul>
          </section>
        </>
      )}
    </article>
  );
}

function Absent({ score: { addresses, asset } }: { readonly score: ScoreMessage }): VNode {
  return (
    <section class="waiting">
      <p class="headline">Nothing is known of this owner now.</p>
      <p>
        {addresses === undefined ? 'Who holds the asset is not known yet: it comes with the scores of every half minute.' : addresses === null
          ? `No chain is read for ${asset}.`
          : 'It is not among the largest owners and did not deposit in the last 24 h; or its label has changed, and it goes by another name.'}{' '}
        <a href={`#/${asset}`}>Owners of {asset}</a>
      </p>
    </section>
  );
}

/** The sentence that matters: what it holds, what it sent to exchanges, against the threshold. */
function headlineOf({ cluster, held, deposits }: OwnerFacts, asset: string): string {
  const holds = held === undefined ? 'is not among the largest owners' : `holds ${amountText(held.units, held.usd, asset)}, ${partText(held.floatShare)} of the effective float,`;
  const day = deposits?.dayUnits ?? held?.depositsDayUnits ?? 0;
  const week = deposits?.weekUnits ?? held?.depositsWeekUnits ?? 0;
  const against = deposits?.ofThreshold === null || deposits?.ofThreshold === undefined ? '' : `, ${formatFactor(deposits.ofThreshold)} times the ignition threshold`;
  const sent = day > 0 ? `and sent ${amountText(day, deposits?.dayUsd ?? null, asset)} to exchanges in 24 h${against}` : week > 0 ? `and sent ${amountText(week, deposits?.weekUsd ?? null, asset)} to exchanges in 7 d, nothing of it in 24 h` : 'and sent nothing to exchanges in 7 d';
  return `${ownerText(cluster)} ${holds} ${sent}.`;
}

function Figures({ facts: { held, deposits }, score: { asset, ignitionUsd } }: { readonly facts: OwnerFacts; readonly score: ScoreMessage }): VNode {
  const [day, week] = [deposits?.dayUnits ?? held?.depositsDayUnits, deposits?.weekUnits ?? held?.depositsWeekUnits];
  const money = (units: number | undefined, usd: number | null | undefined): string | null => (units === undefined ? null : usd === null || usd === undefined ? `${formatUnits(units)} ${asset}` : formatUsd(usd));
  const share = (value: number | null | undefined): string | null => (value === null || value === undefined ? null : `${partText(value)} of the float`);
  return (
    <dl class="figures" aria-label="Figures now">
      <Figure label="Holds" value={money(held?.units, held?.usd)} note={held === undefined ? null : `${formatUnits(held.units)} ${asset}`} />
      <Figure label={<TermName term="effective-float">Share of float</TermName>} value={held === undefined ? null : partText(held.floatShare)} note={held === undefined ? null : `${partText(held.supplyShare)} of supply`} />
      <Figure label="To exchanges, 24 h" value={money(day, deposits?.dayUsd)} note={share(deposits?.dayFloatShare)} />
      <Figure label="To exchanges, 7 d" value={money(week, deposits?.weekUsd)} note={share(deposits?.weekFloatShare)} />
      <Figure label={<TermName term="ignition-threshold">Against threshold</TermName>} value={deposits === undefined || deposits.ofThreshold === null ? null : timesText(deposits.ofThreshold)} note={ignitionUsd === null ? 'no threshold now' : `24 h over ${formatUsd(ignitionUsd.value)}`} />
      <Figure label={<TermName term="deposit-propensity" />} value={held === undefined ? null : formatShare(held.depositPropensity)} note="of its transfers out" />
      <Figure label="Was still for" value={held === undefined || held.dormancyDays === null ? null : formatDuration(held.dormancyDays * dayMs)} note={held === undefined || held.ageDays === null ? null : `known for ${formatDuration(held.ageDays * dayMs)}`} />
    </dl>
  );
}

/** The risk with its reasons in order of weight. */
function Risk({ facts: { held, deposits }, asset }: { readonly facts: OwnerFacts; readonly asset: string }): VNode {
  const sent = deposits?.risk ?? null;
  const risk = sent ?? held?.risk ?? null;
  return (
    <div>
      <h2 id="risk-title">
        {sent === null ? 'How likely a fall is, were all it holds sent' : 'How likely a fall is after its deposits of 24 h'} <span class="aside">weightiest reason first</span>
      </h2>
      {risk === null ? <p class="empty">Not measured: it takes a deposit to an exchange, or a holding that can be held against volume and books.</p> : (
        <>
          <p class="sentence">{tied(riskSentenceOf(risk))}</p>
          {sent === null || held === undefined || held.risk === null ? null : <p class="sentence">{tied(`Were all it still holds sent, ${amountText(held.units, held.usd, asset)}: ${formatShare(held.risk.probability)}.`)}</p>}
          <ol>
            {[...risk.reasons].sort((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds)).map((reason) => {
              const { measured, effect } = riskReasonText(reason);
              return (
                <li key={reason.feature}>
                  {tied(measured)} <span class="muted">{tied(effect)}</span>
                </li>
              );
            })}
          </ol>
          <p class="note">Model {outsideText(risk.model, 64)}. {termMeanings('en')['address-risk'].meaning}</p>
        </>
      )}
    </div>
  );
}

/** Who it is, and how that is known. */
function Identity({ facts: { cluster, held, deposits } }: { readonly facts: OwnerFacts }): VNode {
  const label = held?.label ?? deposits?.label ?? null;
  return (
    <div>
      <h2>Who it is</h2>
      <p class="sentence">
        {label === null ? 'Nobody has named this owner; it stands for its addresses.' : <>Labelled <code>{outsideText(label)}</code>{held === undefined ? '' : `, ${formatShare(held.confidence)} sure`}.</>}{' '}
        {held?.disputed === true ? <strong>The label is disputed: it counts for less and stays in view.</strong> : null}
        {held !== undefined && held.issuerScore > 0 && held.issuerScore < 1 ? ` Nearness to the issuer ${formatFactor(held.issuerScore)} of 1.` : ''}
        {held === undefined ? '' : ` It has received from ${String(held.fanIn)} and sent to ${String(held.fanOut)} others.`}
      </p>
      {held === undefined || held.links.length === 0 ? null : <ul class="plain">{held.links.map((link, i) => <li key={`${link.code}/${String(i)}`}>{tied(linkText(link))}</li>)}</ul>}
      <p class="note">
        Known as <code>{outsideText(cluster)}</code>. {termMeanings('en').owner.meaning}
      </p>
    </div>
  );
}

function Addresses({ facts: { held, deposits } }: { readonly facts: OwnerFacts }): VNode {
  const count = held?.addressCount ?? deposits?.addressCount ?? 0;
  const named = held?.addresses ?? [];
  return (
    <section aria-labelledby="owner-addresses-title">
      <h2 id="owner-addresses-title">
        Addresses <span class="aside">{count === named.length ? String(count) : `${String(named.length)} of ${String(count)}, those that sent most to exchanges first`}</span>
      </h2>
      {named.length === 0 ? <p class="empty">They come with the list of the largest owners.</p> : <ul class="names">{named.map((address) => <li key={address}><code>{outsideText(address)}</code></li>)}</ul>}
      {held === undefined || held.venuesWeek.length === 0 ? null : <p class="sentence">Sent to in 7 d: {held.venuesWeek.map((venue) => ownerName(outsideText(venue, 48))).join(', ')}.</p>}
    </section>
  );
}

/** Its deposits of the last day, where they go by its label. */
function Transfers({ score, facts: { cluster, held, deposits }, now }: { readonly score: ScoreMessage; readonly facts: OwnerFacts; readonly now: number | null }): VNode | null {
  const label = held?.label ?? deposits?.label ?? cluster;
  const recent = score.deposits.recent ?? [];
  const own = recent.filter(({ fromLabel }) => fromLabel === label);
  if (own.length === 0) return null;
  return (
    <section aria-labelledby="owner-deposits-title">
      <h2 id="owner-deposits-title">
        Deposits in the last 24 h <span class="aside">{recent.length < score.deposits.day.count ? `those among ${listedText(recent.length, score.deposits.day.count)}` : listedText(own.length, own.length)}</span>
      </h2>
      <TransferTable transfers={[...own].sort((a, b) => b.eventTime - a.eventTime)} now={now} />
    </section>
  );
}

/** What is not known of an owner, as sentences; what holds for every owner stands last. */
function unknownOf({ addresses, price }: ScoreMessage, { held, deposits }: OwnerFacts): readonly string[] {
  const risk = deposits?.risk ?? held?.risk ?? null;
  const blind = risk?.reasons.filter(({ value }) => value === null).length ?? 0;
  return [
    ...(held === undefined ? ['What it holds: only the largest owners are told.'] : []),
    ...(held?.label === null ? ['Who it is: no label names any of its addresses.'] : []),
    ...(addresses?.complete === false ? ['Anything before the first block read: the history is in part, and so are its holdings and counterparties.'] : []),
    ...(addresses?.status === 'stale' || addresses?.status === 'missing' ? ['What moved since its chain was heard last.'] : []),
    ...(held !== undefined && held.dormancyDays === null ? ['When it sent before: it never did, or before the first block read.'] : []),
    ...(held !== undefined && held.ageDays === null ? ['How old it is: it was there before the first block read.'] : []),
    ...(price === null ? ['What its tokens are worth: no price is known now.'] : []),
    ...(deposits !== undefined && deposits.ofThreshold === null ? ['How its deposits stand to the ignition threshold: there is none now.'] : []),
    ...(blind > 0 ? [`${blind === 1 ? 'One feature' : `${String(blind)} features`} of its risk, taken for usual.`] : []),
    'What it does on chains that are not read and inside exchanges, and whether a deposit is meant to be sold.',
  ];
}
