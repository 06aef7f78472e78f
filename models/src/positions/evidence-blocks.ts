import { at, type LiquidationBlock, type LiquidationPractice, liquidationTotal } from '../market/index.ts';

/** Some minutes added up: what was liquidated and what each class would have had liquidated. */
export interface EvidenceBlock {
  /** Milliseconds since the epoch at which it begins, and minutes in it. */
  readonly from: number;
  minutes: number;
  /** Liquidated: longs, shorts. */
  readonly liquidated: [number, number];
  /** Exposures: [(flow x 2 + side) x classes + class]; side 0 long. */
  readonly exposures: Float64Array;
}

/** Liquidations and exposures, old ones joined, and the sizes of orders. */
export interface Evidence {
  readonly blocks: EvidenceBlock[];
  /** Sum of sizes and of squares of the orders that were published, older ones counting less; `sizesAt` is when they were last aged. */
  volume: number;
  squares: number;
  sizesAt: number;
}

/** How blocks are made. */
export interface BlockTerms {
  readonly blockMinutes: number;
  readonly maxBlocks: number;
  readonly halfLifeMs: number;
  readonly practice: LiquidationPractice;
}

const minuteMs = 60_000;

/** Nothing seen yet. */
export function noEvidence(): Evidence {
  return { blocks: [], volume: 0, squares: 0, sizesAt: 0 };
}

/** The total behind what a venue published of one side in one minute. Where only the largest of a window is published it is the least it can be. */
export function totalBehind(block: LiquidationBlock, practice: LiquidationPractice): number {
  return practice.sampling === 'none' ? 0 : liquidationTotal([block], practice.sampling).total;
}

/** Adds a minute in which somebody listened. */
export function addMinute(evidence: Evidence, terms: BlockTerms, at0: number, liquidations: { readonly long: LiquidationBlock; readonly short: LiquidationBlock }, exposures: Float64Array): void {
  const { blocks } = evidence;
  const start = Math.floor(at0 / (terms.blockMinutes * minuteMs)) * terms.blockMinutes * minuteMs;
  let block = blocks.at(-1);
  if (block === undefined || block.from < start) {
    block = { from: Math.max(start, at0), minutes: 0, liquidated: [0, 0], exposures: new Float64Array(exposures.length) };
    blocks.push(block);
    if (blocks.length > terms.maxBlocks) joinOld(blocks, at0);
  }
  block.minutes++;
  for (const [side, seen] of [liquidations.long, liquidations.short].entries()) block.liquidated[side as 0 | 1] += totalBehind(seen, terms.practice);
  for (let i = 0; i < exposures.length; i++) block.exposures[i] = at(block.exposures, i) + at(exposures, i);
  const kept = 0.5 ** (Math.max(0, at0 - evidence.sizesAt) / terms.halfLifeMs);
  evidence.volume = evidence.volume * kept + liquidations.long.volume + liquidations.short.volume;
  evidence.squares = evidence.squares * kept + liquidations.long.squares + liquidations.short.squares;
  evidence.sizesAt = at0;
}

/** Joins the two neighbours that are the shortest for their age, so that what is old is known more coarsely. */
function joinOld(blocks: EvidenceBlock[], now: number): void {
  let best = 0;
  let least = Infinity;
  for (let i = 0; i + 2 < blocks.length; i++) {
    const [a, b] = [blocks[i], blocks[i + 1]];
    if (a === undefined || b === undefined) continue;
    const cost = (a.minutes + b.minutes) / (now - a.from + minuteMs);
    if (cost < least) [best, least] = [i, cost];
  }
  const [a, b] = [blocks[best], blocks[best + 1]];
  if (a === undefined || b === undefined) return;
  a.minutes += b.minutes;
  a.liquidated[0] += b.liquidated[0];
  a.liquidated[1] += b.liquidated[1];
  for (let i = 0; i < a.exposures.length; i++) a.exposures[i] = at(a.exposures, i) + at(b.exposures, i);
  blocks.splice(best + 1, 1);
}

/** How much a block still counts. */
export function ageWeight(block: EvidenceBlock, now: number, halfLifeMs: number): number {
  return 0.5 ** ((now - block.from - (block.minutes * minuteMs) / 2) / halfLifeMs);
}
