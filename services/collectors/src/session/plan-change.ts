import type { Registry } from '../registry.ts';
import type { ChannelPlan, PlanOptions, SocketPlan, Venue, VenueInstrument } from '../venue.ts';

/** What a session carries while the markets it watches come and go. */
export interface CarriedPlan {
  /** Every market that has a place on a socket, in the order in which they came: a market that is not watched any more keeps its place, so that no other one moves to another socket. */
  readonly placed: readonly VenueInstrument[];
  readonly sockets: readonly SocketPlan[];
}

/**
 * The sockets of the markets `watched`, when those of `placed` had places before: names and markets of sockets without a change stay what they are. A socket
 * that carried markets that are gone is planned without them; one that carried nothing else is left out. Pure; costs a plan, and one more for each socket with a gap.
 */
export function carriedPlan(venue: Pick<Venue, 'plan'>, placed: readonly VenueInstrument[], watched: readonly VenueInstrument[], options: PlanOptions): CarriedPlan {
  const kept = new Map(watched.map((listing) => [listing.symbol, listing]));
  const had = new Set(placed.map(({ symbol }) => symbol));
  // With nothing left to watch, no place has to be kept.
  const all = kept.size === 0 ? [] : [...placed.map((listing) => kept.get(listing.symbol) ?? listing), ...watched.filter(({ symbol }) => !had.has(symbol))];
  const isGone = (symbol: string): boolean => had.has(symbol) && !kept.has(symbol);
  const sockets = venue.plan(all, options).sockets.flatMap((socket) => {
    if (!socket.channels.some(({ symbol }) => isGone(symbol))) return [socket];
    const staying = socket.channels.filter(({ symbol }) => !isGone(symbol));
    if (staying.length === 0) return [];
    return [narrowed(venue, socket, staying, all.filter(({ symbol }) => kept.has(symbol)), options)];
  });
  return { placed: all, sockets };
}

/** The socket for the channels that stay, as the venue itself plans them; where it has no such socket, the same one with what is gone still subscribed and not looked at. */
function narrowed(venue: Pick<Venue, 'plan'>, socket: SocketPlan, staying: readonly ChannelPlan[], markets: readonly VenueInstrument[], options: PlanOptions): SocketPlan {
  const wanted = keyOf(staying);
  const symbols = new Set(staying.map(({ symbol }) => symbol));
  const own = markets.filter(({ symbol }) => symbols.has(symbol));
  for (const rates of [options.rates, false]) {
    const found = venue.plan(own, { ...options, rates }).sockets.find((other) => keyOf(other.channels) === wanted);
    if (found !== undefined) return { ...found, name: socket.name };
  }
  return { ...socket, channels: staying };
}

function keyOf(channels: readonly ChannelPlan[]): string {
  return channels.map(({ channel, symbol, figure }) => `${channel}:${symbol}:${figure ?? ''}`).sort().join(' ');
}

/** The markets that are watched, in the order of the venue's list. */
export function listings(registry: Registry): readonly VenueInstrument[] {
  return [...registry.watched.values()].map((w) => w.listing);
}

/** The symbols that a socket carries something of. */
export function symbolsOf(plan: SocketPlan): ReadonlySet<string> {
  return new Set(plan.channels.map((c) => c.symbol));
}
