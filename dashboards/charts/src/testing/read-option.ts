/** Everything in an option that could reach the screen: numbers, and texts, with what its formatters say for a number or for `params`. */
export interface Found {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

/** Walks an option; formatters are called with `probes`. */
export function readOption(option: unknown, probes: readonly unknown[] = [0, 1, 1e6, Date.UTC(2025, 3, 13)]): Found {
  const numbers: number[] = [];
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'number') numbers.push(value);
    else if (typeof value === 'string') texts.push(value);
    else if (typeof value === 'function') for (const probe of probes) walk(Reflect.apply(value, undefined, [probe]));
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) walk(inner);
  };
  walk(option);
  return { numbers, texts };
}

/** The series of an option whose name is `name`, as loose records. */
export function seriesNamed(option: { readonly series?: unknown }, name: string): readonly Readonly<Record<string, unknown>>[] {
  const series: unknown = option.series;
  if (!Array.isArray(series)) return [];
  return series.filter((one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null && 'name' in one && one.name === name);
}

/** The points of a series: `[x, y]`, whether written plainly or with a look of their own. */
export function pointsOf(series: Readonly<Record<string, unknown>> | undefined): readonly (readonly unknown[])[] {
  const data: unknown = series?.['data'];
  if (!Array.isArray(data)) return [];
  return data.map((item: unknown) => (Array.isArray(item) ? (item as readonly unknown[]) : typeof item === 'object' && item !== null && 'value' in item && Array.isArray(item.value) ? (item.value as readonly unknown[]) : []));
}

/** What the tooltip of an option, or of one series, says for `params`. */
export function tooltipOf(holder: { readonly tooltip?: unknown } | undefined, params: unknown): string {
  const tooltip: unknown = holder?.tooltip;
  const formatter: unknown = typeof tooltip === 'object' && tooltip !== null && 'formatter' in tooltip ? tooltip.formatter : undefined;
  return typeof formatter === 'function' ? String(Reflect.apply(formatter, undefined, [params])) : '';
}
