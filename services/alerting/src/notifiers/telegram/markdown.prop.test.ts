import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { escapeMarkdown, titledMarkdown } from './markdown.ts';

const specials = '_*[]()~`>#+-=|{}.!\\';
/** Any text, with the special characters as common as the others. */
const text = fc.string({ unit: fc.oneof(fc.constantFrom(...specials.split(''), '\n'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })), maxLength: 200 });

/** What Telegram shows: a backslash takes itself off the character behind it. Fails on a special character that stands alone. */
function shown(markdown: string): string {
  let out = '';
  for (let i = 0; i < markdown.length; i++) {
    const c = markdown.charAt(i);
    if (c === '\\') {
      i++;
      out += markdown.charAt(i);
    } else if (specials.includes(c)) throw new Error(`'${c}' at ${String(i)} is not escaped`);
    else out += c;
  }
  return out;
}

describe('escapeMarkdown', () => {
  it('shows exactly the text, and leaves no special character alone', () => {
    fc.assert(fc.property(text, (t) => expect(shown(escapeMarkdown(t))).toBe(t)), { numRuns: 3_000 });
  });
  it('is a backslash before each special character and nothing else', () => {
    expect(escapeMarkdown(specials)).toBe(specials.split('').map((c) => `\\${c}`).join(''));
    expect(escapeMarkdown('$4.1 m (3.2 to 5.6), -84 %')).toBe('$4\\.1 m \\(3\\.2 to 5\\.6\\), \\-84 %');
  });
});

describe('titledMarkdown', () => {
  it('is bold up to the end of the first line', () => {
    fc.assert(
      fc.property(text.filter((t) => !t.includes('\n')), text, (title, rest) => {
        const markdown = titledMarkdown(`${title}\n${rest}`);
        const bold = title === '' ? '' : `*${escapeMarkdown(title)}*`;
        expect(markdown.startsWith(bold)).toBe(true);
        expect(shown(markdown.slice(bold.length))).toBe(`\n${rest}`);
      }),
      { numRuns: 1_000 },
    );
    expect(titledMarkdown('one.line')).toBe('*one\\.line*');
    expect(titledMarkdown('')).toBe('');
  });
});
