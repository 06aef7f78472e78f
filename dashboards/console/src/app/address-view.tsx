import { addressAbsence, flowsOfScore, flowsTitle, holdersOfScore, holdersTitle, reserveOfScore, reserveTitle, unlocksOfScore, unlocksTitle } from '@breakwater/charts';
import type { ScoreMessage } from '@breakwater/contracts';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { AddressSections } from '../view/addresses.tsx';
import { AbsentChart } from '../view/chart-frame.tsx';
import { Chart } from './chart.tsx';
import type { ChartSubject } from './draw.ts';

export { OwnerPage } from '../view/owner-page.tsx';

/** Room for the charts of this part, px. */
const height = 380;
const floorHeight = 300;

/** Who holds the asset, its reserve and how fast help can come, with its charts. */
export function AddressView({ score, now }: { readonly score: ScoreMessage; readonly now: number | null }): VNode {
  const subjects = useMemo(() => ({
    holders: { kind: 'holders', input: holdersOfScore(score) }, flows: { kind: 'flows', input: flowsOfScore(score) }, unlocks: { kind: 'unlocks', input: unlocksOfScore(score) }, reserve: { kind: 'reserve', input: reserveOfScore(score) },
  }) as const, [score]);
  const absence = useMemo(() => addressAbsence(score), [score]);
  const chart = (subject: ChartSubject, title: string, why: string | null): VNode => (why === null ? <Chart subject={subject} title={title} height={height} /> : <AbsentChart title={title} why={why} />);
  return (
    <AddressSections
      score={score} now={now} linked={true}
      charts={{
        holders: chart(subjects.holders, holdersTitle(), absence.holders), flows: chart(subjects.flows, flowsTitle(), absence.flows), unlocks: chart(subjects.unlocks, unlocksTitle(), absence.unlocks),
        reserve: <Chart subject={subjects.reserve} title={reserveTitle()} height={floorHeight} />,
      }}
    />
  );
}
