import { fileURLToPath } from 'node:url';

/** The folder of the page's static files, an absolute path: `index.html` and hashed files under `assets/`. There once the package is built. */
export const consoleFolder: string = fileURLToPath(new URL('../dist/web', import.meta.url));
