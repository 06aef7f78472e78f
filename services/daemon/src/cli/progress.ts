import cliProgress from 'cli-progress';
import type { CommandContext } from './context.ts';

/** Progress of long work: a bar with rate and time left on a terminal, one line every ten seconds otherwise. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

/** Starts to show progress on stderr. `total` in `unit`s; `now` is a steady clock in milliseconds. */
export function startProgress(context: CommandContext, label: string, total: number, unit: string, now: () => number): Progress {
  if (context.stderr.isTTY) {
    const bar = new cliProgress.SingleBar({ format: `${label} {bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left`, stream: context.stderr, hideCursor: true, clearOnComplete: true }, cliProgress.Presets.shades_classic);
    bar.start(total, 0);
    return { update: (done) => bar.update(done), stop: () => bar.stop() };
  }
  const started = now();
  let printed = started;
  return {
    update: (done) => {
      const at = now();
      if (at - printed < 10_000) return;
      printed = at;
      const rate = done / Math.max(1e-3, (at - started) / 1_000);
      context.stderr.write(`${label}: ${done} of ${total} ${unit}, ${rate.toFixed(0)} a second, ${Math.ceil((total - done) / Math.max(rate, 1e-9))} s left\n`);
    },
    stop: () => undefined,
  };
}
