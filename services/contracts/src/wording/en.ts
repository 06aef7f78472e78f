import type { WarningKind } from '../messages/warning.ts';
import { addressEn } from './address-en.ts';
import { commandsEn } from './command-en.ts';
import type { InputGroup } from './names.ts';
import type { Audience, FeedPart, IgnitionFacts, Phrases } from './phrases.ts';

const band = (text: string | null): string => (text === null ? '' : ` (${text})`);
const inBrackets = (...parts: readonly (string | null)[]): string => {
  const known = parts.filter((p) => p !== null);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
};
const downTo = (audience: Audience, facts: Pick<IgnitionFacts, 'landing' | 'landingBand' | 'move'>): string =>
  facts.landing === null
    ? ', down to a price that cannot be measured now'
    : ` down to about ${facts.landing}${inBrackets(audience === 'committee' ? facts.landingBand : null, facts.move)}`;
const plural = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${String(count)} ${many}`);
const feedPart = {
  'spot-book': 'spot order book', 'perpetual-book': 'perpetual order book', 'spot-socket': 'spot connection', 'perpetual-socket': 'perpetual connection', blocks: 'chain',
} as const satisfies Readonly<Record<FeedPart, string>>;
const feedFailure = { silent: 'silent', stale: 'stale', down: 'down' } as const;
const noun = { book: 'book', positions: 'positions', rate: 'exchange rate', transfers: 'transfers', other: 'data' } as const;
const inputName = (what: InputGroup, place: string): string => (place === '' ? noun[what] : `${place} ${noun[what]}`);

function over(kind: WarningKind, audience: Audience, usd: string | null, threshold: string | null, horizon: string): string {
  const sale = audience === 'committee' ? 'the ignition threshold' : 'the sale that would set off forced sales';
  switch (kind) {
    case 'cascade.ignition':
      return `Over: deposits within ${horizon}${band(usd)} are again well below ${sale}${band(threshold)}.`;
    case 'ignition.drop':
      return `Over: ${sale}${band(threshold)} is again near what it was a day ago.`;
    case 'deposits.issuer':
      return 'Over: the issuer addresses have moved much less to exchanges in the last 24 h.';
    case 'depth.drop':
      return "Over: bids within 2 % are again near their day's high.";
    case 'deposits.cluster':
      return 'Over: no large holder has moved as much to exchanges in the last 24 h.';
    case 'reserve.floor':
      return 'Over: the reserve behind one token is again what it was.';
    case 'reserve.mint':
      return 'Over: the owner has minted nothing since.';
    case 'reserve.unlock':
      return 'Over: the liquidity of its market is locked for longer.';
    case 'reserve.below':
      return 'Over: the market is again above the reserve floor.';
  }
}

/** English. */
export const en: Phrases = {
  severity: { watch: 'watch', warning: 'warning', critical: 'critical' },
  state: { firing: 'firing', acknowledged: 'acknowledged', resolved: 'resolved', retracted: 'retracted', expired: 'expired' },
  kind: {
    'cascade.ignition': 'deposits reach the ignition threshold', 'ignition.drop': 'the ignition threshold fell',
    'deposits.issuer': 'the issuer moved tokens to exchanges', 'depth.drop': 'bids thinned out', 'deposits.cluster': 'a large holder moved tokens to exchanges',
    'reserve.floor': 'the reserve floor fell', 'reserve.mint': 'the owner minted tokens', 'reserve.unlock': 'a liquidity lock ends', 'reserve.below': 'the market is below the reserve floor',
  },
  was: (severity) => `was ${severity}`,
  why: 'Why',
  howSure: 'How sure',
  ignition: (audience, f) =>
    audience === 'community'
      ? `A net sale of about ${f.sale}${band(f.saleBand)} within ${f.horizon} would now set off forced sales${downTo(audience, f)}.`
      : `Ignition threshold: a net sale of ${f.sale}${band(f.saleBand)} within ${f.horizon} starts a liquidation cascade${downTo(audience, f)}.`,
  ignitedAtZero: (audience, f) =>
    audience === 'community'
      ? `Forced sales would now follow without any further sale,${downTo(audience, f).replace(/^,/, '')}.`
      : `The ignition threshold is zero: a liquidation cascade follows without any further sale,${downTo(audience, f).replace(/^,/, '')}.`,
  ignitionUnknown: (audience) =>
    audience === 'community' ? 'The sale that would set off forced sales cannot be measured now.' : 'The ignition threshold cannot be measured now.',
  ignitionNone: (audience) =>
    audience === 'community' ? 'No sale that the order books can take would now set off forced sales.' : 'No net sale that the books can take, seen or extended, starts a liquidation cascade now.',
  deposited: ({ usd, part, to, from, horizon }) => {
    const sender = from === null ? '' : `, from ${from}`;
    if (to === null) return `${usd} was deposited to exchanges within ${horizon}${sender}.`;
    return part === null ? `${usd} was just deposited to ${to}${sender}.` : `${usd} was just deposited to exchanges, ${part} of it to ${to}${sender}.`;
  },
  ignitionFell: (audience, f, before, ago) => {
    const was = before === null ? '' : `; ${ago} ago it was ${before}`;
    return audience === 'community'
      ? `The net sale that would set off forced sales has fallen to about ${f.sale}${band(f.saleBand)} within ${f.horizon}${was}. They would go${downTo(audience, f)}.`
      : `The ignition threshold has fallen to ${f.sale}${band(f.saleBand)} of net sales within ${f.horizon}${was}. A liquidation cascade would go${downTo(audience, f)}.`;
  },
  issuerMoved: (audience, share, usd) =>
    audience === 'community'
      ? `Addresses of the issuer moved ${share} of the tokens in circulation${band(usd)} to exchanges in 24 h.`
      : `The issuer cluster moved ${share} of the float${band(usd)} to exchanges in 24 h.`,
  depthFell: (_audience, share) =>
    share === null ? 'Bids within 2 % of the price have thinned out.' : `Bids within 2 % of the price have fallen ${share} from the high of the last 24 h.`,
  acknowledged: 'The committee has seen this.',
  resolved: over,
  retracted: (usd, tx, threshold) =>
    `Withdrawn, this warning was wrong: the deposit${usd === null ? '' : ` of ${usd}`} that set it off was undone by the chain${tx === null ? '' : ` (transaction ${tx})`}. ` +
    `The deposits that remain do not reach the threshold${threshold === null ? '' : ` of ${threshold}`}.`,
  expired: 'Ended without an answer: the figures behind this warning could no longer be read. This is not an all-clear.',
  notWatched: 'Ended without an answer: the asset is no longer watched. This is not an all-clear.',
  whyDepthFell: (share, since) => (since === null ? `bids within 2 % fell ${share} from the high of the last 24 h` : `bids within 2 % fell ${share} since ${since}`),
  whyForcedShare: (share, price) => `${share} of open positions close above ${price}`,
  whyAmplification: (audience, times) =>
    audience === 'community' ? `forced sales make the fall ${times} times as deep` : `amplification ${times}: the fall with liquidations over the fall without`,
  whyDeposits: (usd, count, window) => `${usd} in ${plural(count, 'deposit', 'deposits')} to exchanges within ${window}`,
  // By all that circulates, where the cluster's own share is of the effective float: the two are told apart.
  whyIssuer: (share, usd) => `issuer cluster moved ${share} of the tokens in circulation${band(usd)} to exchanges in 24 h`,
  whyThresholdFell: (audience, from, to, ago) => `${audience === 'community' ? 'the sale it takes' : 'the ignition threshold'} fell from ${from} to ${to} in ${ago}`,
  whyIgnitedAtZero: 'positions are already past their liquidation price',
  whyReproduction: (factor, inBand) => `each forced dollar forces ${factor}${band(inBand)} more`,
  whyReverted: (tx, usd) => `transaction ${tx}${band(usd)} was undone by the chain`,
  confidence: { high: 'high', medium: 'medium', low: 'low' },
  sureBooks: (confidence, exact, total) => `${confidence} on books (${String(exact)} of ${plural(total, 'venue', 'venues')} exact)`,
  surePositions: (confidence, how) => `${confidence} on positions (${how})`,
  sureNothing: 'low: no input is listed',
  inputName,
  notKnown: (what, place, age) => (age === null ? `no ${inputName(what, place)}, left out` : `${inputName(what, place)} silent for ${age}, left out`),
  notKnownMore: (count) => `${plural(count, 'more input', 'more inputs')} left out`,
  notFinal: (state, undone) => `deposits ${state === 'included' ? 'included in a block' : 'in a safe block'} and not final, ${undone} may be undone`,
  dropped: 'part of the change may come from the inputs that dropped out, not from the market',
  lineIgnition: (usd, threshold, landing) =>
    `${usd ?? 'large sum'} deposited, threshold ${threshold ?? 'unknown'}${landing === null ? '' : `: forced sales to about ${landing}`}`,
  lineIgnitedAtZero: (landing) => `forced sales need no further sale${landing === null ? '' : `: to about ${landing}`}`,
  lineIgnitionFell: (to, from) => `ignition threshold ${to ?? 'unknown'}${from === null ? '' : `, was ${from} yesterday`}`,
  lineIssuer: (share) => (share === null ? 'issuer cluster moved tokens to exchanges' : `issuer cluster moved ${share} of float to exchanges in 24 h`),
  lineDepth: (share) => (share === null ? 'bids within 2 % thinned out' : `bids within 2 % fell ${share} from the high of 24 h`),
  lineNotWatched: (line) => `expired, no longer watched: ${line}`,
  lineState: (state, line) => (state === 'expired' ? `expired, could no longer be read: ${line}` : `${state}: ${line}`),
  lineRetracted: (usd) => `RETRACTED: the deposit${usd === null ? '' : ` of ${usd}`} that set it off was undone by the chain`,
  crash: 'crash',
  feed: 'feed',
  lineFeedFailed: (what, place, status, span) => {
    const left = what === 'blocks' ? 'its new transfers are not seen' : what.endsWith('socket') && status === 'stale' ? 'part of its figures age' : what.endsWith('socket') ? 'its books are left out' : 'its depth is left out';
    return `${place} ${feedPart[what]} ${feedFailure[status]}${span === null ? '' : ` for ${span}`}, ${left}`;
  },
  lineFeedBack: (what, place, span) => `${place} ${feedPart[what]} is back${span === null ? '' : ` after ${span}`}`,
  lineCrash: (move, span, at) => `${move} in ${span} (${at})`,
  riskSideBySide: (horizon, valueAtRisk, shortfall, cascade) =>
    `within ${horizon}: VaR ${valueAtRisk}, ES ${shortfall ?? 'not identified'}, ${cascade === null ? 'cascade ES not known' : `cascade ES, with forced sales, ${cascade}`}`,
  lossesShort: (valueAtRisk, shortfall, cascade) => `VaR ${valueAtRisk}, ES ${shortfall ?? 'not identified'}, cascade ES ${cascade ?? 'not known'}`,
  lossesIntro: 'What the next hour could cost, by past prices alone (VaR 99 %, ES 97.5 %) and with the forced sales that such falls would set off (cascade ES 97.5 %):',
  positionsRest: (exact, inferred, prior) => {
    const parts = [...(exact === null ? [] : [`${exact} exact, from public accounts`]), ...(inferred === null ? [] : [`${inferred} inferred from open interest, volume and liquidations`]), ...(prior === null ? [] : [`${prior} prior only, where no price has been`])];
    return `Of the positions shown, ${parts.join('; ')}.`;
  },
  branching: (factor, events, engine, disagrees) =>
    `Of ${events} published liquidations each seems to set off ${factor} more${engine === null ? '' : `; books and positions say ${engine}`}.${disagrees ? ' The two disagree, so one of the models is wrong: take both with care.' : ''}`,
  backtestName: { coverage: 'how many (Kupiec)', independence: 'one after another (Christoffersen)', shortfall: 'how large (Acerbi and Szekely)' },
  backtest: (bar, forecasts, beyond, expected, failed) =>
    `The model’s own forecasts, each of the next ${bar}, against what came: of ${forecasts} bars ${beyond} fell by more than VaR 99 %, where ${expected} are to be expected; ${failed.length === 0 ? 'no test rejects it at 5 %' : `rejected at 5 %: ${failed.join('; ')}`}.`,
  backtestWaits: (bar, wanted, missing) => `The model’s own forecasts are held against what came once there are ${wanted} of them, each of ${bar}${missing === null ? '' : `: ${missing} ${missing === '1' ? 'is' : 'are'} missing`}.`,
  noPositionsKnown: 'No position is known or inferred.',
  gapScenario: {
    jump: 'a sudden jump of the price', outage: 'an exchange away while the price falls', 'oracle-freeze': 'a price oracle that stands still', depeg: 'a stablecoin that loses its peg',
    unlock: 'unlocked supply that is sold', otc: 'a discounted sale over the counter that comes to market',
  },
  address: addressEn,
  commands: commandsEn,
};
