import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Result } from '@breakwater/models/core';
import { importLabels, type ImportedLabels, type ImportOptions, type ImportProblem } from '@breakwater/models/address-risk';
import type { LabelBatch } from './label-records.ts';

/** A file that was read for an import. */
export interface ReadList {
  readonly imported: ImportedLabels;
  readonly batch: LabelBatch;
}

/** Reads the text of a list named `path` as a batch. The same text, read as the same, is the same batch. */
export function readList(path: string, text: string, options: Omit<ImportOptions, 'fileName'> & { readonly replaces?: boolean | undefined }, importedAt: number): Result<ReadList, ImportProblem> {
  const file = basename(path);
  const read = importLabels(text, { ...options, fileName: file });
  if (!read.ok) return read;
  const { format, source, rows, statements, problems } = read.value;
  const { label = '', chain = '', confidence = '', replaces = false } = options;
  const id = createHash('sha256').update(JSON.stringify([format, source, label, chain, confidence, replaces])).update(text).digest('hex');
  return { ok: true, value: { imported: read.value, batch: { kind: 'batch', id, source, format, file, statedAt: options.statedAt, importedAt, rows, refused: problems.length, ...(replaces ? { replaces } : {}), statements } } };
}
