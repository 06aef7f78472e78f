import { at, listOf, mappingOf, readYaml, textOf, type Mapping } from './yaml.ts';

/** What rendered objects are compared with. */
export interface ManifestFacts {
  /** Where the release is put. */
  readonly namespace: string;
  /** Secrets that whoever installs the chart has made, with their keys. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** What is wrong with a config of the daemon, in words; `readable` says which files it could read. */
  readonly configProblems: (text: string, readable: (path: string) => boolean) => readonly string[];
  /** Most workers that find something to do. */
  readonly partitions: number;
}

/** The objects of a text of several YAML documents. */
export function readManifests(text: string): readonly Mapping[] {
  return text.split(/^---$/m).filter((part) => part.replace(/^\s*#.*$/gm, '').trim() !== '').map((part) => mappingOf(readYaml(part)));
}

const stages = ['collect', 'score', 'alert'] as const;
const nameOf = (object: Mapping): string => textOf(at(object, 'metadata', 'name'));
const labelled = (object: unknown): string => `${textOf(at(object, 'kind'))} ${textOf(at(object, 'metadata', 'name'))}`;
const fits = (selector: unknown, labels: unknown): boolean => Object.keys(mappingOf(selector)).length > 0 && Object.entries(mappingOf(selector)).every(([key, value]) => mappingOf(labels)[key] === value);
const ofKind = (objects: readonly Mapping[], kind: string): readonly Mapping[] => objects.filter((object) => object['kind'] === kind);

/** Everything that does not hold together in the objects of an installation, in words; empty when all of it does. */
export function manifestProblems(objects: readonly Mapping[], facts: ManifestFacts): readonly string[] {
  const ids = objects.map((object) => `${textOf(object['apiVersion'])} ${labelled(object)}`);
  const workloads = ofKind(objects, 'StatefulSet');
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i || !/^\S+ \S+ [a-z0-9][-a-z0-9.]{0,62}$/.test(id)).map((id) => `${id} stands twice, or has no name`),
    ...stages.filter((stage) => stage !== 'collect' && workloads.filter((one) => labelOf(one, 'app.kubernetes.io/component') === stage).length !== 1).map((stage) => `there must be one StatefulSet of ${stage}`),
    ...shardProblems(workloads, objects),
    ...workloads.flatMap((workload) => workloadProblems(workload, objects, facts).map((problem) => `${labelled(workload)}: ${problem}`)),
    ...serviceProblems(objects),
    ...selectorProblems(objects),
    ...autoscalerProblems(objects, facts.partitions),
  ];
}

const labelOf = (workload: Mapping, label: string): string => textOf(at(workload, 'spec', 'template', 'metadata', 'labels', label));

