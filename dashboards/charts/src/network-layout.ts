import { boxAround, isInside, touches, type Box } from './boxes.ts';
import type { NetworkDrawing, VenueLink, VenueNode } from './network-figures.ts';
import type { Point } from './steps.ts';
import { textWidth } from './text-width.ts';

/** A venue with its circle, px from the upper left of the plot. */
export interface PlacedNode {
  readonly node: VenueNode;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Its name, and its amount where there is room. */
  readonly label: { readonly name: string; readonly amount: string; readonly x: number; readonly y: number } | undefined;
}

/** A link as a bent arrow between two circles, or as a loop beside one. */
export interface PlacedLink {
  readonly link: VenueLink;
  /** Points of its line, up to the foot of its head. */
  readonly line: readonly Point[];
  /** Width of the line, px. */
  readonly width: number;
  /** Middle and size of the head, and where it points: degrees from the right, counter-clockwise. */
  readonly head: { readonly x: number; readonly y: number; readonly size: number; readonly angle: number };
  /** Where its number stands; undefined where there is no room. */
  readonly label: { readonly text: string; readonly x: number; readonly y: number } | undefined;
}

/** A network laid out for a plot. */
export interface NetworkLayout {
  readonly nodes: readonly PlacedNode[];
  /** The strongest first. */
  readonly links: readonly PlacedLink[];
}

/** Room and sizes. */
export interface NetworkSpace {
  readonly width: number;
  readonly height: number;
  readonly compact: boolean;
  readonly fontSize: number;
  readonly amount: (usd: number) => string;
  readonly factor: (reproduction: number) => string;
}

/** The widest line, px: a reproduction of 1, or the strongest where it is above that. So thin lines are weak ones. */
const widest = 8;
/** Links drawn, and on a phone: more would be a ball of wool. */
const mostLinks = { wide: 24, compact: 12 } as const;
/** Below this a dollar forces less than half a cent, and nothing is drawn. */
const leastReproduction = 0.005;
/** How far a line bends, as a share of its length, so that two that run opposite ways lie apart. */
const bend = 0.16;
const pieces = 20;

/** Lays a network out on a fixed ring: venues by name, clockwise from the upper left. The same numbers give the same picture. O(links^2). */
export function layoutNetwork({ venues, links }: NetworkDrawing, space: NetworkSpace): NetworkLayout {
  const circles = placeCircles(venues, space);
  const drawn = links.filter(({ reproduction }) => reproduction >= leastReproduction).slice(0, space.compact ? mostLinks.compact : mostLinks.wide);
  const full = Math.max(1, drawn[0]?.reproduction ?? 0);
  const routed = drawn.flatMap((link) => {
    const [from, to] = [circles[link.from], circles[link.to]];
    return from === undefined || to === undefined ? [] : [{ link, ...(link.from === link.to ? loop(from, space, link.reproduction / full) : arrow(from, to, space, link.reproduction / full)) }];
  });
  const taken: Box[] = circles.map(({ x, y, radius }) => boxAround(x, y, 2 * radius, 2 * radius));
  const plot: Box = { left: 0, top: 0, right: space.width, bottom: space.height };
  const loops = new Map(routed.filter(({ link }) => link.from === link.to).map(({ link, width }) => [link.from, loopRadius(width, space) + width / 2]));
  const nodes = circles.map((circle, place): PlacedNode => ({ ...circle, label: labelOf(circle, loops.get(place) ?? 0, space, plot, taken) }));
  return { nodes, links: routed.map(({ spots, ...route }) => ({ ...route, label: numberOf(route.link, spots, space, plot, taken) })) };
}

interface Circle {
  readonly node: VenueNode;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Away from the middle: -1 left, 1 right. */
  readonly side: -1 | 1;
}

function lineHeight({ fontSize }: NetworkSpace): number {
  return Math.round(fontSize * 1.3);
}

function placeCircles(venues: readonly VenueNode[], space: NetworkSpace): readonly Circle[] {
  const { width, height, compact } = space;
  const largest = Math.min(compact ? 16 : 26, height / 6);
  const most = Math.max(0, ...venues.map(({ triggerUsd }) => triggerUsd));
  const n = venues.length;
  // An even ring has no venue on its axis, so that four stand in the corners.
  const ring = venues.map((_, i) => (-90 - (n % 2 === 0 ? 180 / n : 0) + (360 * i) / n) * (Math.PI / 180)).map((angle) => ({ x: Math.cos(angle), y: Math.sin(angle) }));
  const [reachX, reachY] = [Math.max(1e-9, ...ring.map(({ x }) => Math.abs(x))), Math.max(1e-9, ...ring.map(({ y }) => Math.abs(y)))];
  const aside = largest + (compact ? 48 : 64);
  const ry = Math.max(10, height / 2 - largest - lineHeight(space) - 4);
  const rx = Math.min(Math.max(10, width / 2 - aside), 2.4 * ry + 40);
  return venues.map((node, i) => {
    const [x, y] = n < 2 ? [0, 0] : [(ring[i]?.x ?? 0) / reachX, n === 2 ? 0 : (ring[i]?.y ?? 0) / reachY];
    const radius = most > 0 ? Math.max(5, largest * Math.sqrt(node.triggerUsd / most)) : 5;
    return { node, x: width / 2 + x * rx, y: height / 2 + y * ry, radius, side: x < -1e-9 ? -1 : 1 };
  });
}

