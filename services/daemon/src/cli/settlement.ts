import { writeFileSync } from 'node:fs';
import { ledgerFrom, ledgerOf } from '@breakwater/collectors/chains';
import { createSettlement, deployableCapital, deployedBySeconds, diffusiveHit, figuresOf, reportClaim, rescueBeforePassage, rescueBeforeSamples, sentThrough, settlementAsOf, settlementClassNames, stableTips, termsOf, weightGrowth, type ClaimReport, type ComparedRule, type Delay, type Settlement, type SettlementSpec } from '@breakwater/models/settlement';
import { readConfig } from './check-config.ts';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { reasonOf } from './files.ts';
import { tipsChart, tipsPlot } from './settlement-picture.ts';

/** Options of `breakwater settlement`. */
export interface SettlementFlags {
  readonly chain?: string;
  readonly config?: string;
  readonly runs: number;
  readonly seed: number;
  readonly svg?: string;
  readonly json: boolean;
}

/** Falls by which odds are shown: a price that moves without jumps, and one that is at its landing after a minute, five, fifteen and an hour. */
const diffusion = { drop: 0.05, volatility: 1.5 } as const;
const cascades = [60, 300, 900, 3_600] as const;

/** What is printed of one kind of ledger. Times in seconds; null: never, or no such way. */
interface SettlementRow {
  readonly class: string;
  readonly about: string;
  readonly medianSeconds: number | null;
  readonly p95Seconds: number | null;
  readonly capacityUsd: number | null;
  readonly slowMedianSeconds: number | null;
  readonly slowP95Seconds: number | null;
  readonly revertProbability: number;
  readonly revertProbabilityAtCredit: number;
  readonly haltProbability: number;
  /** That help comes before a price without jumps has fallen by 5 % at 150 % a year. */
  readonly beforeDiffusion: number;
  /** That it comes before a cascade that takes so many seconds, suspensions included. */
  readonly beforeCascade: readonly { readonly seconds: number; readonly probability: number }[];
  readonly numericalError: number;
  readonly figures: readonly { readonly name: string; readonly value: number; readonly unit: string; readonly source: string }[];
}

/** What is printed of the capital that a config declares for an asset. */
interface RescueRow {
  readonly asset: string;
  readonly declaredUsd: number;
  readonly sources: readonly { readonly what: string; readonly from: string; readonly amountUsd: number; readonly class: string }[];
  readonly deployable: readonly { readonly seconds: number; readonly usd: number }[];
}

/** `breakwater settlement`: what each kind of ledger, or one chain, takes; `breakwater settlement dag`: where a published claim on DAG ledgers fails. */
export function settlementCommand(context: CommandContext, what: string | undefined, options: SettlementFlags): void {
  if (what === 'dag') {
    dagCommand(context, options);
    return;
  }
  if (what !== undefined) throw new CommandError(`no report '${what}' of settlement: there is dag. Without one the kinds of ledgers are printed.`, 2);
  if (options.svg !== undefined) throw new CommandError('--svg draws the report of `breakwater settlement dag` only.', 2);
  const specs = options.chain === undefined ? settlementClassNames.map((name): SettlementSpec => ({ class: name })) : [specOf(options.chain, options.config)];
  const rows = specs.map(rowOf);
  const rescue = options.config === undefined ? [] : declaredIn(readConfig(options.config));
  if (options.json) {
    printJson(context, { ...(options.chain === undefined ? {} : { chain: options.chain }), asOf: settlementAsOf, fall: diffusion, classes: rows, diffusion: diffusionTable(), ...(options.config === undefined ? {} : { rescue }) });
    return;
  }
  printTable(context, ['ledger', 'median', '95 %', 'capacity', 'slow way', 'undone now', 'at credit', ...cascades.map((seconds) => `rescue ${spanOf(seconds)}`)], rows.map((row) => [
    row.class, spanOf(row.medianSeconds), spanOf(row.p95Seconds), row.capacityUsd === null ? null : `$${compact(row.capacityUsd)}`, spanOf(row.slowMedianSeconds), oddsOf(row.revertProbability), oddsOf(row.revertProbabilityAtCredit),
    ...row.beforeCascade.map(({ probability }) => probability.toFixed(2)),
  ]));
  context.stdout.write('\nTimes until capital sent now can be used, by the fast way while its capacity lasts. `rescue`: how likely it comes before a price that is at its landing after so long, a suspension under stress included.\n');
  context.stdout.write(`A price without jumps falls by 5 % at 150 % a year before help of 13 min comes with probability ${diffusiveHit(diffusion.drop, 768, diffusion).toExponential(0)}: never size help by that alone.\n`);
  printRescue(context, rescue);
  if (options.chain === undefined) {
    context.stdout.write('`breakwater settlement --chain eip155:1` names every figure with its source; `breakwater settlement dag` is a report on DAG ledgers.\n');
    return;
  }
  context.stdout.write('\n');
  printTable(context, ['figure', 'value', 'unit', 'source'], rows.flatMap(({ figures }) => figures.map(({ name, value, unit, source }) => [name, String(value), unit, source])));
}

