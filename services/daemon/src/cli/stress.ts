import { readFileSync, writeFileSync } from 'node:fs';
import { answerStress, parseSnapshot, type StressAnswer } from '@breakwater/models/cascade';
import { messageOf } from '@breakwater/platform/errors';
import { CommandError, printJson, printTable, type CommandContext } from './context.ts';
import { stressPicture } from './stress-picture.ts';

/** Flags of `stress`, as parsed. */
export interface StressFlags {
  readonly svg?: string;
  readonly json: boolean;
}

/** `breakwater stress <snapshot>`: the response of a market snapshot; several documents, one a line, are answered one a line. */
export async function stressCommand(context: CommandContext, path: string, flags: StressFlags): Promise<void> {
  const documents = readDocuments(path);
  let bad = 0;
  for (const { text, line } of documents) {
    const document = parsed(text);
    const read = document.ok ? parseSnapshot(document.value) : { ok: false as const, error: [{ path: '', rule: 'must be JSON', got: document.why }] };
    if (!read.ok) {
      bad++;
      if (flags.json) printJson(context, { errors: read.error });
      else context.stderr.write(`${documents.length === 1 ? path : `${path}, line ${line}`} is no snapshot:\n${read.error.map(({ path: at, rule, got }) => `  ${at === '' ? 'the document' : at}: ${rule}, got ${got}`).join('\n')}\n`);
      continue;
    }
    const answer = answerStress(read.value);
    if (flags.json) printJson(context, answer);
    else printAnswer(context, answer);
    if (flags.svg !== undefined) writePicture(flags.svg, documents.length === 1 ? '' : `-${line}`, stressPicture(read.value, answer));
  }
  if (bad > 0) throw new CommandError(documents.length === 1 ? '' : `${bad} of ${documents.length} documents were not answered.`);
}

interface Document {
  readonly text: string;
  readonly line: number;
}

/** One document, which may span lines, or one a line. */
function readDocuments(path: string): readonly Document[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`${path} was not read: ${messageOf(error)}. Give a snapshot, as \`breakwater snapshot --asset OM --out om.json\` writes it.`);
  }
  const lines = text.split('\n').map((line, i) => ({ text: line, line: i + 1 })).filter((line) => line.text.trim() !== '');
  // A single document may be written over several lines: then its lines are no documents.
  if (lines.length > 1 && !path.endsWith('.jsonl') && parsed(text).ok) return [{ text, line: 1 }];
  if (lines.length === 0) throw new CommandError(`${path} is empty: give a snapshot, as \`breakwater snapshot --asset OM --out om.json\` writes it.`);
  return lines.length > 1 && !path.endsWith('.jsonl') && !parsed(lines[0]?.text ?? '').ok ? [{ text, line: 1 }] : lines;
}

function parsed(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, why: messageOf(error) };
  }
}

function printAnswer(context: CommandContext, answer: StressAnswer): void {
  context.stdout.write(`${answer.asset} as of ${answer.asOf}, ${answer.side === 'sell' ? 'a sale' : 'a purchase'}\n\n`);
  const share = (x: number | null): string | null => (x === null ? null : x.toFixed(2));
  printTable(context, ['market', 'ends at', 'ticks moved', 'liquidated', 'to fund', 'unfilled', 'ignites at', 'landing', 'gain now', 'amplification'], answer.markets.map((m) => [
    m.id, m.price, m.dropTicks, m.liquidatedQty, m.fundQty, m.exhausted ? `${m.unfilledQty} (depth ended)` : m.unfilledQty, m.ignitedAtZero ? 'nothing sold' : m.ignitionQty, m.landingPrice, share(m.gainNow), share(m.amplification),
  ]));
  const { reproductionNumber, venueReproduction } = answer.network;
  context.stdout.write(`\nReproduction number ${reproductionNumber.toFixed(3)} (forced selling feeds itself at 1); by market: ${Object.entries(venueReproduction).map(([id, x]) => `${id} ${x.toFixed(3)}`).join(', ')}\n`);
  for (const note of answer.notes) context.stdout.write(`${note}\n`);
}

function writePicture(path: string, suffix: string, svg: string): void {
  const file = suffix === '' ? path : path.replace(/(\.svg)?$/, `${suffix}.svg`);
  try {
    writeFileSync(file, svg);
  } catch (error) {
    throw new CommandError(`the picture was not written to ${file}: ${messageOf(error)}. Give another place with --svg.`);
  }
}
