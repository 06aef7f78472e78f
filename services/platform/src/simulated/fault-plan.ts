import type { CorruptKind } from './corrupt.ts';

/**
 * What goes wrong at a server. Every number is a probability in [0, 1], drawn for each outgoing frame or each answer; what is left out
 * does not happen. TCP keeps the order within one socket, but clients do see repeated and reordered data across reconnects and from
 * servers behind a balancer: `duplicate` and `reorder` exist to prove the rules that put streams back together.
 */
export interface FaultPlan {
  readonly drop?: number;
  readonly duplicate?: number;
  /** Sends the frame after its successor, or after a second when none comes. */
  readonly reorder?: number;
  /** Holds the frame and what follows it back, uniform in `ms`. */
  readonly delay?: { readonly probability: number; readonly ms: readonly [min: number, max: number] };
  readonly corrupt?: {
    readonly probability: number;
    /** Default: all of them. */
    readonly kinds?: readonly CorruptKind[];
    /** Length an oversized frame is padded to; default 17 MiB, above the default limit of a socket. */
    readonly oversizeBytes?: number;
  };
  /** Ends the session instead of sending the frame. */
  readonly disconnect?: number;
  /** Acknowledges subscriptions and then sends nothing that matches. `acknowledgement` passes all the same; default `SUBSCRIPTION_ANSWER`. */
  readonly silence?: { readonly match: RegExp; readonly acknowledgement?: RegExp };
  /** New sockets are closed at once. */
  readonly refuse?: boolean;
  /** The server hangs: requests get no answer and sockets neither deliver nor are read until this is lifted, then everything held comes at once. */
  readonly stall?: boolean;
  readonly http?: {
    /** Status 429 with `retry-after`. */
    readonly rateLimited?: { readonly probability: number; readonly retryAfterSeconds: number };
    /** Status 500. */
    readonly serverError?: number;
    /** The body ends in the middle. */
    readonly truncate?: number;
  };
}

/** What a wrapper did, by kind. */
export type FaultKind =
  | 'drop' | 'duplicate' | 'reorder' | 'delay' | CorruptKind | 'disconnect' | 'silence' | 'refuse' | 'stall' | 'overflow'
  | 'rate-limited' | 'server-error' | 'truncated-body';