function specOf(chain: string, config: string | undefined): SettlementSpec {
  if (!/^(eip155:[1-9]\d{0,15}|antelope:[0-9a-f]{32})$/.test(chain)) throw new CommandError(`${chain} is no chain: give a CAIP-2 id such as eip155:1.`, 2);
  return ledgerOf(chain, config === undefined ? undefined : readConfig(config).chains[chain]?.settlement);
}

/** The capital that a config declares, by asset; those without any are left out. */
function declaredIn({ assets, chains }: ReturnType<typeof readConfig>): readonly RescueRow[] {
  return Object.entries(assets).flatMap(([asset, { rescue }]) => {
    if (rescue.length === 0) return [];
    const sources = rescue.map(({ what, from, amountUsd }) => ({ what, from, amountUsd, spec: ledgerFrom(from, chains[from]?.settlement) }));
    const sent = sentThrough(sources.map(({ amountUsd, from, spec }) => ({ amount: amountUsd, via: from, settlement: createSettlement(spec) })));
    return [{
      asset, declaredUsd: rescue.reduce((sum, { amountUsd }) => sum + amountUsd, 0), sources: sources.map(({ spec, ...source }) => ({ ...source, class: spec.class })),
      deployable: deployedBySeconds.map((seconds) => ({ seconds, usd: deployableCapital(0, sent, seconds) })),
    }];
  });
}

function printRescue(context: CommandContext, rescue: readonly RescueRow[]): void {
  if (rescue.length === 0) return;
  context.stdout.write('\nCapital that was declared to help, and what of it is expected to be usable so much later, were all of it to set out now:\n\n');
  printTable(context, ['asset', 'declared', 'from', ...deployedBySeconds.map((seconds) => `after ${spanOf(seconds)}`)], rescue.map(({ asset, declaredUsd, sources, deployable }) => [
    asset, `$${compact(declaredUsd)}`, sources.map(({ what, from }) => `${what} (${from})`).join(', '), ...deployable.map(({ usd }) => `$${compact(usd)}`),
  ]));
}

function rowOf(spec: SettlementSpec): SettlementRow {
  const made = createSettlement(spec);
  const { parameters, about } = termsOf(spec.class);
  const at = (delay: Delay | null, p: number): number | null => {
    const seconds = delay?.quantile(p) ?? Infinity;
    return seconds === Infinity ? null : seconds;
  };
  return {
    class: spec.class, about, medianSeconds: at(made.fast, 0.5), p95Seconds: at(made.fast, 0.95), capacityUsd: made.fastCapacityUsd, slowMedianSeconds: at(made.slow, 0.5), slowP95Seconds: at(made.slow, 0.95),
    revertProbability: made.revertProbability, revertProbabilityAtCredit: made.revertProbabilityAtCredit, haltProbability: made.haltProbability,
    beforeDiffusion: rescueBeforePassage(made.fast, (t) => diffusiveHit(diffusion.drop, t, diffusion)).probability,
    beforeCascade: cascades.map((seconds) => ({ seconds, probability: rescueOf(made, seconds) })), numericalError: made.fast.error,
    figures: Object.entries(figuresOf(spec)).map(([name, value]) => ({ name, value, unit: parameters[name]?.unit ?? '', source: value === parameters[name]?.value ? parameters[name].source : 'of this chain, or of the config' })),
  };
}

