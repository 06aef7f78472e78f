import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { apiRoutes, topics } from '@breakwater/contracts';
import { parseConfig } from '@breakwater/daemon/config';
import { root } from './env.ts';
import { findHelm, runHelm } from './helm.ts';
import { manifestProblems, readManifests, type ManifestFacts } from './manifests.ts';
import { at, listOf, readYaml, type Mapping } from './yaml.ts';

const helm = await findHelm();
const chart = 'infra/helm/breakwater';
const examples = readdirSync(join(root, 'infra/helm/examples')).sort();
/** Helm built by Go takes itself for one of an old cluster. */
const cluster = ['--kube-version', '1.33.0'];
const folder = mkdtempSync(join(tmpdir(), 'breakwater-helm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const facts: ManifestFacts = {
  namespace: 'risk',
  partitions: topics.assets.partitions,
  secrets: {
    'breakwater-rpc': ['url'], 'breakwater-telegram': ['token'], 'breakwater-webhooks': ['okx'], 'breakwater-influx': ['password', 'token'], 'breakwater-signing': ['seed'],
    'kafka-ca': ['ca.crt'], 'kafka-breakwater': ['password'], 'breakwater-tokens': ['ada', 'okx'], 'breakwater-tls': ['tls.crt', 'tls.key'],
  },
  configProblems: (text, readable) => {
    const parsed = parseConfig(text, (path) => {
      if (!readable(path)) throw new Error('not mounted');
      return path.endsWith('rpc') ? 'https://rpc.example.com/key' : path.endsWith('okx') ? 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' : path.endsWith('telegram') ? '123:abc' : `${path.replace(/\W/g, '')}-of-24-characters-or-more`;
    });
    return parsed.ok ? [] : parsed.error.map(({ path, rule, got }) => `${path}: ${rule}, got ${got}`);
  },
};

const template = (...args: readonly string[]): ReturnType<typeof runHelm> => runHelm(helm ?? '', ['template', 'bw', chart, '--namespace', 'risk', ...cluster, ...args]);
const render = async (example: string): Promise<readonly Mapping[]> => {
  const rendered = await template('--values', `infra/helm/examples/${example}`);
  expect(rendered).toMatchObject({ isContent: true, err: '' });
  return readManifests(rendered.out);
};
const kinds = (objects: readonly Mapping[]): readonly string[] => [...new Set(objects.map(({ kind }) => String(kind)))].sort();

(helm === undefined ? describe.skip : describe)('infra/helm/breakwater', () => {
  it('is clean for helm lint, bare and with each example', async () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
    for (const values of [[], ...examples.map((example) => ['--values', `infra/helm/examples/${example}`])]) {
      expect([values, await runHelm(helm ?? '', ['lint', chart, '--strict', ...cluster, ...values])]).toEqual([values, expect.objectContaining({ isContent: true, out: expect.stringContaining('0 chart(s) failed') })]);
    }
  });

  it('has the version of the daemon', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'services/daemon/package.json'), 'utf8')) as { readonly version: string };
    expect(at(readYaml(readFileSync(join(root, chart, 'Chart.yaml'), 'utf8')), 'appVersion')).toBe(version);
  });

  it.each(examples)('holds together with %s: every name, port, secret and selector leads somewhere, and the daemon takes each config', async (example) => {
    expect(manifestProblems(await render(example), facts)).toEqual([]);
  });

  it('has what the examples ask for', async () => {
    const all = ['ConfigMap', 'PodDisruptionBudget', 'Service', 'ServiceAccount', 'StatefulSet'];
    expect(kinds(await render('minimal.yaml'))).toEqual(all);
    expect(kinds(await render('cluster.yaml'))).toEqual([...all, 'HorizontalPodAutoscaler', 'NetworkPolicy', 'ServiceMonitor'].sort());
  });

  it('tells only alert of recipients, and gives only alert their secrets', async () => {
    const objects = await render('cluster.yaml');
    const configs = at(objects.find(({ kind }) => kind === 'ConfigMap'), 'data');
    expect(['collect', 'score', 'alert'].map((stage) => String(at(configs, `${stage}.yaml`)).includes('telegram'))).toEqual([false, false, true]);
    const secretsOf = (stage: string): string => JSON.stringify(objects.find(({ kind, metadata }) => kind === 'StatefulSet' && at(metadata, 'name') === `bw-breakwater-${stage}${stage === 'collect' ? '-0' : ''}`));
    expect(['collect', 'score', 'alert'].map((stage) => [secretsOf(stage).includes('breakwater-telegram'), secretsOf(stage).includes('breakwater-rpc'), secretsOf(stage).includes('breakwater-influx')]))
      .toEqual([[false, true, false], [false, true, true], [true, true, true]]);
  });

  it('lets out to no port that is not named: a rule without ports would be one for all of them', async () => {
    const rulesOf = async (ports: string): Promise<readonly (readonly unknown[])[]> => {
      const { out } = await template('--values', 'infra/helm/examples/minimal.yaml', '--set', 'networkPolicy.enabled=true', '--set-json', `networkPolicy.egressPorts=${ports}`);
      return readManifests(out).filter(({ kind }) => kind === 'NetworkPolicy').map((policy) => listOf(at(policy, 'spec', 'egress')).map((rule) => listOf(at(rule, 'ports')).map((port) => at(port, 'port'))));
    };
    expect(await rulesOf('[443,8443]')).toEqual([[[53, 53], [9092], [443, 8443]], [[53, 53], [9092]], [[53, 53], [9092], [443, 8443]]]);
    expect(await rulesOf('[]')).toEqual([[[53, 53], [9092]], [[53, 53], [9092]], [[53, 53], [9092]]]);
  });

  it('keeps addresses and long numbers of the config as they are', async () => {
    const [config] = (await render('cluster.yaml')).filter(({ kind }) => kind === 'ConfigMap').map((object) => JSON.parse(String(at(object, 'data', 'alert.yaml'))) as unknown);
    expect(at(config, 'chains', 'eip155:1', 'labels')).toEqual({ '0x28c6c06298d514db089934071355e5743bf21d60': 'exchange:binance' });
    expect(at(config, 'alerting', 'notifiers', 'telegram', 'chats')).toEqual(['@omrisk', -1_001_234_567_890]);
    expect(at(config, 'assets', 'INJ', 'float')).toBe(100_000_000);
  });

  it('is checked: each of these changes is a problem', async () => {
    const text = (await template('--values', 'infra/helm/examples/cluster.yaml')).out;
    const problems = (from: string | RegExp, to: string): readonly string[] => {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      return manifestProblems(readManifests(changed), facts);
    };
    expect(problems('configMap: { name: bw-breakwater,', 'configMap: { name: bw-breakwaters,')).toHaveLength(1);
    expect(problems('serviceName: bw-breakwater-score', 'serviceName: bw-breakwater-scores')).toEqual(['StatefulSet bw-breakwater-score: its headless Service is not there']);
    expect(problems('targetPort: probes', 'targetPort: probe')).toHaveLength(1);
    expect(problems('readyz, port: probes', 'readyz, port: api')).toEqual([expect.stringContaining('readinessProbe')]);
    expect(problems('readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false')).toHaveLength(1);
    expect(problems('drop: [ALL]', 'drop: [NET_RAW]')).toHaveLength(1);
    expect(problems('"breakwater-rpc"', '"breakwater-rcp"')).toEqual([expect.stringContaining('breakwater-rcp has no url')]);
    expect(problems('path: "eth-rpc"', 'path: "rpc"')).toEqual([expect.stringContaining('chains.eip155:1.endpoints')]);
    expect(problems('containerPort: 8711', 'containerPort: 8712')).toHaveLength(1);
    expect(problems('--stage, score', '--stage, alert')).toHaveLength(1);
    expect(problems(/"probes": \{/, '"prober": {')).not.toEqual([]);
    expect(problems('kind: StatefulSet, name: bw-breakwater-score', 'kind: StatefulSet, name: bw-breakwater-scorer')).toHaveLength(1);
    expect(problems('--shard, "1"', '--shard, "0"')).toHaveLength(1);
    expect(problems(/breakwater\/shard: "1"/g, 'breakwater/shard: "2"')).not.toEqual([]);
    expect(problems('maxReplicas: 8', 'maxReplicas: 48')).toHaveLength(1);
    expect(problems(/podSelector:\n\s+matchLabels:\n\s+app.kubernetes.io\/name: breakwater/, 'podSelector:\n    matchLabels:\n      app.kubernetes.io/name: breakwaters')).not.toEqual([]);
    expect(problems('mountPath: /var/lib/breakwater }', 'mountPath: /data }')).toHaveLength(1);
  });

  it('says of each instance of alert where others reach it', async () => {
    const text = (await template('--values', 'infra/helm/examples/console.yaml')).out;
    const objects = readManifests(text);
    const [alert] = objects.filter((object) => at(object, 'kind') === 'StatefulSet' && at(object, 'metadata', 'labels', 'app.kubernetes.io/component') === 'alert');
    expect(listOf(at(alert, 'spec', 'template', 'spec', 'containers', 0, 'args'))).toEqual(expect.arrayContaining(['--address', expect.stringMatching(/^https?:\/\/\$\(POD_NAME\)\.[a-z-]+-alert\.risk\.svc:8710\/$/)]));
    for (const [from, to] of [['fieldPath: metadata.name', 'fieldPath: metadata.uid'], ['-alert.risk.svc', '-score.risk.svc']] as const) {
      expect(manifestProblems(readManifests(text.replace(from, to)), facts)).toEqual([expect.stringContaining('it is started by')]);
    }
  });

  it('refuses values that would not work, and says why', async () => {
    const refused = async (yaml: string): Promise<string> => {
      const file = join(folder, 'values.yaml');
      writeFileSync(file, yaml);
      const { isContent, err } = await template('--values', 'infra/helm/examples/minimal.yaml', '--values', file);
      expect([yaml, isContent]).toEqual([yaml, false]);
      return err;
    };
    expect((await template()).err).toContain('name at least one asset');
    expect(await refused('api: { exposed: true }')).toContain('api.tokens');
    expect(await refused('api: { exposed: true, tokens: [{ name: ada, secret: s, key: k }] }')).toContain('api.tls.secret');
    expect(await refused('alert: { replicas: 2 }')).toContain('signingKey');
    expect(await refused('collect: { shards: 0 }')).toContain('shards');
    expect(await refused('config: { collect: { shards: 2 } }')).toContain('collect');
    expect(await refused('kafka: { sasl: { mechanism: plain, username: u, secret: s, key: k } }')).toContain('kafka.ssl');
    expect(await refused('config: { bus: {} }')).toContain('config');
    expect(await refused('config: { alerting: { api: { host: 0.0.0.0 } } }')).toContain('alerting');
    expect(await refused('influx: { url: "http://i:8086", username: u }')).toContain('influx');
    expect(await refused('score: { autoscaling: { maxReplicas: 48 } }')).toContain('maxReplicas');
    expect(await refused('secretFiles: [{ name: kafka-password, secret: s, key: k }]')).toContain('secretFiles');
    const secrets: readonly (readonly [string, string, string])[] = [
      ['alerting: { notifiers: { telegram: { token: "1:x", chats: ["@a"] } } }', 'config.alerting.notifiers.telegram.token', 'token_file: /secrets/<name>'],
      ['alerting: { notifiers: { webhooks: { okx: { url: "https://r.example.com/", secret: whsec_x } } } }', 'config.alerting.notifiers.webhooks.okx.secret', 'secret_file: /secrets/<name>'],
      ['telemetry: { otlp: { url: "http://otel:4318/v1/traces", authorization: Bearer x } }', 'config.telemetry.otlp.authorization', 'authorization_file: /secrets/<name>'],
      ['venues: { binance: { logins: [{ password: x }] } }', 'config.venues.binance.logins.0.password', 'password_file: /secrets/<name>'],
    ];
    for (const [config, path, form] of secrets) {
      const said = await refused(`config: { ${config} }`);
      expect(said).toContain(`${path}: no secret in the config`);
      expect(said).toContain(form);
    }
    expect(await refused('podDisruptionBudgets: {}')).toContain('podDisruptionBudgets');
  });

  it('has a schema that knows every value', () => {
    const values = readYaml(readFileSync(join(root, chart, 'values.yaml'), 'utf8'));
    const schema = JSON.parse(readFileSync(join(root, chart, 'values.schema.json'), 'utf8')) as Mapping;
    expect(Object.keys(at(schema, 'properties') as Mapping).filter((key) => key !== 'global').sort()).toEqual(Object.keys(values as Mapping).sort());
    for (const stage of ['collect', 'score', 'alert']) expect(Object.keys(at(schema, 'properties', stage, 'properties') as Mapping).sort()).toEqual(Object.keys(at(values, stage) as Mapping).sort());
    expect(at(schema, 'properties', 'score', 'properties', 'autoscaling', 'properties', 'maxReplicas', 'maximum')).toBe(topics.assets.partitions);
    expect(listOf(at(schema, 'properties', 'api', 'properties', 'tokens', 'items', 'properties', 'role', 'enum')).map(String).sort()).toEqual([...new Set(apiRoutes.map(({ role }) => role))].sort());
    expect(listOf(at(schema, 'required'))).toEqual(['config', 'kafka']);
  });
});
