import { assert } from '@breakwater/models/core';
import type { FrameShape } from './shapes.ts';
import type { Flag, Piece } from './template.ts';
import { piecesOf } from './template.ts';

/** Instructions: each is followed by its operands in the program. Those that fail end the reading, but for texts, which go on elsewhere. */
export const Op = {
  /** Text of 1 to 3 bytes: length, word, mask, where to go on otherwise (0: nowhere). */
  Short: 0,
  /** Text of more than 8 bytes: length, whole words, where to go on otherwise, the words, and one that ends with the text. */
  Long: 1,
  /** Price of a level (1: may be 0, and the level is then left out) and quantity. */
  LevelPrice: 2,
  LevelQty: 3,
  /** After a level: where its text begins. */
  LevelEnd: 4,
  /** Before levels: 1 for bids, 0 for asks; where to go on when there are none. */
  Levels: 5,
  /** A decimal above zero, one from zero, a signed one, a whole number: register (and least value). */
  Positive: 6,
  Decimal: 7,
  Signed: 8,
  Integer: 9,
  Millis: 10,
  /** The symbol up to a byte; 1 where it is printed under an older name. */
  Symbol: 11,
  /** Text up to a byte. */
  Text: 12,
  /** Trade id up to a byte; as a whole number. */
  IdText: 13,
  IdNumber: 14,
  Value: 15,
  /** Sets a flag: its number, 0 or 1. */
  Set: 16,
  Jump: 17,
  /** After a row: where its text begins. */
  RowEnd: 18,
  /** A member: 64 places by the first word of its key. */
  Fields: 19,
  /** A member's number; it must not have come before. */
  Once: 20,
  /** After a member: where the members begin, and where to go on after the last. */
  FieldEnd: 21,
  /** The frame ends here: number of its shape. */
  End: 22,
  /** A whole number in quotes or not that is not below the one of the level before. */
  Rising: 23,
  /** A moment as a text, up to its Z. */
  Iso: 24,
  /**
   * Levels of price and quantity with short texts around them: a side as in Levels; length, word and mask of the texts before and between; of the text after them
   * its length, two words and their masks; 1 where any text follows up to a quote, and length, word and mask of the text after that.
   */
  Pairs: 25,
  /** Text of 4 to 8 bytes: length, where to go on otherwise, its first word and the one it ends with. */
  Medium: 26,
  /** No or more JSON values up to the end of a list. */
  Values: 27,
  /** Seconds since the epoch; the latest of a frame is its time. */
  Latest: 28,
  /** Nanoseconds since the epoch: register; 1 for a number, which the plain path reads less exactly. */
  Nanos: 29,
  /** A quantity whose sign says who took, above zero a buyer, in quotes or not. */
  SignedQty: 30,
  /** A member that must have come: its number. */
  Required: 31,
  /** Milliseconds with or without decimals; whole seconds: register. */
  DecimalMillis: 32,
  WholeSeconds: 33,
  /** Whatever there is up to the last bytes of the frame: how many those are. */
  Rest: 34,
} as const;

/** Registers of numbers. */
export const Reg = {
  Time: 0, Seq: 1, First: 2, Previous: 3, Checksum: 4, Price: 5, Qty: 6,
  Last: 7, Mark: 8, Index: 9, OpenInterest: 10, BothSides: 11, Funding: 12, NextFunding: 13, FundingTime: 14, UsdIndex: 15, FrameNumber: 16, Bid: 17, Ask: 18,
} as const;

/** Numbers of flags. */
export const FLAG = { snapshot: 0, buy: 1, bid: 2, gone: 3 } as const satisfies Readonly<Record<Flag, number>>;

/** Shapes as instructions. */
export interface Program {
  readonly ops: Int32Array;
  /** Whether where numbers of levels begin and end is kept, for checksums. */
  readonly marks: boolean;
  readonly shapes: readonly FrameShape[];
}

/** 64 places for keys of members by their first word: how far its hash is shifted. */
export const FIELD_SHIFT = 26;
const FIELD_PLACES = 64;

/** Bytes that a text may look ahead of the end of a frame. */
export const LONGEST_TEXT = 500;

/** The place of a member's first four bytes, its opening quote among them. */
export function fieldPlace(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> FIELD_SHIFT;
}