function rescueOf({ fast, haltProbability }: Settlement, seconds: number): number {
  return (1 - haltProbability) * rescueBeforeSamples(fast, [seconds]).probability;
}

/** How likely a price without jumps has fallen by 5 % at 150 % a year before help of a fixed delay. */
function diffusionTable(): readonly { readonly delaySeconds: number; readonly hitProbability: number }[] {
  return [768, 3_600, 10_800, 6.4 * 86_400, 7 * 86_400].map((delaySeconds) => ({ delaySeconds, hitProbability: diffusiveHit(diffusion.drop, delaySeconds, diffusion) }));
}

/** What each rule is called. */
const ruleWords: Readonly<Record<ComparedRule, string>> = { paper: '2 given, 2 needed (the paper)', unapproved: '2 given, 1 needed', surplus: '3 given, 2 needed' };

function dagCommand(context: CommandContext, { runs, seed, svg, json }: SettlementFlags): void {
  if (!(runs >= 2 && runs <= 10_000)) throw new CommandError('give 2 to 10000 runs.', 2);
  const report = reportClaim(runs, seed);
  if (svg !== undefined) {
    try {
      writeFileSync(svg, tipsChart(report));
    } catch (error) {
      throw new CommandError(`${svg} was not written: ${reasonOf(error)}. Check the path.`);
    }
  }
  if (json) {
    printJson(context, { ...report, squareRoot: squareRootOf(report), stableTips: stableTips(2, 1, 1), weightGrowth: weightGrowth(1) });
    return;
  }
  const steps = report.rules.paper.tips.map(({ step }) => step);
  printTable(context, ['tips after steps', ...steps.map(String)], (['paper', 'unapproved', 'surplus'] as const).map((rule) => [ruleWords[rule], ...report.rules[rule].tips.map(({ mean }) => mean.toFixed(1))]));
  context.stdout.write(`\n${tipsPlot(report)}\n`);
  const { paper, unapproved, surplus } = report.rules;
  context.stdout.write([
    'The claim: "On the stability of DAG-based distributed ledger with heterogeneous delays" (Rejeb, Reiffers-Masson), Theorem 1: where each message approves two earlier ones and is a tip until two approve it, the',
    `  expected number of tips is bounded, here by 7 (r d* + r r0) = ${String(report.claimedBound)} (three nodes, r = 3 messages a step, d* = 2, r0 = 3).`,
    `What its own model does: tips are above the bound from step ${String(report.failsFromStep)} on and grow as steps to the power ${paper.growth.toFixed(2)} (1/2: the square root), mean of ${String(report.runs)} runs, seed ${String(report.seed)}.`,
    'Why: every message brings two approvals and needs two, so that 2 U + S = 2 + wasted approvals (U messages without an approver, S with one). Were tips bounded, two draws would meet on one tip in a share of steps that',
    `  does not vanish, waste would grow without end, and tips with it. All ${String(paper.conserved + unapproved.conserved + surplus.conserved)} of ${String(3 * report.runs)} runs keep that account exactly.`,
    'The slip: 1 - |V0| / |W| is the chance that a draw misses a class of messages, not one message, which is 1 - 1 / |W|. So its drift is r - 4 r^2 / 3, for r = 3 less than -2 r, the least that two approvals a message allow.',
    `What helps: more approvals than are needed. With one needed there are ${String(unapproved.tips.at(-1)?.mean.toFixed(1))} tips, with three given and two needed ${String(surplus.tips.at(-1)?.mean.toFixed(1))}, whatever the number of steps. Nothing here relies on the bound.`,
    '',
  ].join('\n'));
}

/** A square root through the last point: what the tips of the paper's model are held against. */
function squareRootOf({ rules: { paper } }: ClaimReport): number {
  const last = paper.tips.at(-1);
  return last === undefined ? 0 : last.mean / Math.sqrt(last.step);
}

function spanOf(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 100) return `${seconds.toFixed(0)} s`;
  if (seconds < 6_000) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3_600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} d`;
}

function compact(dollars: number): string {
  return dollars >= 1e6 ? `${String(Number((dollars / 1e6).toFixed(2)))}m` : `${String(Number((dollars / 1e3).toFixed(1)))}k`;
}

function oddsOf(p: number): string {
  return p === 0 ? '0' : p.toExponential(0);
}
