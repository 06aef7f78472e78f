import { signal, type Signal } from '@preact/signals';
import type { Provenance } from '../view/provenance.ts';
import type { Route } from './route.ts';
import type { WarningFilter } from './select.ts';

/** What lies over the page. */
export type Overlay = { readonly kind: 'help' } | { readonly kind: 'source'; readonly provenance: Provenance } | { readonly kind: 'acknowledge'; readonly id: string };

/** What the reader has chosen; none of it comes from the daemon. */
export interface Ui {
  readonly route: Signal<Route>;
  readonly find: Signal<string>;
  readonly filter: Signal<WarningFilter>;
  /** The entry the keyboard stands on; it is moved to only when it was reached by a key. */
  readonly cursor: Signal<string | null>;
  readonly overlay: Signal<Overlay | null>;
  /** The revision of a warning that is looked at; null for the latest. */
  readonly revision: Signal<number | null>;
  /** The daemon's time as it is shown: it moves with every event and every second. */
  readonly now: Signal<number | null>;
  /** The clock that counts up, at the same moments. */
  readonly monotonic: Signal<number>;
}

/** Choices before any was made. */
export function createUi(route: Route): Ui {
  return {
    route: signal(route), find: signal(''), filter: signal<WarningFilter>('open'), cursor: signal<string | null>(null), overlay: signal<Overlay | null>(null),
    revision: signal<number | null>(null), now: signal<number | null>(null), monotonic: signal(0),
  };
}
