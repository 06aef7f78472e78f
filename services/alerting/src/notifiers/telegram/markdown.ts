/**
 * Characters with a meaning in MarkdownV2, and the backslash itself (https://core.telegram.org/bots/api#markdownv2-style, read 2026-11: all of
 * them must be escaped, any character of code 1 to 126 may be).
 */
const special = /[\\_*[\]()~`>#+\-=|{}.!]/g;

/** Text that MarkdownV2 shows exactly as `text`. At most twice as long; Telegram's limits count what is shown. */
export function escapeMarkdown(text: string): string {
  return text.replace(special, (character) => `\\${character}`);
}

/** A text whose first line is its title, in MarkdownV2: the title bold, the rest as it is. */
export function titledMarkdown(text: string): string {
  const end = text.indexOf('\n');
  const title = end < 0 ? text : text.slice(0, end);
  const rest = end < 0 ? '' : text.slice(end);
  // An empty pair of asterisks marks nothing.
  return `${title === '' ? '' : `*${escapeMarkdown(title)}*`}${escapeMarkdown(rest)}`;
}
