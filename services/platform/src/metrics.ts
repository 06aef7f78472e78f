import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Values of a metric's labels. */
export type Labels<L extends string> = Readonly<Record<L, string>>;
/** Counts up. */
export interface CounterMetric<L extends string> {
  /** Adds `by` (>= 0, default 1). */
  inc(labels: Labels<L>, by?: number): void;
}
/** A level that goes up and down. */
export interface GaugeMetric<L extends string> {
  set(labels: Labels<L>, value: number): void;
}
/** Counts observations in buckets. */
export interface HistogramMetric<L extends string> {
  observe(labels: Labels<L>, value: number): void;
}

/** Metrics of the process in the Prometheus text format. Every metric is registered once; names start with `breakwater_`. */
export interface Metrics {
  counter<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): CounterMetric<L>;
  gauge<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): GaugeMetric<L>;
  /** `buckets` are upper bounds, rising. */
  histogram<L extends string = never>(name: string, help: string, buckets: readonly number[], labelNames?: readonly L[]): HistogramMetric<L>;
  /** The exposition, text format 0.0.4. */
  text(): Promise<string>;
  /** Content type of `text`. */
  readonly contentType: string;
}

/** Terms of the metrics. */
export interface MetricsOptions {
  /**
   * Label combinations kept for one metric, default 1,000. Further ones are counted together under the label value `other`, and
   * in `breakwater_metric_label_overflow_total`, so that no input can grow the process by its names.
   */
  readonly maxLabelSets?: number;
  /** Adds the figures of the Node process: memory, CPU, event-loop delay. */
  readonly process?: boolean;
}

/** Makes an empty registry. */
export function createMetrics(options: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  const maxLabelSets = options.maxLabelSets ?? 1_000;
  const overflow = new Counter({ name: 'breakwater_metric_label_overflow_total', help: 'Updates counted under "other" because the metric had too many label combinations', labelNames: ['metric'], registers: [registry] });
  if (options.process === true) collectDefaultMetrics({ register: registry });
  const limiter = <L extends string>(metric: string, labelNames: readonly L[]): ((labels: Labels<L>) => Labels<L>) => {
    const seen = new Set<string>();
    const other = Object.fromEntries(labelNames.map((name) => [name, 'other'])) as Labels<L>;
    return (labels) => {
      if (labelNames.length === 0) return labels;
      const key = JSON.stringify(labelNames.map((name) => labels[name]));
      if (seen.has(key)) return labels;
      if (seen.size >= maxLabelSets) {
        overflow.inc({ metric });
        return other;
      }
      seen.add(key);
      return labels;
    };
  };
  return {
    counter: <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) => {
      const counter = new Counter<string>({ name, help, labelNames: [...labelNames], registers: [registry] });
      const limit = limiter(name, labelNames);
      return { inc: (labels: Labels<L>, by = 1) => counter.inc(limit(labels), by) };
    },
    gauge: <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) => {
      const gauge = new Gauge<string>({ name, help, labelNames: [...labelNames], registers: [registry] });
      const limit = limiter(name, labelNames);
      return { set: (labels: Labels<L>, value: number) => gauge.set(limit(labels), value) };
    },
    histogram: <L extends string = never>(name: string, help: string, buckets: readonly number[], labelNames: readonly L[] = []) => {
      const histogram = new Histogram<string>({ name, help, buckets: [...buckets], labelNames: [...labelNames], registers: [registry] });
      const limit = limiter(name, labelNames);
      return { observe: (labels: Labels<L>, value: number) => histogram.observe(limit(labels), value) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
