import { isSecret } from '@breakwater/platform/config';

/** Whether a setting has members of its own. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isSecret(value);
}

/** A value as text, whatever the order of its members; secrets by what they are. For comparing alone: it is never shown. */
export function print(value: unknown): string {
  if (isSecret(value)) return `secret ${JSON.stringify(value.reveal())}`;
  if (Array.isArray(value)) return `[${value.map(print).join()}]`;
  if (!isMapping(value)) return value === undefined ? 'nothing' : JSON.stringify(value);
  return `{${Object.keys(value).filter((key) => value[key] !== undefined).sort().map((key) => `${JSON.stringify(key)}:${print(value[key])}`).join()}}`;
}
