import { parse } from 'node:path';

/** The stages, in the order of the flow. */
export const allStages = ['collect', 'score', 'alert'] as const;
/** One of the three stages. */
export type Stage = (typeof allStages)[number];
/** What one process runs: a single stage, or the whole system. */
export type StageChoice = Stage | 'all';

/** Whether a text names what a process can run. */
export function isStageChoice(text: string): text is StageChoice {
  return text === 'all' || allStages.some((stage) => stage === text);
}

/** The stages of a choice. */
export function stagesOf(choice: StageChoice): readonly Stage[] {
  return choice === 'all' ? allStages : [choice];
}

/** The file of a process's own state: only one process has it open, so each stage has its own beside that of the config. */
export function storePathOf(path: string, choice: StageChoice): string {
  if (choice === 'all') return path;
  const { dir, name, ext } = parse(path);
  return `${dir === '' || dir.endsWith('/') ? dir : `${dir}/`}${name}-${choice}${ext}`;
}

/** The same for the folder in which points of series wait. */
export function spoolPathOf(path: string, choice: StageChoice): string {
  return choice === 'all' ? path : `${path}-${choice}`;
}
