import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, requireProgram, startServer, type DevServer } from './servers.ts';

/** How Prometheus comes onto a machine. */
const how = 'apt-get install prometheus (Debian; it brings promtool)';

/** Whether `promtool` is here: see `requireProgram`. */
export function hasPromtool(): boolean {
  return requireProgram('promtool', how);
}

/** Runs `promtool` in a folder, with `input` on its stdin; what it printed, and whether it was content. */
export function promtool(folder: string, args: readonly string[], input = ''): Promise<{ readonly isContent: boolean; readonly printed: string }> {
  return new Promise((resolve) => {
    const child = execFile('promtool', [...args], { cwd: folder, timeout: 60_000 }, (error, stdout, stderr) => resolve({ isContent: error === null, printed: stdout + stderr }));
    child.stdin?.end(input);
  });
}

/** A real Prometheus that scrapes `targets` (host and port) every second as the job `breakwater` and evaluates `rules`; undefined, after a line that says how to get it, where there is none. */
export async function startPrometheus(options: { readonly targets: readonly string[]; readonly rules: string }): Promise<DevServer | undefined> {
  if (!requireProgram('prometheus', how)) return undefined;
  const [port = 0] = await freePorts(1);
  return startServer({
    name: 'Prometheus', program: 'prometheus', url: `http://127.0.0.1:${port}`, readyPath: '/-/ready', readyWithinMs: 30_000,
    args: (folder) => {
      const config = join(folder, 'prometheus.yaml');
      writeFileSync(config, JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' }, rule_files: [options.rules],
        scrape_configs: [{ job_name: 'breakwater', static_configs: [{ targets: options.targets }] }],
      }));
      return [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'];
    },
  });
}
