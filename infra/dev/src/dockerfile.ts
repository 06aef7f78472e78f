/**
 * What `infra/Dockerfile` is held to where there is no Docker: the few instructions it has are read as https://docs.docker.com/reference/dockerfile/ (read 2026-11-27) says.
 */

/** One instruction: its name, the rest of its line, and the stage it is in (by name, the last one `final`). */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly stage: string;
}

/** What the file is compared with. */
export interface ImageFacts {
  /** Whether git has this path; folders end with nothing. */
  readonly exists: (path: string) => boolean;
  /** Whether `.dockerignore` keeps a path out of the build. */
  readonly ignored: (path: string) => boolean;
  /** Folders of all workspaces. */
  readonly workspaces: readonly string[];
  /** Folders of the workspaces that the daemon needs, itself among them. */
  readonly needed: readonly string[];
  /** Least version of Node that `engines` allows: `20.19`. */
  readonly leastNode: string;
}

/** The instructions of a file, comments left out and continued lines joined. */
export function readDockerfile(text: string): readonly Instruction[] {
  const joined = text.split('\n').filter((line) => !line.startsWith('#')).join('\n').replace(/\\\n\s*/g, '');
  let stage = '';
  return joined.split('\n').filter((line) => line.trim() !== '').map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stage = / AS (\S+)$/.exec(rest)?.[1] ?? 'final';
    return { name, rest, stage };
  });
}

/** Everything that is wrong with a Dockerfile, in words; empty when nothing is. */
export function dockerfileProblems(text: string, facts: ImageFacts): readonly string[] {
  const all = readDockerfile(text);
  return [...baseProblems(all, facts.leastNode), ...copyProblems(all, facts), ...packageProblems(all, facts), ...userProblems(all), ...secretProblems(all), ...endProblems(all)];
}

function baseProblems(all: readonly Instruction[], leastNode: string): readonly string[] {
  const version = /^NODE_VERSION=(\d+\.\d+\.\d+)$/.exec(all.find(({ name }) => name === 'ARG')?.rest ?? '')?.[1];
  if (version === undefined) return ['NODE_VERSION must be pinned to a whole version'];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = leastNode.split('.').map(Number);
  const known = new Set<string>();
  const strange = all.filter(({ name }) => name === 'FROM').flatMap(({ rest, stage }) => {
    const [base = ''] = rest.split(' ');
    const ok = base === 'node:${NODE_VERSION}-bookworm-slim' || known.has(base);
    known.add(stage);
    return ok ? [] : [`FROM ${base} is neither the pinned image nor an earlier stage`];
  });
  return [...(major > leastMajor || (major === leastMajor && minor >= leastMinor) ? [] : [`Node ${version} is older than engines allow (${leastNode})`]), ...strange];
}

interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly to: string;
  readonly stage: string;
}

function copies(all: readonly Instruction[]): readonly Copy[] {
  return all.filter(({ name }) => name === 'COPY').map(({ rest, stage }) => {
    const words = rest.split(/\s+/);
    const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
    return { from, sources: words.slice(0, -1), to: words.at(-1) ?? '', stage };
  });
}

function copyProblems(all: readonly Instruction[], { exists, ignored }: ImageFacts): readonly string[] {
  const stages = new Set(all.map(({ stage }) => stage));
  return copies(all).flatMap(({ from, sources }) => {
    if (from !== undefined) return stages.has(from) ? [] : [`COPY --from=${from}: no such stage`];
    return sources.filter((source) => source !== '.' && (!exists(source) || ignored(source))).map((source) => `COPY ${source}: ${exists(source) ? 'kept out by .dockerignore' : 'not there'}`);
  });
}

/** Each workspace's package.json before anything is installed; in the end what was built of those the daemon needs, and of no others. */
function packageProblems(all: readonly Instruction[], { workspaces, needed }: ImageFacts): readonly string[] {
  const manifests = new Map(copies(all).filter(({ stage }) => stage === 'manifests').flatMap(({ sources, to }) => sources.map((source) => [source, to] as const)));
  const built = copies(all).filter(({ stage, from }) => stage === 'final' && from === 'build').flatMap(({ sources, to }) => sources.map((source) => [source, to] as const));
  const wanted = new Set(needed.map((folder) => `/app/${folder}/dist`));
  return [
    ...workspaces.filter((folder) => manifests.get(`${folder}/package.json`) !== `${folder}/`).map((folder) => `${folder}/package.json must be copied to ${folder}/ in the stage manifests`),
    ...[...wanted].filter((path) => !built.some(([source]) => source === path)).map((path) => `${path} must be copied into the image: the daemon needs it`),
    ...built.filter(([source]) => source.endsWith('/dist') && !wanted.has(source)).map(([source]) => `${source} is not needed by the daemon`),
    ...built.filter(([source, to]) => source !== to).map(([source, to]) => `${source} must stay where it was, not go to ${to}`),
  ];
}

function userProblems(all: readonly Instruction[]): readonly string[] {
  const final = all.filter(({ stage }) => stage === 'final');
  const user = final.findIndex(({ name }) => name === 'USER');
  if (!/^[1-9]\d*:[1-9]\d*$/.test(final[user]?.rest ?? '')) return ['USER must be a number other than 0, with its group'];
  return final.slice(user).some(({ name }) => name === 'RUN' || name === 'COPY') ? ['nothing may be run or copied after USER: it would belong to the user'] : [];
}

function secretProblems(all: readonly Instruction[]): readonly string[] {
  return all.filter(({ name, rest }) => (name === 'ARG' || name === 'ENV') && /(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|_KEY)/i.test(rest)).map(({ name, rest }) => `${name} ${rest}: layers keep it for everybody`);
}

function endProblems(all: readonly Instruction[]): readonly string[] {
  const last = (name: string): string => all.filter((one) => one.stage === 'final' && one.name === name).at(-1)?.rest ?? '';
  return [
    ...(last('VOLUME') !== '' && last('VOLUME') === last('WORKDIR') ? [] : ['the one volume must be the working folder, so that relative paths of the config are in it']),
    ...(/^\["node", "\/app\/services\/daemon\/bin\/breakwater\.js"\]$/.test(last('ENTRYPOINT')) ? [] : ['ENTRYPOINT must be node and the daemon, as a list: a shell would not pass SIGTERM on']),
    ...(last('HEALTHCHECK').includes('CMD [') ? [] : ['HEALTHCHECK must be a list']),
  ];
}

/** Whether the patterns of a `.dockerignore` keep `path` out: the last one that fits decides, `!` takes back, a folder takes along what is in it. */
export function isIgnored(patterns: string, path: string): boolean {
  let ignored = false;
  for (const line of patterns.split('\n').map((one) => one.trim()).filter((one) => one !== '' && !one.startsWith('#'))) {
    const [takesBack, pattern] = line.startsWith('!') ? [true, line.slice(1)] : [false, line];
    const regex = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*\*\//g, '\u0000').replace(/\*/g, '[^/]*').replaceAll('\u0000', '(?:.*/)?');
    if (new RegExp(`^${regex}(?:/.*)?$`).test(path)) ignored = !takesBack;
  }
  return ignored;
}