/** Holes that are one instruction each, with its operands. */
const SIMPLE: Readonly<Record<string, readonly number[]>> = {
  time: [Op.Millis, Reg.Time], decimalTime: [Op.DecimalMillis, Reg.Time], iso: [Op.Iso, Reg.Time], latest: [Op.Latest], frameNumber: [Op.Integer, Reg.FrameNumber, 0], rising: [Op.Rising],
  // A sequence number below 2 is where venues hide a special meaning; -1 marks a snapshot's previous one.
  seq: [Op.Integer, Reg.Seq, 2], firstSeq: [Op.Integer, Reg.First, 0], previousSeq: [Op.Integer, Reg.Previous, -1], unsignedPreviousSeq: [Op.Integer, Reg.Previous, 0], checksum: [Op.Integer, Reg.Checksum, -Infinity], unsignedChecksum: [Op.Integer, Reg.Checksum, 0],
  price: [Op.Positive, Reg.Price], qty: [Op.Positive, Reg.Qty],
  last: [Op.Positive, Reg.Last], mark: [Op.Positive, Reg.Mark], index: [Op.Positive, Reg.Index], openInterest: [Op.Decimal, Reg.OpenInterest], bothSides: [Op.Decimal, Reg.BothSides],
  funding: [Op.Signed, Reg.Funding], nextFunding: [Op.Signed, Reg.NextFunding], fundingTime: [Op.Millis, Reg.FundingTime], fundingSeconds: [Op.WholeSeconds, Reg.FundingTime], usdIndex: [Op.Positive, Reg.UsdIndex],
  bestBid: [Op.Positive, Reg.Bid], bestAsk: [Op.Positive, Reg.Ask], signedQty: [Op.SignedQty],
};

interface Node {
  readonly piece: Piece | undefined;
  readonly children: Map<string, Node>;
  shape: number;
}

/** Compiles shapes into one program: what several have in common at their beginning is read once. Throws for a mistake in a shape. */
export function compile(shapes: readonly FrameShape[]): Program {
  const root: Node = { piece: undefined, children: new Map(), shape: -1 };
  shapes.forEach((shape, number) => {
    let node = root;
    for (const piece of piecesOf(shape.frame)) {
      const key = JSON.stringify([piece, piece.kind === 'hole' ? innerText(shape, piece.name) : '']);
      const next: Node = node.children.get(key) ?? { piece, children: new Map(), shape: number };
      node.children.set(key, next);
      node = next;
    }
    assert(node.children.size === 0 && !node.children.has('end'), `two shapes are the same: ${shape.frame}`);
    node.children.set('end', { piece: undefined, children: new Map(), shape: number });
  });
  const ops: number[] = [];
  emitChildren(ops, root, shapes);
  return { ops: Int32Array.from(ops), marks: shapes.some((shape) => /<(?:checksum|unsignedChecksum)>/.test(shape.frame)), shapes };
}

/** Holes of a book that stand for something else in other shapes. */
const OF_LEVELS: ReadonlySet<string> = new Set(['bids', 'asks', 'levels', 'qty', 'priceOrNone']);

function innerText(shape: FrameShape, name: string): string {
  if (shape.kind === 'book' && OF_LEVELS.has(name)) return shape.level ?? '';
  if (shape.kind === 'trade' && name === 'trades') return JSON.stringify([shape.row, shape.fields, shape.required]);
  return name === 'fields' ? JSON.stringify([shape.fields, shape.required]) : '';
}

function emitChildren(ops: number[], node: Node, shapes: readonly FrameShape[]): void {
  // Texts first, longer ones before shorter ones: the others cannot be given up once begun, so there may be only one.
  const rank = (n: Node): number => (n.piece?.kind === 'text' ? n.piece.text.length : 0);
  const children = [...node.children.values()].sort((a, b) => rank(b) - rank(a));
  assert(children.filter((n) => n.piece?.kind !== 'text').length <= 1, `shapes part at a hole: ${shapes[node.shape]?.frame ?? ''}`);
  children.forEach((child, i) => {
    const shape = shapes[child.shape];
    if (shape === undefined) return;
    if (child.piece === undefined) {
      ops.push(Op.End, child.shape);
      return;
    }
    const fail = emitPiece(ops, child.piece, shape);
    emitChildren(ops, child, shapes);
    if (fail >= 0 && i < children.length - 1) ops[fail] = ops.length;
  });
}

