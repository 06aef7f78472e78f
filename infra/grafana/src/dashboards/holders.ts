import { assetVariable, consoleVariable, type Plan } from '../layout.ts';
import { panelFor as panelOfSeries, panelOf, type Drawn } from '../panels.ts';

const panelFor = (series: Parameters<typeof panelOfSeries>[0]): Drawn => panelOfSeries(series, { scope: 'one' });

/** Who holds one asset and could sell it, how long help takes, and what is under its price. */
export function holders(): Plan {
  return {
    uid: 'breakwater-holders', title: 'Breakwater: holders and reserve', description: 'Who could sell one asset, how fast money moves, and what a redeemable reserve is worth.', from: 'now-7d',
    variables: [assetVariable(false), consoleVariable()], isAnnotated: true, consolePage: '/#/${asset}',
    rows: [
      {
        question: 'Does one owner move enough to matter?', height: 11,
        panels: [
          [8, panelFor('owner_deposits_float_share')], [8, panelFor('owner_deposits_of_threshold')],
          [8, panelOf(['deposit_risk', 'deposit_risk_base_rate'], {
            scope: 'one', title: 'How likely is a fall after such deposits?', description: 'How likely a fall within a day is after what one owner deposited to exchanges over 24 hours, by the model of addresses, beside how likely it is after any transfer.',
            noData: 'No point in this time. None while no owner deposits that can be judged.',
          })],
        ],
      },
      { question: 'How few hold it?', height: 12, panels: [[6, panelFor('holders_gini')], [6, panelFor('holders_hhi')], [6, panelFor('holders_nakamoto')], [6, panelFor('holders')]] },
      {
        question: 'How much of it could be sold, and when?', height: 8,
        panels: [
          [12, panelOf(['supply_units', 'effective_float_units'], {
            scope: 'one', title: 'Supply and effective float', description: 'Units of the asset on the chains that are read, and those of them that could come to market: without what is locked, what is the issuer’s, and a part of what has not moved for a year.',
            noData: 'No point in this time. None while no chain was read for the asset.',
          })],
          [12, panelFor('unlock_overhang')],
        ],
      },
      {
        question: 'How few make the blocks?', height: 8,
        panels: [
          [12, panelOf(['producers_third', 'producers_half'], {
            scope: 'one', title: 'Fewest producers with a third, and with half, of votes', description: 'How few block producers could stop a chain that elects them, or rule it, by the votes that they have.',
            noData: 'No point in this time. None where a chain elects nobody, or while it was not read.',
          })],
          [12, panelFor('producers_hhi')],
        ],
      },
      { question: 'How fast is help there?', height: 8, panels: [[12, panelFor('settlement_p95_seconds')], [12, panelFor('rescue_probability')]] },
      {
        question: 'What is under the price?', height: 9,
        panels: [
          [12, panelOf(['price', 'reserve_floor_usd', 'reserve_trusted_floor_usd', 'reserve_effective_floor_usd', 'reserve_worst_floor_usd'], {
            scope: 'one', title: 'Price and reserve floor', description: 'The price beside what the vault pays for one token, that less what custody may cost (`reserve.below` fires under it), what somebody pays who fears the way to settlement, and what is left if the owner mints all it may.',
            noData: 'No point in this time. None while no market has a usable book.',
          })],
          [6, panelFor('reserve_premium')], [6, panelFor('reserve_floor_of_day_ago')],
        ],
      },
      { question: 'What is the reserve made of?', height: 8, panels: [[12, panelFor('reserve_vault')], [12, panelFor('reserve_supply')]] },
    ],
  };
}
