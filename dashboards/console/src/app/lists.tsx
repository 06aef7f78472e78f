import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { AssetList } from '../view/asset-list.tsx';
import { emptyText, warningEntry, WarningList, warningRow } from '../view/warning-list.tsx';
import { filterAssets, filterWarnings, holdOrder, quietSince, sortAssets, type WarningFilter } from './select.ts';
import type { Page } from './slots.tsx';
import { isOpen } from './warnings-list.ts';
import { nearEnd, scrollToRow, sliceOf, type Viewport } from './windowing.ts';

/** The field that narrows both lists. */
export function FindField({ ui }: Pick<Page, 'ui'>): VNode {
  return (
    <div class="find" role="search">
      <label class="sr" for="find">
        Find an asset or a warning
      </label>
      <input
        id="find" type="search" placeholder="Find an asset or a warning" autocomplete="off" spellcheck={false} value={ui.find.value}
        onInput={(event) => {
          ui.find.value = event.currentTarget.value;
        }}
      />
    </div>
  );
}

/** The list of assets. While the pointer or the focus is in it, its order is held, so that no row moves away from under them. */
export function AssetsPane({ store, ui }: Page): VNode {
  const order = useRef<readonly string[]>([]);
  const held = useRef(false);
  const { assets, shown } = store.state.value;
  const sorted = sortAssets(assets?.values() ?? []);
  const ordered = held.current ? holdOrder(sorted, order.current) : sorted;
  order.current = ordered.map(({ asset }) => asset);
  const hold = (on: boolean) => (): void => {
    held.current = on;
  };
  return (
    <section class="pane assets-pane" aria-labelledby="assets-title" onPointerEnter={hold(true)} onPointerLeave={hold(false)} onFocusIn={hold(true)} onFocusOut={hold(false)}>
      <div class="pane-body">
        <header class="pane-head">
          <h2 id="assets-title">Assets</h2>
          {ordered.length === 0 ? null : (
            <span class="columns" aria-hidden="true">
              <span>threshold</span>
              <span>price, 1 h</span>
            </span>
          )}
        </header>
        {assets === null ? <p class="empty">Reading the assets.</p> : <AssetList assets={filterAssets(ordered, ui.find.value)} selected={ui.route.value.kind === 'feeds' ? undefined : (shown ?? undefined)} cursor={ui.cursor.value} now={ui.now.value} find={ui.find.value} />}
      </div>
    </section>
  );
}

const filters: readonly { readonly filter: WarningFilter; readonly label: string }[] = [{ filter: 'open', label: 'open' }, { filter: 'ended', label: 'ended' }, { filter: 'all', label: 'all' }];

/** The list of warnings: the rows near what is seen are drawn, older ones are read as they are scrolled to. */
export function WarningsPane({ store, ui, controller }: Page): VNode {
  const box = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState<Viewport>({ scrollTop: 0, height: 600 });
  const state = store.state.value;
  const route = ui.route.value;
  const filter = ui.filter.value;
  const listed = filterWarnings(state.warnings.list, filter, ui.find.value);
  const slice = sliceOf(listed.length, warningRow, viewport);
  const cursor = ui.cursor.value;

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const read = (): void => setViewport({ scrollTop: element.scrollTop, height: element.clientHeight });
    const sizes = new ResizeObserver(read);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  // The row that a key moved to is brought into view, whether or not it is drawn yet.
  useLayoutEffect(() => {
    const element = box.current;
    const index = cursor === null ? -1 : listed.findIndex(({ id }) => warningEntry(id) === cursor);
    if (element !== null && index >= 0) element.scrollTop = scrollToRow(index, warningRow, { scrollTop: element.scrollTop, height: element.clientHeight });
  }, [cursor]);
  const wantsMore = filter !== 'open' && nearEnd(listed.length, warningRow, viewport);
  useEffect(() => {
    if (wantsMore) controller.moreWarnings();
  }, [wantsMore, state.warnings.next, filter]);

  const open = state.warnings.list.filter(isOpen).length;
  return (
    <section class="pane warnings-pane" aria-labelledby="warnings-title">
      <header class="pane-head">
        <h2 id="warnings-title">
          Warnings <span class="aside">({open} open)</span>
        </h2>
        <div class="filters" role="group" aria-label="Which warnings">
          {filters.map((choice) => (
            <button
              key={choice.filter} type="button" class="link" aria-pressed={choice.filter === filter}
              onClick={() => {
                ui.filter.value = choice.filter;
                if (box.current !== null) box.current.scrollTop = 0;
              }}
            >
              {choice.label}
            </button>
          ))}
        </div>
      </header>
      <div
        class="pane-body" ref={box}
        onScroll={(event) => {
          setViewport({ scrollTop: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight });
        }}
      >
        <WarningList
          warnings={listed} slice={slice} selected={route.kind === 'warning' ? route.id : undefined} cursor={cursor} now={ui.now.value}
          empty={emptyText(filter, ui.find.value, quietSince(state), ui.now.value, state.warnings.next !== undefined)}
        />
      </div>
    </section>
  );
}
