import { isIP } from 'node:net';
import type { DurationMs } from '@breakwater/models/core';
import { durationMs } from '@breakwater/models/core';
import { z } from 'zod';

/** A group of settings that rejects unknown keys; the only way to describe a mapping with fixed keys. */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  return z.strictObject(shape);
}

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d)( ?\d+(\.\d+)?(ms|s|m|h|d))*$/;

/** Reads `250ms`, `30s`, `1.5h`, `1h30m`; undefined for anything else. */
export function parseDuration(text: string): DurationMs | undefined {
  if (text.length > 100 || !DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  return Number.isFinite(total) ? durationMs(total) : undefined;
}

/** Bounds of a duration, as texts that `parseDuration` reads, both allowed values themselves. */
export interface DurationBounds {
  readonly min?: string;
  readonly max?: string;
}

/** A span of time with its unit: `250ms`, `30s`, `15m`, `1h30m`, `7d`. A bare number is rejected: see `milliseconds`. */
export function duration(bounds: DurationBounds = {}): z.ZodType<DurationMs, string> {
  const min = bounds.min === undefined ? 0 : (parseDuration(bounds.min) ?? NaN);
  const max = bounds.max === undefined ? Infinity : (parseDuration(bounds.max) ?? NaN);
  if (Number.isNaN(min) || Number.isNaN(max)) throw new TypeError('bounds of a duration must be durations');
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'required' : 'must be a duration with its unit, as in 30s or 15m') })
    .regex(DURATION, 'must be a duration with its unit, as in 30s or 15m')
    .transform((text, context) => {
      const value = parseDuration(text);
      if (value !== undefined && value >= min && value <= max) return value;
      context.addIssue({ code: 'custom', message: value === undefined ? 'must be a duration of finite length' : boundsRule(bounds) });
      return z.NEVER;
    });
}

function boundsRule({ min, max }: DurationBounds): string {
  if (min === undefined) return `must be at most ${String(max)}`;
  return max === undefined ? `must be at least ${min}` : `must lie between ${min} and ${max}`;
}

/** A number of milliseconds, for settings whose name says so (`latenessMs`). */
export function milliseconds(bounds: { readonly min?: number; readonly max?: number } = {}): z.ZodType<DurationMs, number> {
  return z.number().min(bounds.min ?? 0).max(bounds.max ?? Number.MAX_SAFE_INTEGER).transform((value) => durationMs(value));
}

/** Schemes a URL setting may have. */
export type UrlScheme = 'http' | 'https' | 'ws' | 'wss';

/** An absolute URL of one of `schemes`, kept as written. User names and passwords in it are rejected: they belong in secrets. */
export function url(schemes: readonly UrlScheme[] = ['https', 'http']): z.ZodType<string, string> {
  const rule = `must be an address starting with ${schemes.map((s) => `${s}://`).join(' or ')}`;
  return z.string({ error: (issue) => (issue.input === undefined ? 'required' : rule) }).meta({ format: 'uri' }).superRefine((text, context) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (parsed === undefined || !schemes.some((s) => parsed.protocol === `${s}:`)) context.addIssue({ code: 'custom', message: rule });
    else if (parsed.username !== '' || parsed.password !== '') {
      context.addIssue({ code: 'custom', message: 'must not hold a user name or password', params: { secret: true } });
    }
  });
}

/** One label of a host name: letters, digits and inner hyphens, at most 63 (RFC 1123, 2.1; RFC 1035, 2.3.4). */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** A host name or an IP address, without scheme or port. */
export function hostName(): z.ZodType<string, string> {
  return z.string().refine((text) => isIP(text) !== 0 || (text.length <= 253 && text.split('.').every((label) => LABEL.test(label))), {
    error: 'must be a host name or an IP address, without scheme or port',
  });
}
