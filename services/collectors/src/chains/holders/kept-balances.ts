/** Balances as they were at one moment, remembered before they change. Only ever added to, so that each is written once. */
export interface KeptBalances {
  get(address: string): bigint | undefined;
  set(address: string, balance: bigint): void;
  size(): number;
  addresses(): readonly string[];
  clear(): void;
  /** What changed since the last call, by name; an empty text is a part that is gone. */
  parts(): ReadonlyMap<string, string>;
}

/** Balances of one part, about 15 kB of text. */
const PER_PART = 256;

/** The names of the parts of so many balances. */
export function keptNames(count: number): readonly string[] {
  return Array.from({ length: Math.ceil(count / PER_PART) }, (_, i) => `k${i}`);
}

/** Reads parts back, in their order. Throws on what is missing or none. */
export function readKept(parts: readonly (string | undefined)[]): readonly (readonly [address: string, balance: bigint])[] {
  return parts.flatMap((text, i) => {
    if (text === undefined || text === '') throw new Error(`part k${i} of the balances at a snapshot is missing`);
    return (JSON.parse(text) as readonly (readonly [string, string])[]).map(([address, balance]): readonly [string, bigint] => [address, BigInt(balance)]);
  });
}

/** Makes a memory, from what was saved or empty. */
export function createKeptBalances(saved: readonly (readonly [address: string, balance: bigint])[]): KeptBalances {
  const balances = new Map(saved);
  let order = [...balances.keys()];
  // How many stand in parts that are written, and in how many of these.
  let written = order.length;
  let parts = keptNames(written).length;
  return {
    get: (address) => balances.get(address),
    set: (address, balance) => {
      if (!balances.has(address)) order.push(address);
      balances.set(address, balance);
    },
    size: () => order.length,
    addresses: () => order,
    clear: () => {
      balances.clear();
      order = [];
      written = 0;
    },
    parts: () => {
      const changed = new Map<string, string>();
      const names = keptNames(order.length);
      if (written === order.length && parts === names.length) return changed;
      for (let i = Math.floor(written / PER_PART); i < names.length; i++) changed.set(names[i] ?? '', JSON.stringify(order.slice(i * PER_PART, (i + 1) * PER_PART).map((address) => [address, (balances.get(address) ?? 0n).toString()])));
      for (let i = names.length; i < parts; i++) changed.set(`k${i}`, '');
      written = order.length;
      parts = names.length;
      return changed;
    },
  };
}
