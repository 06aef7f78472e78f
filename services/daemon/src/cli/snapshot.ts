import { writeFileSync } from 'node:fs';
import { marketSnapshot } from '@breakwater/contracts';
import { messageOf } from '@breakwater/platform/errors';
import { CommandError, type CommandContext } from './context.ts';
import { createDaemonClient, type DaemonPlace } from './daemon-client.ts';

/** Flags of `snapshot`, as parsed. */
export interface SnapshotFlags extends DaemonPlace {
  readonly asset: string;
  readonly out?: string;
}

/** `breakwater snapshot --asset OM`: the market an asset was last scored from, as a document that `stress` reads. */
export async function snapshotCommand(context: CommandContext, flags: SnapshotFlags): Promise<void> {
  const snapshot = await createDaemonClient(flags).get(`/v1/assets/${encodeURIComponent(flags.asset)}/snapshot`, marketSnapshot);
  if (snapshot === undefined) throw new CommandError(`the daemon at ${flags.url} has no market of '${flags.asset}': it does not watch it, or has read no whole book of it yet. Look at its console or /v1/status.`);
  const text = `${JSON.stringify(snapshot)}\n`;
  if (flags.out === undefined) {
    context.stdout.write(text);
    return;
  }
  try {
    writeFileSync(flags.out, text);
  } catch (error) {
    throw new CommandError(`the snapshot was not written to ${flags.out}: ${messageOf(error)}. Give another place with --out.`);
  }
  context.stderr.write(`Wrote ${flags.out}: ${snapshot.markets.length} markets of ${snapshot.asset} as of ${snapshot.asOf}. Try \`breakwater stress ${flags.out}\`.\n`);
}
