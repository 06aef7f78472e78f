import { assetVariable, consoleVariable, type Plan } from '../layout.ts';
import { panelFor, severityPanel } from '../panels.ts';
import { assetTable } from '../shapes.ts';

/** All assets side by side. */
export function overview(): Plan {
  return {
    uid: 'breakwater-overview', title: 'Breakwater: market overview', description: 'Which asset is closest to a liquidation cascade, and which warnings are open.', from: 'now-6h',
    variables: [assetVariable(true), consoleVariable()], isAnnotated: true, consolePage: '/#/',
    rows: [
      {
        question: 'Which asset is closest?', height: 8,
        panels: [[24, assetTable(
          ['price', 'ignition_usd', 'deposits_horizon_usd', 'deposits_reach', 'landing_price', 'amplification', 'reproduction', 'depth_2pct_usd', 'open_interest_usd', 'inputs_usable_share'],
          { title: 'Assets now', description: 'A row for each asset; a cell is empty where there is no such figure.', noData: 'No asset has a current score. See the dashboard of feeds and data quality.' },
        )]],
      },
      { question: 'Is any near its limit?', height: 8, panels: [[6, panelFor('deposits_reach')], [6, panelFor('ignition_of_day_ago')], [6, panelFor('depth_of_day_high')], [6, panelFor('owner_deposits_float_share')]] },
      { question: 'How does the market stand?', height: 8, panels: [[8, panelFor('ignition_usd', { bare: true })], [8, panelFor('reproduction', { bare: true })], [8, panelFor('liquidations_hour_usd')]] },
      {
        question: 'Which warnings were open?', height: 8,
        panels: [[24, severityPanel({ title: 'Open warnings', description: 'A row for each asset and kind of warning, by its severity. What was open before the first revision in this time is not known here.', noData: 'No warning in this time.' })]],
      },
    ],
  };
}
