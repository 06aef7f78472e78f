import { defined } from '@breakwater/models/core';
import type { Scenario } from '@breakwater/simulator/scenarios';
import { parseConfig, type Config } from '../config.ts';
import { drillConfig } from '../drill/drill-config.ts';
import { tickMs } from './test-scenario.ts';

/** How long a tick waits for a source that lags. `forever`: a run in which nothing is ever forced, so that a late source changes no figure. */
export type Patience = 'usual' | 'forever';

/** The config of a simulated daemon: as a drill's, with addresses of the simulated network and the rules' times squeezed like the scenario. */
export function simulationConfig(scenario: Scenario, token: string, hosts: readonly string[], patience: Patience): Config {
  const addresses = Object.fromEntries(hosts.map((host) => [host, { http: `http://${host}.sim`, ws: `ws://${host}.sim`, port: 0 }]));
  // Recipients are simulated, and nothing is served.
  const receivers = { webhookUrl: 'http://unused.sim/', webhookSecret: `whsec_${'A'.repeat(32)}`, telegramRoot: 'http://unused.sim', telegramToken: 'unused', telegramChat: 1 };
  const base = drillConfig(scenario, { addresses, chainUrl: 'http://node-a.sim', token, store: 'unused', warnings: 'unused', apiPort: 0, receivers });
  const chains = base['chains'] as Readonly<Record<string, { readonly labels: unknown }>>;
  const rule = { clearForSeconds: 60 };
  const text = JSON.stringify({
    ...base,
    chains: {
      [scenario.config.chain]: {
        labels: defined(chains[scenario.config.chain], 'the chain of the scenario').labels, endpoints: ['http://node-a.sim', 'http://node-b.sim'],
        feed: { pollEveryMs: 2_500, watermarkDelayMs: 500, stallAfterMs: 60_000, requestTimeoutMs: 4_000, maxBackoffMs: 8_000, maxReorgDepth: 16, quarantineRepeats: 100, startBlock: 0, finality: { confirmations: 32 } },
      },
    },
    collect: { watermarkEveryMs: 2_500, watermarkDelayMs: 100, deepEveryMs: 15_000, pollEveryMs: 10_000, maxFrameBytes: 262_144 },
    scoring: { everyMs: tickMs, latenessMs: patience === 'forever' ? 600_000 : 8_000, staleAfterMs: 150_000, horizonSeconds: 240 },
    alerting: {
      rules: { cascadeIgnition: rule, ignitionDrop: rule, depositsIssuer: rule, depositsCluster: rule, depthDrop: rule },
      lifecycle: { updateEverySeconds: 60, expireAfterSeconds: 300, maxGapSeconds: 60 },
    },
  });
  const parsed = parseConfig(text, () => '');
  if (!parsed.ok) throw new Error(`the config of the simulation is wrong: ${JSON.stringify(parsed.error)}`);
  return parsed.value;
}
