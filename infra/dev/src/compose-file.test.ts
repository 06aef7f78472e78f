import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@breakwater/daemon/config';
import { composeProblems, type ComposeFacts } from './compose-file.ts';
import { root } from './env.ts';
import { hasPromtool, promtool } from './prometheus.ts';
import { requireProgram } from './servers.ts';
import { at, readYaml } from './yaml.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const composer = requireProgram('docker-compose', 'apt-get install docker-compose');
const config = (file: string): { readonly printed: string } => ({ printed: execFileSync('docker-compose', ['-f', file, 'config'], { cwd: root, encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] }) });

const daemonText = read('infra/compose/breakwater.yaml');
// As written: secrets are names of files.
const unread = (text: string): unknown => readYaml(text.replace(/_file:/g, '_file_:'));
const facts: ComposeFacts = { exists: existsSync, daemon: JSON.parse(JSON.stringify(unread(daemonText)).replace(/_file_"/g, '_file"')), prometheus: readYaml(read('infra/compose/prometheus.yaml')) };

(composer ? describe : describe.skip)('infra/compose.yaml', () => {
  it('is clean for docker-compose, hardened, and everything it names is there', () => {
    const { printed } = config('infra/compose.yaml');
    expect(composeProblems(readYaml(printed), facts)).toEqual([]);
  });

  it('is checked: each of these changes is a problem', () => {
    const { printed } = config('infra/compose.yaml');
    const problems = (from: string | RegExp, to: string): readonly string[] => {
      const changed = printed.replace(from, to);
      expect(changed).not.toBe(printed);
      return composeProblems(readYaml(changed), facts);
    };
    expect(problems('cap_drop:\n    - ALL', 'cap_drop:\n    - NET_RAW')).toEqual(['alert must drop all capabilities']);
    expect(problems('no-new-privileges:true', 'no-new-privileges:false')).toEqual(['alert must not gain privileges']);
    expect(problems('127.0.0.1:8710:8710/tcp', '8710:8710/tcp')).toContain('alert may be reached from this machine only');
    expect(problems('read_only: true', 'read_only: false')).toEqual(['alert must have a read-only root']);
    expect(problems('mem_limit: 1g', 'mem_swappiness: 0')).toEqual(['alert needs mem_limit, cpus and pids_limit']);
    expect(problems('--stage\n    - score', '--stage\n    - scores')).toHaveLength(1);
    expect(problems('- source: console-token', '- source: consoletoken')).toHaveLength(2);
    expect(problems('- alert:/var/lib', '- alerts:/var/lib')).toEqual(['alert wants the volume alerts, which is not defined']);
    expect(problems('infra/compose:/etc', 'infra/composed:/etc')).toHaveLength(1);
    expect(problems('PLAINTEXT://kafka:9092', 'PLAINTEXT://broker:9092')).toHaveLength(1);
    expect(problems('BREAKWATER_HEALTH_URL: http://127.0.0.1:8711', 'BREAKWATER_HEALTH_URL: http://127.0.0.1:8712')).toHaveLength(1);
    expect(problems('condition: service_healthy', 'condition: service_started')).toHaveLength(1);
    expect(problems(/image: grafana.*/, 'image: grafana/grafana:latest')).toEqual(['grafana needs an image of a whole version']);
  });

  it('is refused by docker-compose when it is no composition', () => {
    expect(() => config('infra/compose/prometheus.yaml')).toThrow();
  });
});

describe('what infra/compose.yaml mounts', () => {
  it('is a config that the daemon takes, with Kafka for its stages and nothing open without a token', () => {
    const parsed = parseConfig(daemonText, (path) => `${path.replace(/\W/g, '')}-of-24-characters-or-more`);
    expect(parsed).toMatchObject({ ok: true, value: { alerting: { api: { host: '0.0.0.0', tokens: [{ role: 'committee' }] } } } });
    expect(parseConfig(daemonText.replace(', tokens: [{ name: console, role: committee, token_file: /run/secrets/console-token }]', ''), () => 'x')).toMatchObject({ ok: false });
  });

  it('gives Prometheus a job of the name that the alert rules ask for', async () => {
    const job = String(at(facts.prometheus, 'scrape_configs', 0, 'job_name'));
    expect(read('infra/prometheus/alerts.yaml')).toContain(`up{job="${job}"}`);
    if (!hasPromtool()) return;
    expect(await promtool(join(root, 'infra/compose'), ['check', 'config', '--syntax-only', 'prometheus.yaml'])).toMatchObject({ isContent: true });
  });

  it('keeps its secrets out of git and out of the image', () => {
    expect(read('.gitignore').split('\n')).toContain('/infra/secrets/');
    expect(read('.dockerignore').split('\n')).toContain('**/secrets');
  });
});
