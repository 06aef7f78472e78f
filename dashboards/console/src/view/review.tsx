import type { AddressesScore } from '@breakwater/contracts';
import { formatUnits, termMeanings } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { outsideText, ownerText } from './owner-text.ts';
import { momentText, shortHash, tied } from './text.ts';

/** What the last retroactive look shows. */
export interface ReviewProps {
  readonly review: NonNullable<AddressesScore['review']>;
  readonly asset: string;
  readonly now: number | null;
}

/** What labels that changed say of the last month: which changed, and deposits by day as they were known and as they are known now. */
export function Review({ review, asset, now }: ReviewProps): VNode {
  const { at, chain, changeCount, changes, days } = review;
  const changed = days.filter((day) => day.depositsBefore !== day.depositsAfter || day.issuerBefore !== day.issuerAfter);
  const sum = (of: (day: (typeof days)[number]) => number): string => formatUnits(days.reduce((all, day) => all + of(day), 0));
  const said = (label: string | null): string => (label === null ? 'no label' : ownerText(label));
  return (
    <section class="part" aria-labelledby="review-title">
      <h3 id="review-title">What changed labels say of the last 30 days</h3>
      <p class="sentence">
        {tied(`${changeCount === 1 ? 'One label' : `${String(changeCount)} labels`} changed on ${outsideText(chain, 40)}, ${momentText(at, now)}. Deposits of these days come to ${sum((day) => day.depositsAfter)} ${asset} where ${sum((day) => day.depositsBefore)} were known, the issuer’s to ${sum((day) => day.issuerAfter)} where ${sum((day) => day.issuerBefore)} were. No warning is fired for what is past.`)}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Labels that changed">
        <table>
          <thead>
            <tr>
              <th scope="col">address</th>
              <th scope="col">was</th>
              <th scope="col">is</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ address, from, to }) => (
              <tr key={address}>
                <th scope="row">
                  <code title={outsideText(address)}>{shortHash(outsideText(address))}</code>
                </th>
                <td>{said(from)}</td>
                <td>{said(to)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changeCount > changes.length ? <p class="note">and {changeCount - changes.length} more</p> : null}
      {changed.length === 0 ? <p class="note">No day’s deposits are other than they were known.</p> : (
        <div class="scroll tall" tabIndex={0} role="region" aria-label="Deposits by day, before and after">
          <table>
            <thead>
              <tr>
                <th scope="col">day (UTC)</th>
                <th scope="col" class="number">deposits, as known then</th>
                <th scope="col" class="number">as known now</th>
                <th scope="col" class="number">the issuer’s then</th>
                <th scope="col" class="number">now</th>
              </tr>
            </thead>
            <tbody>
              {[...changed].reverse().map((day) => (
                <tr key={day.day}>
                  <th scope="row">{new Date(Math.min(day.day, 8.64e15)).toISOString().slice(0, 10)}</th>
                  <td class="number">{formatUnits(day.depositsBefore)}</td>
                  <td class="number">{formatUnits(day.depositsAfter)}</td>
                  <td class="number">{formatUnits(day.issuerBefore)}</td>
                  <td class="number">{formatUnits(day.issuerAfter)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="note">{termMeanings('en')['retroactive-look'].meaning}</p>
    </section>
  );
}