/** Emits a piece; gives where the address to go on with otherwise belongs, -1 where there is none. */
function emitPiece(ops: number[], piece: Piece, shape: FrameShape): number {
  switch (piece.kind) {
    case 'text':
      return emitText(ops, piece.text);
    case 'words':
      emitWords(ops, piece);
      return -1;
    case 'hole':
      emitHole(ops, piece, shape);
      return -1;
  }
}

function emitPieces(ops: number[], template: string, shape: FrameShape, level: boolean): void {
  for (const piece of piecesOf(template)) {
    if (level && piece.kind === 'hole' && (piece.name === 'price' || piece.name === 'priceOrNone')) ops.push(Op.LevelPrice, piece.name === 'price' ? 0 : 1);
    else if (level && piece.kind === 'hole' && piece.name === 'qty') ops.push(Op.LevelQty);
    else emitPiece(ops, piece, shape);
  }
}

function emitText(ops: number[], text: string): number {
  const { length } = text;
  assert(length <= LONGEST_TEXT, `a text of a shape is too long: ${text}`);
  if (length < 4) {
    ops.push(Op.Short, length, wordOf(text), -1 >>> (8 * (4 - length)), 0);
    return ops.length - 1;
  }
  if (length <= 8) {
    ops.push(Op.Medium, length, 0, wordOf(text), wordOf(text, length - 4));
    return ops.length - 3;
  }
  const whole = length >>> 2;
  ops.push(Op.Long, length, whole, 0);
  const fail = ops.length - 1;
  for (let i = 0; i < whole; i++) ops.push(wordOf(text, 4 * i));
  ops.push(wordOf(text, length - 4));
  return fail;
}

