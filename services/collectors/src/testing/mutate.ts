import fc from 'fast-check';

/** JSON values that break careless readers. */
const hostile = fc.oneof(
  fc.constantFrom<unknown>(null, '', '0', '-1', '1e400', '01', 'NaN', ' 1', 0, -1, 1e400, true, [], {}, [[]], [null], [['1']], [['1', '2'], 3], { toString: 1 }, { valueOf: null, toString: null }, '__proto__', 1e15, '99999999999999999999'),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Texts of frames in which one value, at any depth, was replaced by a hostile one, or that were cut off. */
export function mutations(frames: readonly unknown[]): fc.Arbitrary<string> {
  const replaced = fc.tuple(fc.constantFrom(...frames), fc.nat(1_000), hostile).map(([frame, at, value]) => {
    const count = { n: 0 };
    const total = countValues(frame);
    return JSON.stringify(replace(frame, at % total, value, count)) ;
  });
  const cut = fc.tuple(fc.constantFrom(...frames), fc.nat(500)).map(([frame, at]) => JSON.stringify(frame).slice(0, at));
  return fc.oneof({ weight: 8, arbitrary: replaced }, cut, fc.json(), fc.string());
}

function countValues(v: unknown): number {
  if (typeof v !== 'object' || v === null) return 1;
  return 1 + Object.values(v).reduce((n: number, child: unknown) => n + countValues(child), 0);
}

function replace(v: unknown, at: number, by: unknown, count: { n: number }): unknown {
  if (count.n++ === at) return by;
  if (Array.isArray(v)) return v.map((child: unknown) => replace(child, at, by, count));
  if (typeof v !== 'object' || v === null) return v;
  return Object.fromEntries(Object.entries(v).map(([key, child]: [string, unknown]) => [key, replace(child, at, by, count)]));
}
