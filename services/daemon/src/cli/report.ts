import { writeFileSync } from 'node:fs';
import { renderSvg } from '@breakwater/charts/render';
import { reportHtml } from '@breakwater/console/report';
import { assetDetail, assetTimeline, daemonStatus, warningPage } from '@breakwater/contracts';
import { messageOf } from '@breakwater/platform/errors';
import { CommandError, printJson, type CommandContext } from './context.ts';
import { createDaemonClient, type DaemonPlace } from './daemon-client.ts';

/** Flags of `report`, as parsed. */
export interface ReportFlags extends DaemonPlace {
  readonly html: string;
  readonly hours: number;
  readonly json: boolean;
}

/** Warnings a report lists. */
const listed = 100;

/** `breakwater report <asset> --html out.html`: what the console shows of an asset, as one file to forward. */
export async function reportCommand(context: CommandContext, asset: string, flags: ReportFlags): Promise<void> {
  const client = createDaemonClient(flags);
  const name = encodeURIComponent(asset);
  const detail = await client.get(`/v1/assets/${name}`, assetDetail);
  if (detail === undefined) throw new CommandError(`the daemon at ${flags.url} does not watch '${asset}': give an asset of its config, as in \`breakwater report OM --html om.html\`.`);
  const [status, timeline, page] = await Promise.all([
    client.get('/v1/status', daemonStatus), client.get(`/v1/assets/${name}/timeline?hours=${flags.hours}`, assetTimeline), client.get(`/v1/warnings?asset=${name}&limit=${listed}`, warningPage),
  ]);
  if (status === undefined) throw new CommandError(`${flags.url} has no status: is it a Breakwater daemon?`);
  const html = reportHtml({
    detail, timeline: timeline ?? null, warnings: page?.warnings ?? [], now: status.now, clock: status.clock, version: status.version,
    waitingFor: status.feeds.filter((feed) => feed.status === 'waiting').map((feed) => feed.source),
  }, renderSvg);
  try {
    writeFileSync(flags.html, html);
  } catch (error) {
    throw new CommandError(`the report was not written to ${flags.html}: ${messageOf(error)}. Give another place with --html.`);
  }
  if (flags.json) printJson(context, { asset, file: flags.html, bytes: Buffer.byteLength(html), warnings: page?.warnings.length ?? 0, scoreTime: detail.score?.eventTime ?? null });
  else context.stdout.write(`Wrote ${flags.html} (${Math.ceil(Buffer.byteLength(html) / 1_024)} kB): ${asset} at ${new Date(status.now).toISOString()}. Open it in a browser, or print it.\n`);
}
