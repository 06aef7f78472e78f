import { signal, type ReadonlySignal } from '@preact/signals';
import { reduce } from './reduce.ts';
import type { Action, ConsoleState } from './state.ts';
import { initialState } from './state.ts';

/** The state of the page and the one way to change it. */
export interface Store {
  readonly state: ReadonlySignal<ConsoleState>;
  /** Takes an action in; the state follows with the next frame, all actions of a frame at once. */
  dispatch(action: Action): void;
  /** Takes in at once all that waits. */
  flush(): void;
}

/** Makes a store. `schedule` calls back soon, once for each call: in a page with the next frame. */
export function createStore(schedule: (flush: () => void) => void): Store {
  const state = signal<ConsoleState>(initialState);
  let waiting: Action[] = [];
  const flush = (): void => {
    if (waiting.length === 0) return;
    const actions = waiting;
    waiting = [];
    state.value = actions.reduce(reduce, state.value);
  };
  return {
    state,
    dispatch: (action) => {
      waiting.push(action);
      if (waiting.length === 1) schedule(flush);
    },
    flush,
  };
}

/** A page that is not shown gets no frames: after this long, events are taken in without one. Within the 250 ms in which an event is to be seen. */
const withoutFrameMs = 200;

/** Calls back with the next frame, or a moment later where none comes. */
export function nextFrame(callback: () => void): void {
  let called = false;
  const once = (): void => {
    if (called) return;
    called = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    callback();
  };
  const timer = setTimeout(once, withoutFrameMs);
  const frame = requestAnimationFrame(once);
}