/** Shards are numbered from 0 up to what their config says, each by one StatefulSet. */
function shardProblems(workloads: readonly Mapping[], objects: readonly Mapping[]): readonly string[] {
  const found = workloads.filter((one) => labelOf(one, 'app.kubernetes.io/component') === 'collect').map((one) => labelOf(one, 'breakwater/shard')).sort();
  const config = textOf(at(ofKind(objects, 'ConfigMap')[0], 'data', 'collect.yaml'));
  const count = config === '' ? 0 : Number(at(readYaml(config.replace(/_file"/g, '_path"')), 'collect', 'shards'));
  const wanted = Array.from({ length: count }, (_, i) => String(i)).sort();
  return found.join() === wanted.join() && count > 0 ? [] : [`the shards of collect are ${found.join()}, the config says ${wanted.join()}`];
}

function workloadProblems(workload: Mapping, objects: readonly Mapping[], facts: ManifestFacts): readonly string[] {
  const template = at(workload, 'spec', 'template');
  const container = mappingOf(at(template, 'spec', 'containers', 0));
  const labels = at(template, 'metadata', 'labels');
  const said: readonly (readonly [boolean, string])[] = [
    [fits(at(workload, 'spec', 'selector', 'matchLabels'), labels), 'its selector does not fit its pods'],
    [ofKind(objects, 'Service').some((service) => nameOf(service) === at(workload, 'spec', 'serviceName') && at(service, 'spec', 'clusterIP') === 'None' && fits(at(service, 'spec', 'selector'), labels)), 'its headless Service is not there'],
    [ofKind(objects, 'ServiceAccount').some((account) => nameOf(account) === at(template, 'spec', 'serviceAccountName')), 'its ServiceAccount is not there'],
    [at(template, 'spec', 'automountServiceAccountToken') === false, 'it is given a token of the cluster'],
    [at(template, 'spec', 'securityContext', 'runAsNonRoot') === true && Number(at(template, 'spec', 'securityContext', 'runAsUser')) > 0, 'it may run as root'],
    [at(template, 'spec', 'securityContext', 'seccompProfile', 'type') === 'RuntimeDefault', 'it has no seccomp profile'],
    [at(container, 'securityContext', 'readOnlyRootFilesystem') === true && at(container, 'securityContext', 'allowPrivilegeEscalation') === false, 'its root can be written, or privileges gained'],
    [at(container, 'securityContext', 'capabilities', 'drop', 0) === 'ALL' && at(container, 'securityContext', 'capabilities', 'add') === undefined, 'it keeps capabilities'],
    [at(container, 'resources', 'requests', 'memory') !== undefined && at(container, 'resources', 'limits', 'memory') !== undefined, 'its memory has no bound'],
    [/(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/.test(textOf(container['image'])), `its image ${textOf(container['image'])} is not a whole version`],
  ];
  return [...said.filter(([ok]) => !ok).map(([, what]) => what), ...probeProblems(container), ...mountProblems(workload, container, objects, facts)];
}

function probeProblems(container: Mapping): readonly string[] {
  const ports = listOf(container['ports']).map((port) => textOf(at(port, 'name')));
  const wanted = [['startupProbe', '/healthz'], ['livenessProbe', '/healthz'], ['readinessProbe', '/readyz']] as const;
  return wanted.filter(([probe, path]) => at(container, probe, 'httpGet', 'path') !== path || !ports.includes(textOf(at(container, probe, 'httpGet', 'port')))).map(([probe]) => `${probe} asks nothing that is served`);
}

/** Every mount has a volume, every volume what it is made of, and the config is one that the daemon takes with the files it is given. */
function mountProblems(workload: Mapping, container: Mapping, objects: readonly Mapping[], { namespace, secrets, configProblems }: ManifestFacts): readonly string[] {
  const volumes = listOf(at(workload, 'spec', 'template', 'spec', 'volumes')).map(mappingOf);
  const claims = listOf(at(workload, 'spec', 'volumeClaimTemplates')).map((claim) => nameOf(mappingOf(claim)));
  const mounts = listOf(container['volumeMounts']).map(mappingOf);
  const names = new Set([...volumes.map((volume) => textOf(volume['name'])), ...claims]);
  const items = volumes.flatMap((volume) => [...listOf(at(volume, 'projected', 'sources')).map((source) => at(source, 'secret')), volume['secret']]).filter((secret) => secret !== undefined)
    .flatMap((secret) => listOf(at(secret, 'items')).map((item) => ({ secret: textOf(at(secret, 'name') ?? at(secret, 'secretName')), key: textOf(at(item, 'key')), path: textOf(at(item, 'path')) })));
  const readable = (path: string): boolean => mounts.some(({ name, mountPath }) => volumes.some((volume) => volume['name'] === name && volume['projected'] !== undefined && items.some((item) => path === `${textOf(mountPath)}/${item.path}`)));
  const config = volumes.find((volume) => volume['configMap'] !== undefined);
  const map = ofKind(objects, 'ConfigMap').find((object) => nameOf(object) === at(config, 'configMap', 'name'));
  const key = textOf(at(config, 'configMap', 'items', 0, 'key'));
  const text = textOf(at(map, 'data', key));
  const args = listOf(container['args']).map(textOf);
  const mounted = `${textOf(mounts.find(({ name }) => name === config?.['name'])?.['mountPath'])}/${textOf(at(config, 'configMap', 'items', 0, 'path'))}`;
  const stage = labelOf(workload, 'app.kubernetes.io/component');
  const port = (name: string): unknown => at(listOf(container['ports']).find((one) => at(one, 'name') === name), 'containerPort');
  const certificates = listOf(container['env']).filter((one) => at(one, 'name') === 'NODE_EXTRA_CA_CERTS').map((one) => textOf(at(one, 'value')));
  if (text === '') return ['its config is not there'];
  const written = readYaml(text.replace(/_file"/g, '_path"'));
  // Kubernetes puts a pod's own name in, from a variable that must be there; below its headless Service that is a name in the cluster.
  const podName = listOf(container['env']).some((one) => at(one, 'name') === 'POD_NAME' && at(one, 'valueFrom', 'fieldRef', 'fieldPath') === 'metadata.name') ? '$(POD_NAME)' : '';
  const address = `${at(written, 'alerting', 'api', 'tls') === undefined ? 'http' : 'https'}://${podName}.${textOf(at(workload, 'spec', 'serviceName'))}.${namespace}.svc:8710/`;
  return [
    ...mounts.filter(({ name }) => !names.has(textOf(name))).map(({ name }) => `the volume ${textOf(name)} is not there`),
    ...items.filter(({ secret, key: wanted }) => secrets[secret]?.includes(wanted) !== true).map(({ secret, key: wanted }) => `the secret ${secret} has no ${wanted}`),
    ...items.filter((item, i) => items.findIndex((other) => other.path === item.path) !== i).map(({ path }) => `two secrets are put at ${path}`),
    ...configProblems(text, readable),
    ...[...certificates, ...['certFile', 'keyFile'].map((file) => textOf(at(written, 'alerting', 'api', 'tls', file)))].filter((path) => path !== '' && !readable(path)).map((path) => `${path} is not mounted`),
    ...(args.join(' ') === `start --config ${mounted} --stage ${stage}${stage === 'collect' ? ` --shard ${labelOf(workload, 'breakwater/shard')}` : ''}${port('api') === undefined ? '' : ` --address ${address}`}` ? [] : [`it is started by '${args.join(' ')}'`]),
    ...(mounts.some(({ name, mountPath }) => mountPath === '/var/lib/breakwater' && claims.includes(textOf(name))) ? [] : ['its state is on no volume']),
    ...(at(written, 'probes', 'port') === port('probes') ? [] : ['its probes are at another port than the pod says']),
    ...(port('api') === undefined || port('api') === (at(written, 'alerting', 'api', 'port') ?? 8_710) ? [] : ['its API is at another port than the pod says']),
  ];
}

/** Names of the ports of all containers that a selector takes in. */
function portsBehind(selector: unknown, objects: readonly Mapping[]): readonly string[] | undefined {
  const found = ofKind(objects, 'StatefulSet').filter((workload) => fits(selector, at(workload, 'spec', 'template', 'metadata', 'labels')));
  return found.length === 0 ? undefined : [...new Set(found.flatMap((workload) => listOf(at(workload, 'spec', 'template', 'spec', 'containers', 0, 'ports')).map((port) => textOf(at(port, 'name')))))];
}

function serviceProblems(objects: readonly Mapping[]): readonly string[] {
  return ofKind(objects, 'Service').flatMap((service) => {
    const ports = portsBehind(at(service, 'spec', 'selector'), objects);
    if (ports === undefined) return [`${labelled(service)} selects no pod`];
    return listOf(at(service, 'spec', 'ports')).filter((port) => !ports.includes(textOf(at(port, 'targetPort')))).map((port) => `${labelled(service)} leads to the port ${textOf(at(port, 'targetPort'))}, which no pod has`);
  });
}

function selectorProblems(objects: readonly Mapping[]): readonly string[] {
  const policies = [...ofKind(objects, 'PodDisruptionBudget').map((one) => [one, at(one, 'spec', 'selector', 'matchLabels')] as const), ...ofKind(objects, 'NetworkPolicy').map((one) => [one, at(one, 'spec', 'podSelector', 'matchLabels')] as const)];
  const monitors = ofKind(objects, 'ServiceMonitor').filter((monitor) => !ofKind(objects, 'Service').some((service) =>
    fits(at(monitor, 'spec', 'selector', 'matchLabels'), at(service, 'metadata', 'labels')) && listOf(at(service, 'spec', 'ports')).some((port) => at(port, 'name') === at(monitor, 'spec', 'endpoints', 0, 'port'))));
  return [
    ...policies.filter(([, selector]) => portsBehind(selector, objects) === undefined).map(([object]) => `${labelled(object)} selects no pod`),
    ...ofKind(objects, 'NetworkPolicy').flatMap((policy) => {
      const ports = portsBehind(at(policy, 'spec', 'podSelector', 'matchLabels'), objects) ?? [];
      const opened = listOf(at(policy, 'spec', 'ingress')).flatMap((rule) => listOf(at(rule, 'ports')).map((port) => textOf(at(port, 'port'))));
      return ports.join() === opened.join() ? [] : [`${labelled(policy)} lets in to ${opened.join()}, the pod serves ${ports.join()}`];
    }),
    ...monitors.map((monitor) => `${labelled(monitor)} finds no Service with its port`),
  ];
}

function autoscalerProblems(objects: readonly Mapping[], partitions: number): readonly string[] {
  return ofKind(objects, 'HorizontalPodAutoscaler').flatMap((scaler) => {
    const target = ofKind(objects, 'StatefulSet').find((workload) => nameOf(workload) === at(scaler, 'spec', 'scaleTargetRef', 'name'));
    return [
      ...(target === undefined ? [`${labelled(scaler)} scales nothing that is there`] : []),
      ...(at(target, 'spec', 'replicas') === undefined ? [] : [`${labelled(scaler)}: an upgrade would undo what it chose`]),
      ...(Number(at(scaler, 'spec', 'maxReplicas')) <= partitions ? [] : [`${labelled(scaler)}: only ${partitions} workers find something to do`]),
    ];
  });
}
