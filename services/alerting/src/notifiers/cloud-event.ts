import type { CloudEvent, Reason, WarningMessage } from '@breakwater/contracts';
import type { Heartbeat } from './notifier.ts';
import { deliveryId } from './notifier.ts';

/** A warning as machines receive it. */
export type WarningEvent = CloudEvent & { readonly type: 'io.breakwater.warning.v1' };
/** A sign of life as machines receive it. */
export type HeartbeatEvent = CloudEvent & { readonly type: 'io.breakwater.heartbeat.v1' };

/** Documents are smaller than this, bytes of UTF-8 (Standard Webhooks, specification, "Payload size": less than 20 kB; read 2026-11). */
export const maxEventBytes = 20_000;
/** Texts from outside (labels, details) are cut to this many characters where a document would be too large. */
const maxText = 120;
/** Lists inside a reason are cut to this many entries there. */
const maxNames = 16;

/**
 * Makes the document of one revision: CloudEvents 1.0 with numbers as numbers and units in their names; prices are US dollars for one
 * unit of the asset. Receipt times and the response curve are left out, so the same revision always gives the same document. One that
 * would be 20 kB or more loses the ends of its longest lists, inputs that are well first; `truncated` then says how many entries of each
 * are not there.
 */
export function warningEvent(w: WarningMessage): WarningEvent {
  const base = {
    warningId: w.id, revision: w.revision, state: w.state, severity: w.severity, asset: w.asset, kind: w.warning,
    onset: new Date(w.onset).toISOString(), horizonSeconds: w.horizonSeconds,
    priceUsd: w.price, ignitionUsd: w.ignitionUsd, landingPrice: w.landingPrice, amplification: w.amplification,
    trigger: triggerOf(w), depositsUsd: w.depositsUsd, ...(w.acknowledgedBy === undefined ? {} : { acknowledgedBy: w.acknowledgedBy }),
  };
  const after = { inputHash: w.inputHash, modelVersion: w.modelVersion };
  const eventOf = (data: Readonly<Record<string, unknown>>): WarningEvent => ({
    specversion: '1.0', type: 'io.breakwater.warning.v1', id: deliveryId({ warning: w }), source: `/assets/${w.asset}`,
    time: new Date(w.eventTime).toISOString(), datacontenttype: 'application/json', data,
  });
  const whole = eventOf({ ...base, reasons: w.reasons, venues: w.venues, inputs: w.inputs, ...after });
  if (bytesOf(whole) < maxEventBytes) return whole;
  const worst = ['missing', 'stale', 'inferred', 'exact'];
  const lists = {
    reasons: w.reasons.map(shortReason), venues: w.venues,
    inputs: [...w.inputs].sort((a, b) => worst.indexOf(a.status) - worst.indexOf(b.status)).map((input) => ({ ...input, name: clip(input.name), ...(input.detail === undefined ? {} : { detail: clip(input.detail) }) })),
  };
  // The note grows with its numbers, by less than this.
  const frame = bytesOf(eventOf({ ...clipped(base), reasons: [], venues: [], inputs: [], ...clipped(after) })) + 80;
  const kept = fit(lists, maxEventBytes - frame);
  const truncated = Object.fromEntries(Object.entries(lists).flatMap(([name, list]) => {
    const missing = list.length - (kept[name]?.length ?? 0);
    return missing === 0 ? [] : [[name, missing] as const];
  }));
  return eventOf({ ...clipped(base), ...kept, ...clipped(after), truncated });
}

/**
 * Makes the document of a sign of life: `heartbeat` to read, `signed` to check without trust in whatever passed it on. Where both together
 * are 20 kB or more (some fifty assets), only `signed` is in it, whose `payload` is the text of the same heartbeat; where that is too much as
 * well, only `heartbeat` with as many assets as there is room for, and `truncated` says how many are not there.
 */
export function heartbeatEvent({ message, signed }: Heartbeat): HeartbeatEvent {
  // Of the time, not the number: that one starts anew when the data folder is lost, and a receiver would take the next ones for repeats.
  const time = new Date(message.eventTime).toISOString();
  const eventOf = (data: Readonly<Record<string, unknown>>): HeartbeatEvent => ({
    specversion: '1.0', type: 'io.breakwater.heartbeat.v1', id: `heartbeat@${time}`, source: '/heartbeat', time, datacontenttype: 'application/json', data,
  });
  const whole = eventOf({ heartbeat: message, signed });
  if (bytesOf(whole) < maxEventBytes) return whole;
  const brief = eventOf({ signed });
  if (bytesOf(brief) < maxEventBytes) return brief;
  const frame = bytesOf(eventOf({ heartbeat: { ...message, assets: [] } })) + 80;
  const { assets = [] } = fit({ assets: message.assets }, maxEventBytes - frame);
  return eventOf({ heartbeat: { ...message, assets }, truncated: { assets: message.assets.length - assets.length } });
}

/** Takes entries off the end of whichever list is the longest in bytes until all of them together have less than `room`. */
function fit(lists: Readonly<Record<string, readonly unknown[]>>, room: number): Readonly<Record<string, readonly unknown[]>> {
  const open = Object.entries(lists).map(([name, list]) => {
    const sizes = list.map((entry) => bytesOf(entry) + 1);
    return { name, list, sizes, length: list.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  });
  for (let total = open.reduce((sum, { bytes }) => sum + bytes, 0); total >= room; ) {
    const longest = open.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    if (longest.length === 0) break;
    longest.length--;
    const freed = longest.sizes[longest.length] ?? 0;
    longest.bytes -= freed;
    total -= freed;
  }
  return Object.fromEntries(open.map(({ name, list, length }) => [name, list.slice(0, length)]));
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function clip(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`;
}

/** The same with every text of the first two levels cut. */
function clipped(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => {
    if (typeof value === 'string') return [key, clip(value)];
    if (typeof value !== 'object' || value === null) return [key, value];
    return [key, Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, typeof each === 'string' ? clip(each) : (each as unknown)]))];
  }));
}

function shortReason(reason: Reason): Reason {
  return reason.code === 'inputs-dropped' ? { ...reason, names: reason.names.slice(0, maxNames).map(clip) } : reason;
}

function triggerOf(w: WarningMessage): Readonly<Record<string, unknown>> | null {
  if (w.trigger === null) return null;
  const { usd, units, chain, tx, logIndex, to, toLabel, fromLabel, state, eventTime } = w.trigger;
  const venue = toLabel.startsWith('exchange:') ? toLabel.slice('exchange:'.length) : toLabel;
  return { kind: 'transfer', usd, units, chain, tx, logIndex, to: venue, toAddress: to, ...(fromLabel === undefined ? {} : { from: fromLabel }), state, time: new Date(eventTime).toISOString() };
}
