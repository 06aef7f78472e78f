import type { WarningMessage, WordingOptions } from '@breakwater/contracts';
import { joinTimeline, timelineParts, warningSentences } from '@breakwater/contracts';
import type { Notifier } from '../notifier.ts';

/** How the terminal is written to. */
export interface TerminalOptions {
  readonly name?: string;
  /** Writes text, line ends included. */
  readonly write: (text: string) => void;
  /** Whether to colour the severity; the word is there either way. Default false. */
  readonly colour?: boolean;
  /** Adds the headline and how sure it is under each line. Default false. */
  readonly details?: boolean;
  readonly language?: WordingOptions['language'];
}

// SGR codes (ECMA-48 section 8.3.117): bold red, yellow, cyan, reset.
const paint = { critical: '\u001b[1;31m', warning: '\u001b[33m', watch: '\u001b[36m' } as const;
const reset = '\u001b[0m';

/** Characters that would move the cursor or change colours; the ones in a warning come from outside (labels). */
const control = /[\u0000-\u001f\u007f-\u009f]/g;

/** The lines of one revision: the timeline's line, and with `details` the headline and how sure it is. */
export function terminalLines(warning: WarningMessage, options: Pick<TerminalOptions, 'colour' | 'details' | 'language'> & { readonly crashOnset?: number }): string {
  const language = options.language ?? 'en';
  const colour = (label: string): string => (options.colour === true ? `${paint[warning.severity]}${label}${reset}` : label);
  const parts = timelineParts(warning, options.crashOnset, language);
  const line = joinTimeline({ ...parts, text: parts.text.replace(control, ' ') }, colour);
  if (options.details !== true) return `${line}\n`;
  const s = warningSentences(warning, { language, audience: 'committee' });
  return [line, ...[s.headline, ...s.why, s.howSure].map((text) => `    ${text.replace(control, ' ')}`)].join('\n') + '\n';
}

/** Writes every revision as an aligned line. */
export function createTerminalNotifier(options: TerminalOptions): Notifier {
  return { name: options.name ?? 'terminal', deliver: async (entry) => options.write(terminalLines(entry.warning, options)) };
}
