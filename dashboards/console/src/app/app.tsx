import type { VNode } from 'preact';
import { TokenPage } from '../view/notices.tsx';
import { Boundary } from './boundary.tsx';
import { AssetsPane, FindField, WarningsPane } from './lists.tsx';
import { formatRoute } from './route.ts';
import { BarsSlot, BottomSlot, HeaderSlot, MainSlot, OverlaySlot, type Page } from './slots.tsx';

/** The whole page. `onToken` takes the token of a reader. */
export function App(page: Page & { readonly onToken: (token: string) => void }): VNode {
  const { store, ui, onToken } = page;
  const { link, announcement } = store.state.value;
  const route = ui.route.value;
  if (link.kind === 'refused') return <TokenPage problem={link.problem} onToken={onToken} />;
  return (
    <div class="page" data-place={route.kind} data-link={link.kind}>
      <a
        class="skip" href={formatRoute(route)}
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to what is shown
      </a>
      <HeaderSlot {...page} />
      <BarsSlot {...page} />
      <aside class="side" aria-label="Assets and warnings">
        <Boundary place="lists">
          <FindField ui={ui} />
          <AssetsPane {...page} />
          <WarningsPane {...page} />
        </Boundary>
      </aside>
      <main id="main" class="main-pane" tabIndex={-1}>
        <Boundary place={formatRoute(route)}>
          <MainSlot {...page} />
        </Boundary>
      </main>
      <BottomSlot {...page} />
      <OverlaySlot {...page} />
      <div class="sr" role="status" aria-live="polite">
        {/* A new element each time: the same words twice are said twice. */}
        <p key={announcement.count}>{announcement.text}</p>
      </div>
    </div>
  );
}
