import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { influxUrl } from './env.ts';
import { foundServer, freePorts, requireProgram, startServer, type DevServer } from './servers.ts';

/** How the server of InfluxDB 1.x comes onto a machine. */
const how = 'apt-get install influxdb (Debian, InfluxDB 1.6), or set BREAKWATER_INFLUX to the address of a server';

/** Terms of the server. */
export interface InfluxOptions {
  /** Whether a user and a password are demanded; no users are there at first. Default false. */
  readonly auth?: boolean;
}

/**
 * A real InfluxDB 1.x: the one at `BREAKWATER_INFLUX`, or one started on 127.0.0.1 in a temporary folder. Undefined, after a line that says how to get it, where there is none;
 * in continuous integration that is an error. Ready in about a second.
 */
export async function startInflux(options: InfluxOptions = {}): Promise<DevServer | undefined> {
  const found = influxUrl();
  if (found !== undefined && options.auth !== true) return foundServer('InfluxDB', found, '/ping');
  return requireProgram('influxd', how) ? startOwnInflux(options) : undefined;
}

/** Like `startInflux`, always one of its own, so that it can be killed and started again. */
export async function startOwnInflux(options: InfluxOptions = {}): Promise<DevServer | undefined> {
  if (!requireProgram('influxd', how)) return undefined;
  const [http = 0, rpc = 0] = await freePorts(2);
  return startServer({
    name: 'InfluxDB', program: 'influxd', url: `http://127.0.0.1:${http}`, readyPath: '/ping', readyWithinMs: 30_000,
    args: (folder) => {
      const config = join(folder, 'influxdb.conf');
      writeFileSync(config, configText(folder, http, rpc, options));
      return ['-config', config];
    },
  });
}

/** Only what differs from the program's own settings (https://docs.influxdata.com/influxdb/v1/administration/config/, read 2026-11): its folders, its ports, no reports to its makers, none of its own figures. */
function configText(folder: string, http: number, rpc: number, options: InfluxOptions): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${join(folder, 'meta')}"
[data]
  dir = "${join(folder, 'data')}"
  wal-dir = "${join(folder, 'wal')}"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${http}"
  log-enabled = false
  auth-enabled = ${options.auth === true ? 'true' : 'false'}
[logging]
  level = "warn"
`;
}
