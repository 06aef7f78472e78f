import { assert, createStream, createStreams, defined } from '../../core/index.ts';

/** One normal distribution N(mean, I) of a mixture, and the share of scenarios drawn from it. */
export interface ProposalComponent {
  /** In (0, 1]. */
  readonly share: number;
  readonly mean: readonly number[];
}

/** What scenarios are drawn from in place of N(0, I): a mixture of shifted normal distributions of one dimension, shares adding up to 1. */
export interface Proposal {
  readonly components: readonly ProposalComponent[];
}

/** The random numbers of scenarios: standard normal by factor, and one that picks the component of a mixture. */
export interface ScenarioDraws {
  normal(scenario: number, factor: number): number;
  /** Uniform in [0, 1). */
  pick(scenario: number): number;
}

/**
 * Draws for factors by name: one stream a factor and one for the pick. The numbers of a factor depend on `seed`, its name and `purpose` only, so a run
 * with other assumptions, or with a factor more, shares them; runs with another `purpose` are independent.
 */
export function scenarioDraws(seed: number, factors: readonly string[], purpose: string = 'scenario'): ScenarioDraws {
  const streams = createStreams(seed, factors.map((name) => `${purpose}/${name}`));
  const picks = createStream(seed, `${purpose}: component`);
  return { normal: (scenario, factor) => defined(streams[factor], 'stream').normal(scenario), pick: (scenario) => picks.uniform(scenario) };
}

/** N(0, I) itself: crude Monte Carlo, every weight 1. */
export function crudeProposal(dimension: number): Proposal {
  return { components: [{ share: 1, mean: new Array<number>(dimension).fill(0) }] };
}

/**
 * Components around `means`, in proportion to `shares` (> 0), with a `defensive` share (in [0, 1)) of N(0, I) beside them: no weight exceeds 1 / `defensive`
 * (Hesterberg 1995; Owen and Zhou 2000, "Safe and effective importance sampling", JASA 95).
 */
export function mixtureAround(means: readonly (readonly number[])[], shares: readonly number[], defensive: number): Proposal {
  const total = shares.reduce((a, b) => a + b, 0);
  const dimension = defined(means[0], 'a mean').length;
  const shifted = means.map((mean, k) => ({ share: ((1 - defensive) * defined(shares[k], 'a share')) / total, mean }));
  return { components: defensive > 0 ? [...crudeProposal(dimension).components.map((crude) => ({ ...crude, share: defensive })), ...shifted] : shifted };
}

/** Several proposals as one, each with its share (> 0, in any unit). */
export function mixProposals(parts: readonly { readonly proposal: Proposal; readonly share: number }[]): Proposal {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  return { components: parts.flatMap(({ proposal, share }) => proposal.components.map((component) => ({ ...component, share: (component.share * share) / total }))) };
}

/** The largest weight a proposal can give: 1 over its share of N(0, I); infinite without one. */
export function weightBound({ components }: Proposal): number {
  const crude = components.reduce((sum, { share, mean }) => (mean.every((x) => x === 0) ? sum + share : sum), 0);
  return crude > 0 ? 1 / crude : Infinity;
}

/**
 * The weight of a point: density of N(0, I) over density of the proposal. With one component, exp(-m.z + |m|^2 / 2); with several the denominator is the
 * whole mixture (balance heuristic, Veach and Guibas 1995), whichever component the point came from. O(components x dimension).
 */
export function weightOf({ components }: Proposal, z: ArrayLike<number>): number {
  let density = 0;
  for (const { share, mean } of components) {
    let exponent = 0;
    for (let j = 0; j < mean.length; j++) exponent += defined(mean[j], 'mean') * (defined(z[j], 'coordinate') - defined(mean[j], 'mean') / 2);
    density += share * Math.exp(exponent);
  }
  return 1 / density;
}

/** Writes the point of a scenario into `z` and gives its weight. The factors' own numbers do not depend on the proposal, which only shifts them. */
export function drawFrom(proposal: Proposal, draws: ScenarioDraws, scenario: number, z: Float64Array): number {
  const { components } = proposal;
  let chosen = 0;
  if (components.length > 1) {
    let left = draws.pick(scenario);
    while (chosen + 1 < components.length && left >= defined(components[chosen], 'component').share) left -= defined(components[chosen++], 'component').share;
  }
  const { mean } = defined(components[chosen], 'component');
  assert(mean.length === z.length, `a point of ${z.length} coordinates for a proposal of ${mean.length}`);
  for (let j = 0; j < z.length; j++) z[j] = draws.normal(scenario, j) + defined(mean[j], 'mean');
  return weightOf(proposal, z);
}
