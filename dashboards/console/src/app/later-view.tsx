import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type * as AddressParts from './address-view.tsx';

/** What is loaded after the first screen: who holds an asset, and the pages of owners. */
export type LaterParts = typeof AddressParts;

/** What is shown of a part of the page that comes later. */
export interface LaterViewProps {
  /** Its heading until it is there. */
  readonly title: string;
  /** Whether it is what the reader asked for; otherwise it is loaded when the reader comes near it. */
  readonly atOnce: boolean;
  readonly draw: (parts: LaterParts) => VNode;
}

/** How near to what is seen it is loaded: about a screen. */
const near = '800px';
/** Loaded once for all places it is shown in. */
let known: LaterParts | undefined;

/** A part of the page whose code is loaded when it is wanted: the first screen is there before it. Says so while it waits, and what to do when it cannot be had. */
export function LaterView({ title, atOnce, draw }: LaterViewProps): VNode {
  const place = useRef<HTMLElement>(null);
  const [parts, setParts] = useState<LaterParts | undefined>(known);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (parts !== undefined || element === null) return;
    let gone = false;
    const load = (): void => void import('./address-view.tsx').then((loaded) => {
      known = loaded;
      if (!gone) setParts(loaded);
    }, () => {
      if (!gone) setFailed(true);
    });
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      load();
    }, { rootMargin: near });
    if (atOnce) load();
    else sight.observe(element);
    return () => {
      gone = true;
      sight.disconnect();
    };
  }, [parts, atOnce]);
  if (parts !== undefined) return draw(parts);
  return (
    <section ref={place} class="later">
      <h2>{title}</h2>
      <p class="empty">{failed ? 'This part of the page could not be loaded. Load the page anew.' : 'Reading this part of the page.'}</p>
    </section>
  );
}
