import type { AssetSummary, ScoreMessage, TailLoss, Term } from '@breakwater/contracts';
import { backtestSentence, branchingSentence, formatDuration, formatLevel, positionsSentence, termMeanings } from '@breakwater/contracts';
import type { ComponentChildren, VNode } from 'preact';
import { Num } from './figure.tsx';
import type { FigureKind, OnSource } from './provenance.ts';
import { lossText, tied } from './text.ts';

/** What the section of losses shows. */
export interface LossesProps {
  readonly score: ScoreMessage;
  readonly summary: AssetSummary;
  /** The tail, drawn. */
  readonly chart: ComponentChildren;
  readonly onSource: OnSource | undefined;
}

/** How much the asset could fall: three figures side by side with what each means, the tail, and what the positions behind it rest on. */
export function Losses({ score, summary, chart, onSource }: LossesProps): VNode {
  const { tail, liquidationMap, hawkes } = score;
  return (
    <section class="losses" aria-labelledby="losses-title">
      <h2 id="losses-title">
        How much could it fall{tail === null || tail === undefined ? '' : ` within ${formatDuration(tail.horizonSeconds * 1_000)}`}
      </h2>
      {tail === null || tail === undefined ? <p class="empty">{tail === null ? 'Too little of its price is known yet: it takes some hours.' : 'Not known yet: it comes with the scores of every half minute.'}</p> : (
        <dl class="figures" aria-label="Losses side by side">
          <Loss term="value-at-risk" kind="valueAtRisk" loss={tail.valueAtRisk} absent="" source={{ score, summary, onSource }} />
          <Loss term="expected-shortfall" kind="expectedShortfall" loss={tail.expectedShortfall} absent="the mean of the tail is not identified" source={{ score, summary, onSource }} />
          <Loss term="cascade-shortfall" kind="cascadeExpectedShortfall" loss={tail.cascadeExpectedShortfall} absent="no response of the market is known now" source={{ score, summary, onSource }} />
        </dl>
      )}
      {chart}
      {tail === null || tail === undefined ? null : <p class="sentence">{tied(backtestSentence(tail))}</p>}
      {liquidationMap === null || liquidationMap === undefined ? null : <p class="sentence">{tied(positionsSentence(liquidationMap))}</p>}
      {hawkes === null || hawkes === undefined ? null : (
        <p class={hawkes.disagreement ? 'sentence disagreement' : 'sentence'}>{tied(branchingSentence(hawkes, score.network?.reproduction ?? null))}</p>
      )}
    </section>
  );
}

interface LossProps {
  readonly term: Term;
  readonly kind: FigureKind;
  readonly loss: TailLoss | null;
  /** Why there is none. */
  readonly absent: string;
  readonly source: Pick<LossesProps, 'score' | 'summary' | 'onSource'>;
}

/** One loss: its name and level, its value with the band, and in a sentence what it means. */
function Loss({ term, kind, loss, absent, source: { score, summary, onSource } }: LossProps): VNode {
  const { name, meaning } = termMeanings('en')[term];
  const text = loss === null ? null : lossText(loss);
  return (
    <div class="figure">
      <dt>{loss === null ? name : tied(`${name} ${formatLevel(loss.level)}`)}</dt>
      <dd>
        <Num text={text?.value ?? null} onSource={onSource === undefined ? undefined : () => onSource(kind, { kind: 'score', score, summary })} />
        <span class="note">{tied(text === null ? absent : (text.band ?? ''))}</span>
        <span class="note meaning">{tied(meaning)}</span>
      </dd>
    </div>
  );
}
