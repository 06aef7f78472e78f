import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FeedHealthMessage, WarningMessage } from '@breakwater/contracts';
import { runDrill, warningsHash, type DrillEvents, type DrillOptions, type DrillResult, type Fleet } from '@breakwater/daemon/drill';
import { createRng, defined } from '@breakwater/models/core';
import { scenarios, type Scenario } from '@breakwater/simulator/scenarios';
import { kafkaForTests, type KafkaServer } from './kafka.ts';

/** What happens to a system of one process a stage in the middle of a drill. */
export type ClusterFault = 'kafka-killed' | 'kafka-then-score-killed' | 'score-killed' | 'score-paused' | 'alert-killed' | 'alert-paused' | 'collect-killed';
/** All of them, each by itself. */
export const clusterFaults: readonly ClusterFault[] = ['kafka-killed', 'score-killed', 'score-paused', 'alert-killed', 'alert-paused', 'collect-killed'];

/** What came of a fault. */
export interface ClusterFaultResult {
  readonly fault: ClusterFault;
  readonly scenario: string;
  readonly seed: number;
  /** The step of the drill in which it happened, the one that the first critical warning came from, of so many. */
  readonly step: number;
  readonly steps: number;
  /** Revisions of warnings that the same drill in memory, left alone, has. */
  readonly warnings: number;
  /** Those of them that a recipient never got, by recipient. */
  readonly lost: Readonly<Record<string, number>>;
  /** Deliveries of what a recipient had already. */
  readonly repeats: number;
  /** From when what was taken away was back (the broker answered, the process was started or ran on) to when everything of that step was done, the recipients told. */
  readonly recoverySeconds: number;
  /** Whether the warnings are those of the drill in memory, to the id and every figure. */
  readonly equal: boolean;
}

/** Which faults are played, on what. */
export interface ClusterFaultPlan {
  readonly scenario: string;
  readonly seed: number;
  /** Only the first steps of the scenario; all by default. */
  readonly steps?: number;
  readonly faults: readonly ClusterFault[];
  /** The compiled command of the daemon, where this is not compiled itself. */
  readonly main?: string;
  readonly say: (text: string) => void;
}

/** Longer than a member of a group may be silent (ten seconds), and than a lease runs. */
const pauseMs = 15_000;
/** How long the broker is away, apart from its start. */
const awayMs = 3_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const silent: DrillEvents = { onWarning: () => undefined, onFeed: () => undefined, onCrash: () => undefined, onStep: () => undefined, onKill: () => undefined, onConsole: () => undefined, onKept: () => undefined };