type Route = Pick<PlacedLink, 'line' | 'width' | 'head'> & { /** Where its number may stand, the best first. */ readonly spots: readonly Point[] };

function arrow(from: Circle, to: Circle, space: NetworkSpace, share: number): Route {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.max(1e-9, Math.hypot(dx, dy));
  const control: Point = [(from.x + to.x) / 2 + dy * bend, (from.y + to.y) / 2 - dx * bend];
  const width = Math.max(1, widest * share);
  const size = headSize(width, space);
  const at = (t: number): Point => [
    (1 - t) ** 2 * from.x + 2 * t * (1 - t) * control[0] + t ** 2 * to.x, (1 - t) ** 2 * from.y + 2 * t * (1 - t) * control[1] + t ** 2 * to.y,
  ];
  // The curve is about as long as its chord, so distances along it are shares of that.
  const [start, end] = [(from.radius + 2) / length, 1 - (to.radius + 2) / length];
  const foot = Math.max(start, end - size / length);
  const [base, tip] = [at(foot), at(end)];
  return {
    width, line: Array.from({ length: pieces + 1 }, (_, i) => at(start + ((foot - start) * i) / pieces)),
    head: { x: (base[0] + tip[0]) / 2, y: (base[1] + tip[1]) / 2, size, angle: angleOf(tip[0] - base[0], tip[1] - base[1]) },
    spots: [0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75].map((t) => at(start + (end - start) * t)),
  };
}

/** A loop at the side of a circle that looks away from the middle. */
function loop({ x, y, radius, side }: Circle, space: NetworkSpace, share: number): Route {
  const width = Math.max(1, widest * share);
  const size = headSize(width, space);
  const r = loopRadius(width, space);
  const cx = x + side * (radius + r * 0.8);
  const open = 0.75;
  // From above the circle round to below it; the head ends where the line began, on the other side.
  const at = (share01: number): Point => {
    const angle = Math.PI - open - (2 * Math.PI - 2 * open) * share01;
    return [cx + side * r * Math.cos(angle), y - r * Math.sin(angle)];
  };
  const foot = 1 - size / (r * (2 * Math.PI - 2 * open));
  const [base, tip] = [at(foot), at(1)];
  const room = textWidth(space.factor(1.25), space.fontSize) / 2;
  return {
    width, line: Array.from({ length: pieces + 1 }, (_, i) => at((foot * i) / pieces)),
    head: { x: (base[0] + tip[0]) / 2, y: (base[1] + tip[1]) / 2, size, angle: angleOf(tip[0] - base[0], tip[1] - base[1]) },
    spots: [[cx + side * (r + width / 2 + room + 4), y], [cx + side * r, y - r - width / 2 - space.fontSize / 2 - 2], [cx + side * r, y + r + width / 2 + space.fontSize / 2 + 2]],
  };
}

function loopRadius(width: number, { compact }: NetworkSpace): number {
  return (compact ? 8 : 12) + width / 2;
}

function headSize(width: number, { compact }: NetworkSpace): number {
  return (compact ? 6 : 7) + width * 1.1;
}

/** Degrees from the right, counter-clockwise, of a direction on a plot that counts downwards. */
function angleOf(dx: number, dy: number): number {
  return (Math.atan2(-dy, dx) * 180) / Math.PI;
}

/** Name and amount over or under a circle and what reaches `beside` it, px, else the name alone, else nothing. Takes the room it finds. */
function labelOf({ node, x, y, radius }: Circle, beside: number, space: NetworkSpace, plot: Box, taken: Box[]): PlacedNode['label'] {
  const { fontSize } = space;
  const height = lineHeight(space);
  const away = Math.max(radius, beside) + height / 2 + 1;
  const sides = y <= space.height / 2 - 1 ? [y - away, y + away] : [y + away, y - away];
  for (const amount of [space.amount(node.triggerUsd), '']) {
    const width = textWidth(node.name, fontSize, true) + (amount === '' ? 0 : textWidth(` ${amount}`, fontSize)) + 6;
    const middle = Math.min(plot.right - width / 2, Math.max(plot.left + width / 2, x));
    for (const line of sides) {
      const box = boxAround(middle, line, width, height);
      if (touches(box, taken) || !isInside(box, plot)) continue;
      taken.push(box);
      return { name: node.name, amount, x: middle, y: line };
    }
  }
  return undefined;
}

function numberOf({ reproduction }: VenueLink, spots: readonly Point[], space: NetworkSpace, plot: Box, taken: Box[]): PlacedLink['label'] {
  const text = space.factor(reproduction);
  for (const [x, y] of spots) {
    const box = boxAround(x, y, textWidth(text, space.fontSize) + 6, lineHeight(space));
    if (touches(box, taken) || !isInside(box, plot)) continue;
    taken.push(box);
    return { text, x, y };
  }
  return undefined;
}
