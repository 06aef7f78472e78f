import type { SettlementScore } from '@breakwater/contracts';
import { formatShare, formatUtcDay } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { chainText, outsideText } from './owner-text.ts';

type Producers = NonNullable<SettlementScore['producers']>;

/** How few make the blocks of chains that elect who does, by the votes they have. */
export function ProducersTable({ producers = [] }: { readonly producers: Producers | undefined }): VNode | null {
  if (producers.length === 0) return null;
  return (
    <>
      <h3 id="producers-title">
        How few make the blocks <span class="aside">of chains that elect who does, by votes</span>
      </h3>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="producers-title">
        <table>
          <thead>
            <tr>
              <th scope="col">chain</th>
              <th scope="col" class="number">make blocks</th>
              <th scope="col" class="number">more than a third</th>
              <th scope="col" class="number">more than half</th>
              <th scope="col" class="number">Herfindahl index</th>
              <th scope="col" class="wide">most votes</th>
              <th scope="col">read</th>
            </tr>
          </thead>
          <tbody>{producers.map((one) => <Row key={one.chain} {...one} />)}</tbody>
        </table>
      </div>
      <p class="muted">Fewest producers that together have more than a third of the votes could stop such a chain, more than half could rule it. Whoever votes may name many producers, so votes are spread wider than voters are.</p>
    </>
  );
}

function Row({ chain, at, candidates, complete, scheduled, votes, scheduledShare, top }: Producers[number]): VNode {
  const none = <span class="muted">no votes</span>;
  const [first] = top;
  return (
    <tr>
      <th scope="row" title={outsideText(chain)}>{chainText(chain)}</th>
      <td class="number">{String(scheduled)} of {complete ? '' : 'more than '}{String(candidates)}</td>
      <td class="number">{votes === null ? none : String(votes.third)}</td>
      <td class="number">{votes === null ? none : String(votes.half)}</td>
      <td class="number">{votes === null ? none : votes.hhi.toFixed(3)}</td>
      <td class="wide">{first === undefined || votes === null ? none : `${outsideText(first.producer, 13)} ${formatShare(first.share)}; those that make blocks ${formatShare(scheduledShare)}`}</td>
      <td>{formatUtcDay(at)}</td>
    </tr>
  );
}
