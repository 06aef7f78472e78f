import type { VNode } from 'preact';

/** The places of the bar at the bottom of a phone. */
export type Tab = 'assets' | 'warnings' | 'feeds';

/** The bar at the bottom of a phone: assets, warnings with how many are open, feeds with how many are not well. */
export function BottomBar({ current, openWarnings, unwell }: { readonly current: Tab; readonly openWarnings: number; readonly unwell: number }): VNode {
  const tab = (to: Tab, href: string, label: string, count: string | null): VNode => (
    <a href={href} aria-current={current === to ? 'page' : undefined}>
      {label}
      {count === null ? null : <span class="count">{count}</span>}
    </a>
  );
  return (
    <nav class="bottom" aria-label="Places">
      {tab('assets', '#/', 'Assets', null)}
      {tab('warnings', '#/warnings', 'Warnings', openWarnings === 0 ? null : `${String(openWarnings)} open`)}
      {tab('feeds', '#/feeds', 'Feeds', unwell === 0 ? null : `${String(unwell)} out`)}
    </nav>
  );
}
