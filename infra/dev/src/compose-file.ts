import { at, listOf, mappingOf, textOf, type Mapping } from './yaml.ts';

/** What `infra/compose.yaml` is compared with. */
export interface ComposeFacts {
  /** Whether a file or folder of the machine is there. */
  readonly exists: (path: string) => boolean;
  /** The daemon's config, as written. */
  readonly daemon: unknown;
  /** Prometheus' config, as written. */
  readonly prometheus: unknown;
}

/** The service that runs each stage. */
const stages = ['collect', 'score', 'alert'] as const;
const isStage = (name: string): boolean => stages.some((stage) => stage === name);

/** Everything that is wrong with a composition as `docker-compose config` prints it, in words; empty when nothing is. */
export function composeProblems(compose: unknown, facts: ComposeFacts): readonly string[] {
  const services = mappingOf(at(compose, 'services'));
  return [
    ...Object.entries(services).flatMap(([name, service]) => [...hardeningProblems(name, mappingOf(service)), ...referenceProblems(name, mappingOf(service), compose, facts)]),
    ...stages.flatMap((stage) => (services[stage] === undefined ? [`no service ${stage}`] : stageProblems(stage, mappingOf(services[stage]), facts))),
    ...addressProblems(services, facts),
  ];
}

/** Nothing that a service does not need: no capabilities, no way to get any, bounds on memory, processor and processes, ports for this machine alone. */
function hardeningProblems(name: string, service: Mapping): readonly string[] {
  const said: readonly (readonly [boolean, string])[] = [
    [textOf(at(service, 'cap_drop', 0)) === 'ALL' && service['cap_add'] === undefined, 'must drop all capabilities'],
    [textOf(at(service, 'security_opt', 0)) === 'no-new-privileges:true', 'must not gain privileges'],
    [service['privileged'] === undefined && service['network_mode'] === undefined && service['pid'] === undefined, 'must not share what is the host’s'],
    [service['mem_limit'] !== undefined && service['cpus'] !== undefined && service['pids_limit'] !== undefined, 'needs mem_limit, cpus and pids_limit'],
    [service['restart'] === 'unless-stopped', 'must be started again'],
    [service['build'] !== undefined || /:v?\d+\.\d+\.\d+$/.test(textOf(service['image'])), 'needs an image of a whole version'],
    [isStage(name) || service['healthcheck'] !== undefined, 'needs a healthcheck'],
    [listOf(service['ports']).every((port) => textOf(port).startsWith('127.0.0.1:')), 'may be reached from this machine only'],
    [!isStage(name) || service['read_only'] === true, 'must have a read-only root'],
  ];
  return said.filter(([ok]) => !ok).map(([, what]) => `${name} ${what}`);
}

/** Whatever a service names must be there: secrets, volumes, files, and services with a healthcheck to wait for. */
function referenceProblems(name: string, service: Mapping, compose: unknown, { exists }: ComposeFacts): readonly string[] {
  const secrets = mappingOf(at(compose, 'secrets'));
  const services = mappingOf(at(compose, 'services'));
  return [
    ...listOf(service['secrets']).map((secret) => textOf(at(secret, 'source')) || textOf(secret)).filter((secret) => secrets[secret] === undefined).map((secret) => `${name} wants the secret ${secret}, which is not defined`),
    ...Object.entries(mappingOf(service['depends_on'])).filter(([other, how]) => services[other] === undefined || at(how, 'condition') !== 'service_healthy').map(([other]) => `${name} waits for ${other}, which is no service or not waited for until it is healthy`),
    ...listOf(service['volumes']).flatMap((volume) => {
      const [from = '', , mode = 'rw'] = textOf(volume).split(':');
      if (!from.startsWith('/')) return mappingOf(at(compose, 'volumes'))[from] === undefined ? [`${name} wants the volume ${from}, which is not defined`] : [];
      return [...(exists(from) ? [] : [`${name} wants ${from}, which is not there`]), ...(mode === 'ro' ? [] : [`${name} may write ${from}`])];
    }),
  ];
}

function stageProblems(stage: string, service: Mapping, { daemon }: ComposeFacts): readonly string[] {
  const command = listOf(service['command']).map(textOf);
  const config = '/etc/breakwater/breakwater.yaml';
  const port = textOf(at(daemon, 'probes', 'port'));
  const given = new Set(listOf(service['secrets']).map((secret) => `/run/secrets/${textOf(at(secret, 'source')) || textOf(secret)}`));
  const wanted = [...JSON.stringify(daemon).matchAll(/"[a-z]+_file":"([^"]+)"/g)].map(([, path = '']) => path);
  const mounts = listOf(service['volumes']).map((volume) => textOf(volume).split(':')[1]);
  return [
    ...(command.join(' ') === `start --config ${config} --stage ${stage}` ? [] : [`${stage} is started by '${command.join(' ')}'`]),
    ...(mounts.includes('/etc/breakwater') && mounts.includes('/var/lib/breakwater') ? [] : [`${stage} needs its config and a volume`]),
    ...(textOf(at(service, 'environment', 'BREAKWATER_HEALTH_URL')) === `http://127.0.0.1:${port}/healthz` ? [] : [`${stage} is not asked for health where its probes are`]),
    ...wanted.filter((path) => !given.has(path)).map((path) => `${stage} is not given ${path}`),
  ];
}

/** Addresses in configs name services, at ports that these serve. */
function addressProblems(services: Mapping, { daemon, prometheus }: ComposeFacts): readonly string[] {
  const advertised = /^PLAINTEXT:\/\/(.*)$/.exec(textOf(at(services, 'kafka', 'environment', 'KAFKA_ADVERTISED_LISTENERS')))?.[1];
  const brokers = listOf(at(daemon, 'bus', 'kafka', 'brokers')).map(textOf);
  const influx = textOf(at(daemon, 'store', 'series', 'influx', 'url'));
  const probes = textOf(at(daemon, 'probes', 'port'));
  const targets = listOf(at(prometheus, 'scrape_configs', 0, 'static_configs')).flatMap((one) => listOf(at(one, 'targets')).map(textOf));
  const served = textOf(at(services, 'alert', 'ports', 0)).replace(/\/tcp$/, '');
  return [
    ...(brokers.join() === advertised && advertised.split(':')[0] === textOf(at(services, 'kafka', 'hostname')) ? [] : [`the daemon is told of ${brokers.join()}, the broker says ${advertised ?? 'nothing'}`]),
    ...(influx === 'http://influxdb:8086' && services['influxdb'] !== undefined ? [] : [`series go to ${influx}, which is no service`]),
    ...(textOf(at(services, 'grafana', 'environment', 'BREAKWATER_INFLUX_URL')) === influx ? [] : ['Grafana reads another database than the daemon writes']),
    ...(targets.join() === stages.map((stage) => `${stage}:${probes}`).join() ? [] : [`Prometheus asks ${targets.join()}, probes are at port ${probes}`]),
    ...(served === `127.0.0.1:8710:${textOf(at(daemon, 'alerting', 'api', 'port')) || '8710'}` ? [] : [`the console is published as ${served}`]),
  ];
}
