import { textWidth } from '../text-width.ts';

/** A line of text in an SVG and the box it takes, px. */
export interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };

/** Every line of text in an SVG as ECharts writes them: shifted, centred on its line, never turned. */
export function textBoxes(svg: string): readonly TextBox[] {
  return [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', raw = '']) => {
    const number = (pattern: RegExp): number => Number(pattern.exec(attributes)?.[1] ?? 0);
    const shift = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(attributes);
    const size = number(/(\d+)px/);
    const text = raw.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);
    const width = textWidth(text, size, attributes.includes('font-weight:bold'));
    const x = Number(shift?.[1] ?? 0) + number(/ x="([-\d.]+)"/);
    const y = Number(shift?.[2] ?? 0) + number(/ y="([-\d.]+)"/);
    const anchor = /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? 'start';
    const left = anchor === 'end' ? x - width : anchor === 'middle' ? x - width / 2 : x;
    // From the top of capitals to the foot of descenders DejaVu Sans takes 0.97 of its size.
    return { text, left, right: left + width, top: y - size * 0.485, bottom: y + size * 0.485 };
  });
}

/** Pairs of texts that cover one another. */
export function overlaps(boxes: readonly TextBox[]): readonly string[] {
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).map((b) => `${a.text} | ${b.text}`));
}

/** Texts that leave the picture. */
export function clipped(boxes: readonly TextBox[], width: number, height: number): readonly string[] {
  return boxes.filter(({ left, right, top, bottom }) => left < 0 || right > width || top < 0 || bottom > height).map(({ text }) => text);
}
