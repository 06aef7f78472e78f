import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { TableContent } from '../view/chart-frame.tsx';
import { ChartFrame, ChartNumbers } from '../view/chart-frame.tsx';
import type { ChartSubject, DrawnChart } from './draw.ts';
import { drawingOf } from './drawing.ts';

/** How near to what is seen a chart is drawn: about half a screen. */
const near = '400px';

/** Whether the page is dark now. */
function prefersDark(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: dark)');
}

/** A chart of the page: drawn once the reader comes near it, and again when its numbers, its size or the colours of the page change; its numbers as a table on request. */
export function Chart({ subject, title, height }: { readonly subject: ChartSubject; readonly title: string; readonly height: number }): VNode {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnChart<ChartSubject> | undefined>(undefined);
  const latest = useRef(subject);
  latest.current = subject;
  const [table, setTable] = useState(false);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (element === null || table) return;
    let gone = false;
    const dark = prefersDark();
    const draw = (): void => drawn.current?.draw(latest.current, dark.matches ? 'dark' : 'light');
    const sizes = new ResizeObserver(draw);
    const begin = (): void => void drawingOf(subject.kind).then(({ create }) => {
      if (gone) return;
      drawn.current = create(element);
      draw();
      sizes.observe(element);
      dark.addEventListener('change', draw);
    }, () => setFailed(true));
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      begin();
    }, { rootMargin: near });
    sight.observe(element);
    return () => {
      gone = true;
      sight.disconnect();
      sizes.disconnect();
      dark.removeEventListener('change', draw);
      drawn.current?.dispose();
      drawn.current = undefined;
    };
  }, [table, subject.kind]);

  useEffect(() => {
    drawn.current?.draw(subject, prefersDark().matches ? 'dark' : 'light');
  }, [subject]);

  let content: ComponentChildren;
  if (table) content = <LazyTables subject={subject} title={title} />;
  else content = failed ? <p class="empty">The part of the page that draws charts could not be loaded. Load the page anew; the numbers stand in the tables below.</p> : <div class="plot" ref={box} style={{ height: `${String(height)}px` }} />;
  return (
    <ChartFrame title={title} table={table} onTable={() => setTable(!table)}>
      {content}
    </ChartFrame>
  );
}

/** The numbers of a chart as tables. */
function LazyTables({ subject, title }: { readonly subject: ChartSubject; readonly title: string }): VNode {
  const [content, setContent] = useState<readonly TableContent[] | null>(null);
  useEffect(() => {
    let gone = false;
    void drawingOf(subject.kind).then(({ tablesOf }) => {
      if (!gone) setContent(tablesOf(subject));
    }, () => undefined);
    return () => {
      gone = true;
    };
  }, [subject]);
  if (content === null) return <p class="empty">Reading the numbers.</p>;
  return content.length === 0 ? <p class="empty">There are no numbers to show.</p> : <ChartNumbers title={title} tables={content} />;
}
