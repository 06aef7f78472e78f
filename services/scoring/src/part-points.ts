import { coarseSeriesEveryMs, dealerCategories, ownerKinds, seriesCatalogue, type ClusterDeposits, type OwnerKind, type PartSeriesName, type ScoreMessage } from '@breakwater/contracts';
import type { SeriesPoint } from '@breakwater/platform/store';

/** Whom a label takes an owner for. */
function ownerKindOf({ label }: ClusterDeposits): OwnerKind {
  const [category = ''] = label?.split(':') ?? [];
  return category === 'issuer' ? 'issuer' : dealerCategories.includes(category) ? 'dealer' : 'other';
}

/** The largest of figures that are known; undefined where none is. */
function highest(values: readonly (number | null)[]): number | undefined {
  return values.reduce<number | undefined>((most, value) => (value === null ? most : Math.max(most ?? value, value)), undefined);
}

/** The points of a score that tell owners apart by who they are, and chains: those of a part that this score does not have are none. O(owners + chains), a few. */
export function partPoints(score: ScoreMessage): readonly SeriesPoint[] {
  const points: SeriesPoint[] = [];
  const isCoarse = score.eventTime % coarseSeriesEveryMs === 0;
  const add = (series: PartSeriesName, labels: Readonly<Record<string, string>>, value: number | null | undefined): void => {
    if (value === null || value === undefined || !Number.isFinite(value) || (seriesCatalogue[series].pace === 'coarse' && !isCoarse)) return;
    points.push({ series, labels: { asset: score.asset, ...labels }, time: score.eventTime, value });
  };
  for (const owner of ownerKinds) {
    const own = (score.deposits.clusters ?? []).filter((one) => ownerKindOf(one) === owner);
    add('owner_deposits_float_share', { owner }, highest(own.map(({ dayFloatShare }) => dayFloatShare)));
    add('owner_deposits_of_threshold', { owner }, highest(own.map(({ ofThreshold }) => ofThreshold)));
  }
  for (const { chain, p95Seconds, rescueProbability } of score.settlement?.chains ?? []) {
    add('settlement_p95_seconds', { chain }, p95Seconds);
    add('rescue_probability', { chain }, rescueProbability);
  }
  for (const { chain, votes } of score.settlement?.producers ?? []) {
    add('producers_third', { chain }, votes?.third);
    add('producers_half', { chain }, votes?.half);
    add('producers_hhi', { chain }, votes?.hhi);
  }
  return points;
}
