import type { ScoreMessage } from '@breakwater/contracts';
import { formatDuration, formatUsd, termMeanings } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { DeclaredHelp } from './declared-help.tsx';
import { chainText, chanceText, ledgerText, outsideText } from './owner-text.ts';
import { ProducersTable } from './producers-table.tsx';
import { tied } from './text.ts';

/** How fast money can come from each ledger, how sure that is, and whether it would come in time. */
export function SettlementTable({ settlement, asset }: Pick<ScoreMessage, 'settlement' | 'asset'>): VNode {
  const chains = settlement?.chains ?? [];
  const terms = termMeanings('en');
  return (
    <section class="settlement" aria-labelledby="settlement-title">
      <h2 id="settlement-title">
        How fast help can come <span class="aside">from each chain to an exchange</span>
      </h2>
      {chains.length === 0 ? (
        <p class="empty">
          {settlement === undefined ? 'Not known yet: it comes with the scores of every half minute.' : `No chain is read for ${asset}: name its contracts under assets.${asset}.tokens. What kind of ledger a chain is stands under its own settlement in chains.`}
        </p>
      ) : (
        <>
          <div class="scroll" tabIndex={0} role="region" aria-labelledby="settlement-title">
            <table>
              <thead>
                <tr>
                  <th scope="col">chain</th>
                  <th scope="col">ledger</th>
                  <th scope="col" class="number">half the time within</th>
                  <th scope="col" class="number">95 % within</th>
                  <th scope="col" class="number">fast way carries</th>
                  <th scope="col" class="number">undone</th>
                  <th scope="col" class="number">help in time</th>
                </tr>
              </thead>
              <tbody>
                {chains.map((chain) => (
                  <tr key={chain.chain}>
                    <th scope="row" title={outsideText(chain.chain)}>{chainText(chain.chain)}</th>
                    <td class="wide">{ledgerText(chain.settlement)}</td>
                    <td class="number">{tied(formatDuration(chain.medianSeconds * 1_000))}</td>
                    <td class="number">{tied(formatDuration(chain.p95Seconds * 1_000))}</td>
                    <td class="number">{chain.fastCapacityUsd === null ? <span class="muted">no limit</span> : tied(formatUsd(chain.fastCapacityUsd))}</td>
                    <td class="number">{chanceText(chain.revertProbability)}</td>
                    <td class="number">{chain.rescueProbability === null ? <span class="muted">nothing ignites</span> : chanceText(chain.rescueProbability)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <dl class="pairs meanings">
            <dt>{terms.settlement.name}</dt>
            <dd>{terms.settlement.meaning}</dd>
            <dt>{terms.reversal.name}</dt>
            <dd>{terms.reversal.meaning}</dd>
            <dt>{terms.rescue.name}</dt>
            <dd>{terms.rescue.meaning}</dd>
          </dl>
        </>
      )}
      <DeclaredHelp rescue={settlement?.rescue} asset={asset} />
      <ProducersTable producers={settlement?.producers} />
    </section>
  );
}
