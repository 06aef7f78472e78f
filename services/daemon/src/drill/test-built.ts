import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The compiled command of the checkout at `root`, after a look whether it is what the sources say. Throws when it is missing or was compiled from other sources. */
export function builtMain(root: string): string {
  const packages = ['models', ...['contracts', 'platform', 'collectors', 'scoring', 'alerting', 'simulator', 'daemon'].map((name) => `services/${name}`), 'dashboards/charts', 'dashboards/console'];
  for (const name of packages) {
    const info = join(root, name, 'dist/.tsbuildinfo');
    if (!existsSync(info)) throw new Error(`${name} is not built: ${info} is missing. Run \`npm run build\`; \`npm test\` does so first.`);
    // Comparing content and not times, which a checkout changes. The compiler writes the SHA-256 of every source it read.
    const { fileNames, fileInfos } = JSON.parse(readFileSync(info, 'utf8')) as { readonly fileNames: readonly string[]; readonly fileInfos: readonly (string | { readonly version: string })[] };
    for (const [i, file] of fileNames.entries()) {
      if (!file.startsWith('../src/')) continue;
      const path = resolve(dirname(info), file);
      const compiled = fileInfos[i];
      const version = existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'deleted';
      if (version !== (typeof compiled === 'string' ? compiled : compiled?.version)) throw new Error(`${name} was built from another ${file.slice(3)}. Run \`npm run build\`; \`npm test\` does so first.`);
    }
  }
  return join(root, 'services/daemon/dist/main.js');
}
