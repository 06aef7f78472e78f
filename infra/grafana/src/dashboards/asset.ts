import { assetVariable, consoleVariable, venueVariable, type Plan } from '../layout.ts';
import { panelFor as panelOfSeries, panelOf, type Drawn } from '../panels.ts';
import { depthByBand, depthByVenue, liquidationBand, liquidationBars, liquidationHeatmap, responsePanel } from '../shapes.ts';

const panelFor = (series: Parameters<typeof panelOfSeries>[0]): Drawn => panelOfSeries(series, { scope: 'one' });

/** One asset, in the order of a warning: what could happen, how near it is, why, and how sure. */
export function asset(): Plan {
  return {
    uid: 'breakwater-asset', title: 'Breakwater: asset', description: 'What a sale would set off in one asset, and on what that rests.', from: 'now-24h',
    variables: [assetVariable(false), venueVariable(), consoleVariable()], isAnnotated: true, consolePage: '/#/${asset}',
    rows: [
      { question: 'What would a sale do, and whom would it liquidate?', height: 12, panels: [[8, responsePanel()], [8, liquidationHeatmap()], [8, liquidationBars()]] },
      {
        question: 'How near is it?', height: 11,
        panels: [
          [8, panelOf(['deposits_horizon_usd', 'ignition_usd', 'ignition_usd_low', 'ignition_usd_high'], {
            scope: 'one', title: 'Do flows to exchanges reach the threshold?', description: 'Deposits to exchanges over the horizon beside the ignition threshold and its band: `cascade.ignition` fires where they meet by default.',
            noData: 'No point in this time. None while the asset has no price.',
          })],
          [8, panelFor('amplification')], [8, panelFor('reproduction')],
        ],
      },
      {
        question: 'How much could it fall within an hour?', height: 8,
        panels: [
          [6, panelOf(['value_at_risk', 'expected_shortfall', 'cascade_shortfall'], {
            scope: 'one', title: 'VaR, ES and cascade ES', description: 'What past prices say, and what they say once the forced sales are added that such falls would set off: where the third runs away from the others, a plain fall would not stay one.',
            noData: 'No point in this time. None in the first hour of an asset.',
          })],
          [6, panelFor('value_at_risk')], [6, panelFor('expected_shortfall')], [6, panelFor('cascade_shortfall')],
        ],
      },
      { question: 'On what do losses and positions rest?', height: 8, panels: [[8, panelFor('tail_index')], [8, panelFor('branching_ratio')], [8, liquidationBand()]] },
      {
        question: 'What is there to sell into, and what do positions pay?', height: 8,
        panels: [
          [8, depthByBand()], [8, depthByVenue()],
          [8, panelOf(['market_funding', 'market_basis'], {
            scope: 'one', right: 'market_basis', title: 'Funding and basis', description: 'Funding rate of each perpetual for one of its periods, on the left; basis of each derivative market over its venue’s index, dashed, on the right. Above nothing, longs pay.',
            noData: 'No point in this time. None for an asset without derivative markets, or while their books are not current.',
          })],
        ],
      },
      {
        question: 'Where would the price come to rest, and on what does that rest?', height: 8,
        panels: [
          [6, panelOf(['price', 'landing_price'], { scope: 'one', title: 'Price and landing price', description: 'The price, and where it would come to rest after a sale of the ignition threshold.', noData: 'No point in this time. None while no market has a usable book.' })],
          [6, panelFor('landing_fall')], [6, panelFor('forced_share')], [6, panelFor('extended_share')],
        ],
      },
      { question: 'What do the rules compare?', height: 8, panels: [[6, panelFor('deposits_reach')], [6, panelFor('ignition_of_day_ago')], [6, panelFor('depth_of_day_high')], [6, panelFor('issuer_float_share')]] },
      { question: 'What happened?', height: 8, panels: [[6, panelFor('depth_2pct_usd')], [6, panelFor('open_interest_usd')], [6, panelFor('liquidations_hour_usd')], [6, panelFor('deposits_day_usd')]] },
      { question: 'Which market is weak?', height: 8, panels: [[6, panelFor('market_ignition_usd')], [6, panelFor('market_depth_2pct_usd')], [6, panelFor('market_open_interest_usd')], [6, panelFor('market_price')]] },
      { question: 'How sure is it?', height: 6, panels: [[24, panelFor('inputs_usable_share')]] },
    ],
  };
}