/** Plays a drill in memory, and then one through a real Kafka for each fault, and compares what came of them. Undefined where there is no Kafka. Each takes a minute or more. */
export async function playClusterFaults(plan: ClusterFaultPlan, onResult: (result: ClusterFaultResult) => void): Promise<readonly ClusterFaultResult[] | undefined> {
  const kafka = await kafkaForTests('4.1.1');
  if (kafka === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-cluster-'));
  const results: ClusterFaultResult[] = [];
  try {
    const whole = await play(plan, join(folder, 'in-memory'), {});
    const firstCritical = defined(whole.warnings.find(({ severity }) => severity === 'critical'), 'a critical warning in the scenario');
    const step = scenarioOf(plan).steps().findIndex((t) => t >= firstCritical.eventTime);
    for (const fault of plan.faults) {
      if (fault.startsWith('kafka') && !kafka.own) {
        plan.say(`skipped: ${fault}, because the brokers of BREAKWATER_KAFKA are left alone`);
        continue;
      }
      plan.say(`${plan.scenario} seed ${plan.seed}, ${fault} in step ${step}: begun`);
      const result = await playFault(plan, fault, { kafka, out: join(folder, fault), step, whole });
      results.push(result);
      onResult(result);
    }
    const bad = results.some(({ lost, equal }) => !equal || Object.values(lost).some((n) => n > 0));
    if (bad) plan.say(`logs and deliveries are in ${folder}`);
    else rmSync(folder, { recursive: true });
    return results;
  } finally {
    await kafka.stop();
  }
}

function scenarioOf({ scenario, seed, steps }: ClusterFaultPlan): Scenario {
  const made = defined(scenarios[scenario], 'a scenario of that name')(seed, true);
  return steps === undefined ? made : { ...made, steps: () => made.steps().slice(0, steps) };
}

function play(plan: ClusterFaultPlan, out: string, options: Partial<DrillOptions>): Promise<DrillResult> {
  return runDrill({ scenario: scenarioOf(plan), out, kills: 0, failures: 0, rng: createRng(1), signal: new AbortController().signal, keep: false, wait, events: silent, main: plan.main, ...options });
}

interface FaultTerms {
  readonly kafka: KafkaServer;
  readonly out: string;
  readonly step: number;
  readonly whole: DrillResult;
}

async function playFault(plan: ClusterFaultPlan, fault: ClusterFault, { kafka, out, step, whole }: FaultTerms): Promise<ClusterFaultResult> {
  let backAt = 0;
  let recoveryMs = Infinity;
  const isBack = (): void => void (backAt = performance.now());
  const victim = victimOf(fault);
  const result = await play(plan, out, {
    kafka: { brokers: kafka.brokers, prefix: `fault-${process.pid}-${fault}` },
    ...(fault.endsWith('killed') && victim !== undefined ? { killSteps: [step], victims: [victim] } : {}),
    ...(fault === 'kafka-then-score-killed' ? { killSteps: [step + 2], victims: ['score'] as const } : {}),
    onStepBegun: async (i, _t, fleet) => {
      if (i === step) await inflict(fault, kafka, fleet, isBack);
    },
    events: {
      ...silent,
      onKill: () => {
        isBack();
        // Its machine is gone, with everything on its disk.
        if (victim === 'alert') for (const name of readdirSync(out)) if (name.startsWith('breakwater-alert.db')) rmSync(join(out, name));
      },
      onStep: (done) => {
        if (done === step + 1) recoveryMs = performance.now() - backAt;
      },
    },
  });
  const got = deliveriesOf(out, result);
  const wanted = new Set(whole.warnings.map(keyOf));
  return {
    fault, scenario: plan.scenario, seed: plan.seed, step, steps: result.steps, warnings: wanted.size,
    lost: Object.fromEntries(Object.entries(got).map(([name, keys]) => [name, [...wanted].filter((key) => !keys.includes(key)).length])),
    repeats: Object.values(got).reduce((sum, keys) => sum + keys.length - new Set(keys).size, 0),
    recoverySeconds: Math.round(recoveryMs / 100) / 10, equal: warningsHash(result.warnings) === warningsHash(whole.warnings),
  };
}

function victimOf(fault: ClusterFault): 'collect' | 'score' | 'alert' | undefined {
  return (['collect', 'score', 'alert'] as const).find((stage) => fault.startsWith(stage));
}

/** What is no kill of a process: those a drill does by itself. What was taken away comes back while the step waits for it. */
async function inflict(fault: ClusterFault, kafka: KafkaServer, fleet: Fleet, isBack: () => void): Promise<void> {
  const victim = victimOf(fault);
  if (fault.startsWith('kafka')) {
    await kafka.kill();
    void wait(awayMs).then(() => kafka.restart()).then(isBack);
  } else if (fault.endsWith('paused') && victim !== undefined) {
    const process = defined(fleet.process(victim), 'the process of a stage');
    process.kill('SIGSTOP');
    void wait(pauseMs).then(() => {
      process.kill('SIGCONT');
      isBack();
    });
  }
}

/** What each recipient got, as ids of revisions, repeats and all. */
function deliveriesOf(out: string, { receivers }: DrillResult): Readonly<Record<string, readonly string[]>> {
  const lines = (file: string): readonly unknown[] => readFileSync(join(out, file), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  const printed = (lines('terminal.jsonl') as readonly (WarningMessage | FeedHealthMessage)[]).filter((message) => message.kind === 'warning');
  const written = lines('warnings.jsonl') as readonly { readonly data: { readonly warningId: string; readonly revision: number } }[];
  return {
    terminal: printed.map(keyOf), file: written.map(({ data }) => keyOf({ id: data.warningId, revision: data.revision })),
    webhook: receivers.webhook.warnings.map(keyOf), telegram: receivers.telegram.messages.map(keyOf),
  };
}

function keyOf({ id, revision }: { readonly id: string; readonly revision: number }): string {
  return `${id}#${revision}`;
}
