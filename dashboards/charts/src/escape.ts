/** Text from outside without what would break a picture or reorder a line: control characters and Unicode's direction overrides. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML, in an element or in a quoted attribute. Everything a tooltip shows passes through here. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Text from outside for a label of ECharts, where braces would begin a style. */
export function labelText(text: string): string {
  return plainText(text).replace(/\{/g, '(').replace(/\}/g, ')');
}
