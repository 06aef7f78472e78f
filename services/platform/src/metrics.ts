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

/** Levels or counts kept elsewhere, with their labels: asked for at each exposition. */
export type ReadMetric<L extends string> = () => Iterable<readonly [labels: Labels<L>, value: number]>;
/** What is known of a metric before it has a value. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** Metrics of the process in the Prometheus text format. Every metric is registered once; names start with `breakwater_`. */
export interface Metrics {
  counter<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): CounterMetric<L>;
  gauge<L extends string = never>(name: string, help: string, labelNames?: readonly L[]): GaugeMetric<L>;
  /** `buckets` are upper bounds, rising. */
  histogram<L extends string = never>(name: string, help: string, buckets: readonly number[], labelNames?: readonly L[]): HistogramMetric<L>;
  /** Registers a counter that is kept elsewhere and never falls but to begin anew. */
  readCounter<L extends string = never>(name: string, help: string, labelNames: readonly L[], read: ReadMetric<L>): void;
  /** Registers a level that is kept elsewhere. */
  readGauge<L extends string = never>(name: string, help: string, labelNames: readonly L[], read: ReadMetric<L>): void;
  /** Every metric registered so far but those of the Node process, in order of their names. */
  described(): readonly MetricDescription[];
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
  const known: MetricDescription[] = [];
  const describe = <M extends { readonly name: string; readonly help: string; readonly labelNames: string[] }>(type: MetricDescription['type'], metric: M): M => {
    known.push({ name: metric.name, type, help: metric.help, labels: metric.labelNames });
    return metric;
  };
  const overflow = new Counter(describe('counter', { name: 'breakwater_metric_label_overflow_total', help: 'Updates counted under "other" because the metric had too many label combinations', labelNames: ['metric'], registers: [registry] }));
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
      const counter = new Counter<string>(describe('counter', { name, help, labelNames: [...labelNames], registers: [registry] }));
      const limit = limiter(name, labelNames);
      return { inc: (labels: Labels<L>, by = 1) => counter.inc(limit(labels), by) };
    },
    gauge: <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) => {
      const gauge = new Gauge<string>(describe('gauge', { name, help, labelNames: [...labelNames], registers: [registry] }));
      const limit = limiter(name, labelNames);
      return { set: (labels: Labels<L>, value: number) => gauge.set(limit(labels), value) };
    },
    histogram: <L extends string = never>(name: string, help: string, buckets: readonly number[], labelNames: readonly L[] = []) => {
      const histogram = new Histogram<string>(describe('histogram', { name, help, buckets: [...buckets], labelNames: [...labelNames], registers: [registry] }));
      const limit = limiter(name, labelNames);
      return { observe: (labels: Labels<L>, value: number) => histogram.observe(limit(labels), value) };
    },
    readCounter: <L extends string = never>(name: string, help: string, labelNames: readonly L[], read: ReadMetric<L>) => {
      const limit = limiter(name, labelNames);
      const collect = function (this: Counter): void {
        this.reset();
        for (const [labels, value] of read()) this.inc(limit(labels), value);
      };
      new Counter<string>({ ...describe('counter', { name, help, labelNames: [...labelNames] }), registers: [registry], collect });
    },
    readGauge: <L extends string = never>(name: string, help: string, labelNames: readonly L[], read: ReadMetric<L>) => {
      const limit = limiter(name, labelNames);
      const collect = function (this: Gauge): void {
        this.reset();
        for (const [labels, value] of read()) this.set(limit(labels), value);
      };
      new Gauge<string>({ ...describe('gauge', { name, help, labelNames: [...labelNames] }), registers: [registry], collect });
    },
    described: () => [...known].sort((a, b) => (a.name < b.name ? -1 : 1)),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/**
 * The same metrics for what is made several times in the life of a process: a name that was registered through this before is the same metric again, and one that is read
 * from elsewhere is read from where it was registered last.
 */
export function registeredOnce(metrics: Metrics): Metrics {
  const known = new Map<string, unknown>();
  // One name is one metric: who registers it again means the same kind with the same labels.
  const once = <M>(name: string, make: () => M): M => {
    const found = known.get(name) ?? make();
    known.set(name, found);
    return found as M;
  };
  const readOnce = <L extends string>(name: string, read: ReadMetric<L>, register: (read: ReadMetric<L>) => void): void => {
    const place = once(name, () => {
      const made: { read: ReadMetric<L> } = { read };
      register(() => made.read());
      return made;
    });
    place.read = read;
  };
  return {
    counter: (name, help, labelNames) => once(name, () => metrics.counter(name, help, labelNames)),
    gauge: (name, help, labelNames) => once(name, () => metrics.gauge(name, help, labelNames)),
    histogram: (name, help, buckets, labelNames) => once(name, () => metrics.histogram(name, help, buckets, labelNames)),
    readCounter: (name, help, labelNames, read) => readOnce(name, read, (of) => metrics.readCounter(name, help, labelNames, of)),
    readGauge: (name, help, labelNames, read) => readOnce(name, read, (of) => metrics.readGauge(name, help, labelNames, of)),
    described: () => metrics.described(), text: () => metrics.text(), contentType: metrics.contentType,
  };
}
