import type { MarketSnapshot } from '@breakwater/contracts';
import type { AssetId } from '@breakwater/models/core';
import { err, ok } from '@breakwater/models/core';
import type { LiveView } from '../live-view.ts';
import type { JsonHandlers } from './handler.ts';

/** What the routes of assets need. */
export interface AssetRoutesDeps {
  readonly view: LiveView;
  /** The market an asset was last scored from; undefined before the first. */
  readonly snapshotOf: (asset: AssetId) => Promise<MarketSnapshot | undefined>;
}

/** The routes of assets: list, one of them, its market snapshot. */
export function assetRoutes({ view, snapshotOf }: AssetRoutesDeps): Pick<JsonHandlers, 'assets' | 'asset' | 'snapshot'> {
  return {
    assets: async () => ok(view.summaries()),
    asset: async ({ params }) => {
      const detail = view.detail(params.asset);
      return detail === undefined ? err({ code: 'unknown-asset' }) : ok(detail);
    },
    snapshot: async ({ params }) => {
      if (view.summary(params.asset) === undefined) return err({ code: 'unknown-asset' });
      const document = await snapshotOf(params.asset);
      return document === undefined ? err({ code: 'no-snapshot' }) : ok(document);
    },
  };
}
