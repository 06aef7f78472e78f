import { statSync } from 'node:fs';

/** Tests that take most of a minute and more, longest first: begun last they would keep one worker busy while the other waits. */
const LONG = [
  'drill/drill.int', 'helm-chart', 'pipeline.sim', 'pipeline-repeat.sim', 'console.int', 'evm/feed.prop', 'drill/cluster.int', 'replay/replay', 'nodes.int', 'pipeline-split.sim', 'kafka-4.int', 'kafka-3.int',
  'kafka/faults.int', 'alert-faults.int', 'feeds-faults.sim', 'journal-faults.int', 'om-2025.int', 'partition.int', 'daemon/src/reserve.int', 'tfjs-native.int', 'influx-outage.int', 'grafana.int', 'charts.prop', 'render.test',
];

/** The order in which Jest begins the files of tests: the long ones, then by size. */
export default class LongFirst {
  sort(tests) {
    const keyed = [...tests].map((test) => {
      const long = LONG.findIndex((name) => test.path.includes(name));
      return { test, long: long < 0 ? LONG.length : long, size: statSync(test.path).size };
    });
    return keyed.sort((a, b) => a.long - b.long || b.size - a.size).map(({ test }) => test);
  }

  allFailedTests() {
    throw new Error('which tests failed last is not kept: name the files to run');
  }

  shard(tests, { shardIndex, shardCount }) {
    return [...tests].sort((a, b) => (a.path < b.path ? -1 : 1)).filter((_, i) => i % shardCount === shardIndex - 1);
  }

  cacheResults() {}
}
