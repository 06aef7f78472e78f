import { isSecret } from './secret.ts';

/** A copy of a loaded config that can be shown: plain JSON values, secrets as what they show, `***` as a rule. */
export function printable(config: unknown): unknown {
  if (isSecret(config)) return config.toJSON();
  if (Array.isArray(config)) return config.map((item) => printable(item));
  if (config instanceof Map) return Object.fromEntries([...config].map(([key, value]) => [String(key), printable(value)]));
  if (config instanceof Set) return [...config].map((item) => printable(item));
  if (typeof config === 'object' && config !== null) {
    return Object.fromEntries(Object.entries(config).flatMap(([key, value]) => (value === undefined ? [] : [[key, printable(value)]])));
  }
  if (typeof config === 'bigint' || typeof config === 'function' || typeof config === 'symbol') return String(config);
  return config;
}