/** Four bytes of a text as they are read from a frame; 0 for those beyond its end. */
function wordOf(text: string, at = 0): number {
  const byte = (i: number): number => (at + i < text.length ? text.charCodeAt(at + i) : 0);
  // Only the first four.
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

/** The operands of a level that is nothing but a price, a quantity, short texts around them and one text that is not read; undefined for others. */
function pairOf(level: string): readonly number[] | undefined {
  const [before, price, between, qty, after, skipped, last, ...more] = piecesOf(level);
  const isHole = (piece: Piece | undefined, name: string): boolean => piece?.kind === 'hole' && piece.name === name;
  const textOf = (piece: Piece | undefined, longest: number): string => (piece?.kind === 'text' && piece.text.length <= longest ? piece.text : '');
  const [head, middle, tail, end] = [textOf(before, 4), textOf(between, 4), textOf(after, 8), textOf(last, 4)];
  const simple = skipped === undefined || (skipped.kind === 'hole' && skipped.name === '*' && skipped.quoted && end !== '');
  if (!isHole(price, 'price') || !isHole(qty, 'qty') || head === '' || middle === '' || tail === '' || more.length > 0 || !simple) return undefined;
  return [...masked(head), ...masked(middle), tail.length, ...masked(tail).slice(1), ...masked(tail.slice(4)).slice(1), skipped === undefined ? 0 : 1, ...masked(end)];
}

/** Length, word and mask of the first four bytes of a text. */
function masked(text: string): readonly [number, number, number] {
  const length = Math.min(4, text.length);
  return [length, wordOf(text), length === 0 ? 0 : -1 >>> (8 * (4 - length))];
}

function emitWords(ops: number[], piece: Extract<Piece, { kind: 'words' }>): void {
  const jumps: number[] = [];
  // The longer one first: a word may begin with another.
  const inOrder = piece.words.map((word, i) => ({ word, i })).sort((a, b) => b.word.length - a.word.length);
  inOrder.forEach(({ word, i }, n) => {
    const fail = emitText(ops, word);
    if (piece.flag !== undefined) ops.push(Op.Set, FLAG[piece.flag], i === 0 ? 1 : 0);
    if (n === inOrder.length - 1) return;
    ops.push(Op.Jump, 0);
    jumps.push(ops.length - 1);
    ops[fail] = ops.length;
  });
  for (const jump of jumps) ops[jump] = ops.length;
}

function emitHole(ops: number[], hole: Extract<Piece, { kind: 'hole' }>, shape: FrameShape): void {
  // The one level of a change that names it itself may be removed.
  if (shape.kind === 'book' && (hole.name === 'qty' || hole.name === 'priceOrNone')) {
    ops.push(Op.Decimal, hole.name === 'qty' ? Reg.Qty : Reg.Price);
    return;
  }
  const simple = SIMPLE[hole.name];
  if (simple !== undefined) {
    ops.push(...simple.map((n) => (n === -Infinity ? -0x8000_0000 : n)));
    return;
  }
  switch (hole.name) {
    case '*':
      if (hole.quoted) ops.push(Op.Text, hole.stop);
      else ops.push(Op.Value);
      return;
    case '**':
      ops.push(Op.Values);
      return;
    case 'rest':
      assert(shape.kind === 'ignored', 'only a frame that is not carried may be left unread');
      ops.push(Op.Rest, shape.frame.length - shape.frame.indexOf('<rest>') - '<rest>'.length);
      return;
    case 'symbol':
    case 'oldSymbol':
      ops.push(Op.Symbol, hole.stop, hole.name === 'symbol' ? 0 : 1);
      return;
    case 'nanos':
      ops.push(Op.Nanos, Reg.Time, hole.quoted ? 0 : 1);
      return;
    case 'id':
      if (hole.quoted) ops.push(Op.IdText, hole.stop);
      else ops.push(Op.IdNumber);
      return;
    case 'bids':
    case 'asks':
    case 'levels': {
      assert(shape.kind === 'book' && shape.level !== undefined, 'levels belong to a book');
      const pair = hole.name === 'levels' ? undefined : pairOf(shape.level);
      if (pair !== undefined) {
        ops.push(Op.Pairs, hole.name === 'bids' ? 1 : 0, ...pair);
        return;
      }
      ops.push(Op.Levels, hole.name === 'bids' ? 1 : 0, 0);
      const empty = ops.length - 1;
      const body = ops.length;
      emitPieces(ops, shape.level, shape, true);
      ops.push(Op.LevelEnd, body);
      ops[empty] = ops.length;
      return;
    }
    case 'trades': {
      assert(shape.kind === 'trade' && shape.row !== undefined, 'rows belong to trades');
      assert(/<symbol>|<fields>/.test(shape.row) || shape.frame.split('<trades>')[0]?.includes('<symbol>') === true, 'the symbol of trades comes before them or in each');
      const body = ops.length;
      emitPieces(ops, shape.row, shape, false);
      ops.push(Op.RowEnd, body);
      return;
    }
    case 'fields':
      emitFields(ops, shape);
      return;
    default:
      throw new Error(`unknown hole in a shape: <${hole.name}>`);
  }
}

function emitFields(ops: number[], shape: FrameShape): void {
  assert(shape.fields !== undefined, `a shape has no members: ${shape.frame}`);
  const members = Object.entries(shape.fields).map(([key, value], number) => ({ text: `"${key}":${value}`, number }));
  const begin = ops.length;
  ops.push(Op.Fields, ...new Array<number>(FIELD_PLACES).fill(0));
  const places = new Map<number, typeof members>();
  for (const member of members) {
    const place = fieldPlace(wordOf(member.text));
    places.set(place, [...(places.get(place) ?? []), member]);
  }
  const ends: number[] = [];
  for (const [place, list] of places) {
    ops[begin + 1 + place] = ops.length;
    list.forEach((member, i) => {
      const [head, ...rest] = piecesOf(member.text);
      assert(head?.kind === 'text' && head.text.length >= 4, `a member's text begins with its key: ${member.text}`);
      const fail = emitText(ops, head.text);
      ops.push(Op.Once, member.number);
      for (const piece of rest) emitPiece(ops, piece, shape);
      ops.push(Op.FieldEnd, begin, 0);
      ends.push(ops.length - 1);
      if (i < list.length - 1) ops[fail] = ops.length;
    });
  }
  for (const end of ends) ops[end] = ops.length;
  for (const key of shape.required ?? []) {
    const number = Object.keys(shape.fields).indexOf(key);
    assert(number >= 0, `no such member: ${key}`);
    ops.push(Op.Required, number);
  }
}
