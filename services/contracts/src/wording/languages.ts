import { en } from './en.ts';
import type { Phrases } from './phrases.ts';

const languages = { en } as const satisfies Readonly<Record<string, Phrases>>;

/** A language warnings can be said in. */
export type Language = keyof typeof languages;

/** The phrases of a language. */
export function phrasesOf(language: Language): Phrases {
  return languages[language];
}
