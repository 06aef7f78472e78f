import { assert } from '@breakwater/models/core';
import { Reg } from './memory.ts';
import type { FrameShape } from './shapes.ts';
import type { Piece } from './template.ts';
import { piecesOf } from './template.ts';

/** Whether any shape has a checksum, for which it is kept where the numbers of levels begin and end. */
export function marksLevels(shapes: readonly FrameShape[]): boolean {
  return shapes.some((shape) => /<(?:checksum|unsignedChecksum)>/.test(shape.frame));
}

/** Bytes that a text may look ahead of the end of a frame. */
const LONGEST_TEXT = 500;

const COMMA = 44;
const CLOSE_LIST = 93;

type Hole = Extract<Piece, { kind: 'hole' }>;

/** A number into its register: its reader, the register, and what the number must fulfil as well. */
type NumberHole = readonly [reader: string, register: number, unless?: string];

// A sequence number below 2 is where venues hide a special meaning; -1 marks a snapshot's previous one.
const NUMBERS: Readonly<Record<string, NumberHole>> = {
  time: ['readMillis', Reg.Time], decimalTime: ['readDecimalMillis', Reg.Time], iso: ['readIso', Reg.Time], frameNumber: ['readInteger', Reg.FrameNumber, '< 0'],
  seq: ['readInteger', Reg.Seq, '< 2'], firstSeq: ['readInteger', Reg.First, '< 0'], previousSeq: ['readInteger', Reg.Previous, '< -1'], unsignedPreviousSeq: ['readInteger', Reg.Previous, '< 0'],
  checksum: ['readInteger', Reg.Checksum, '< -0x80000000'], unsignedChecksum: ['readInteger', Reg.Checksum, '< 0'],
  price: ['readDecimal', Reg.Price, '=== 0'], qty: ['readDecimal', Reg.Qty, '=== 0'],
  last: ['readDecimal', Reg.Last, '=== 0'], mark: ['readDecimal', Reg.Mark, '=== 0'], index: ['readDecimal', Reg.Index, '=== 0'], openInterest: ['readDecimal', Reg.OpenInterest], bothSides: ['readDecimal', Reg.BothSides],
  funding: ['readSigned', Reg.Funding], nextFunding: ['readSigned', Reg.NextFunding], fundingTime: ['readMillis', Reg.FundingTime], fundingSeconds: ['readWholeSeconds', Reg.FundingTime],
  usdIndex: ['readDecimal', Reg.UsdIndex, '=== 0'], bestBid: ['readDecimal', Reg.Bid, '=== 0'], bestAsk: ['readDecimal', Reg.Ask, '=== 0'],
};

interface Node {
  readonly piece: Piece | undefined;
  readonly children: Map<string, Node>;
  shape: number;
}

/**
 * The text of a function that reads a frame of one of the shapes: `(length, memory)` to the number of the shape, or -1. What several shapes have in common at their beginning is
 * read once. Every name in it is one of ours and every text of a shape stands in it as numbers. Throws for a mistake in a shape.
 */
export function readerSource(shapes: readonly FrameShape[]): string {
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
  return createWriter(shapes).reader(root);
}

/** Holes of a book that stand for something else in other shapes. */
const OF_LEVELS: ReadonlySet<string> = new Set(['bids', 'asks', 'levels', 'qty', 'priceOrNone']);

function innerText(shape: FrameShape, name: string): string {
  if (shape.kind === 'book' && OF_LEVELS.has(name)) return shape.level ?? '';
  if (shape.kind === 'trade' && name === 'trades') return JSON.stringify([shape.row, shape.fields, shape.required]);
  return name === 'fields' ? JSON.stringify([shape.fields, shape.required]) : '';
}

/** Four bytes of a text as they are read from a frame; 0 for those beyond its end. */
function wordOf(text: string, at = 0): number {
  const byte = (i: number): number => (at + i < text.length ? text.charCodeAt(at + i) : 0);
  // Only the first four.
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

/** The condition that a text of at least one byte stands at `at`: by words, the last one overlapping. */
function stands(text: string): string {
  const { length } = text;
  assert(length > 0 && length <= LONGEST_TEXT, `a text of a shape is empty or too long: ${text}`);
  if (length < 4) return `(words.getInt32(at, true) & ${-1 >>> (8 * (4 - length))}) === ${wordOf(text)}`;
  const places = Array.from({ length: length >>> 2 }, (_, i) => 4 * i);
  if (length % 4 > 0) places.push(length - 4);
  return places.map((place) => `words.getInt32(at${place === 0 ? '' : ` + ${place}`}, true) === ${wordOf(text, place)}`).join(' && ');
}

/** Writes the statements of a reader, piece by piece. */
function createWriter(shapes: readonly FrameShape[]): { reader(root: Node): string } {
  const marked = marksLevels(shapes);
  let lines: string[] = [];
  /** Functions that read a list of levels: the innermost loops stand alone, so that each is compiled as well as can be. By the text of a level. */
  const levelReaders = new Map<string, { readonly name: string; readonly source: string }>();
  let objects = 0;

  const put = (...more: readonly string[]): void => void lines.push(...more);
  const step = (expression: string, unless = ''): void => put(`at = ${expression};`, `if (at < 0${unless}) return -1;`);

  const number = (reader: string, slot: number, unless?: string): void => {
    step(`${reader}(at, numbers, ${slot})`, unless === undefined ? '' : ` || numbers[${slot}] ${unless}`);
    put(`has |= ${1 << slot};`);
  };

  const putPiece = (piece: Piece, shape: FrameShape): void => {
    if (piece.kind === 'text') put(`if (!(${stands(piece.text)})) return -1;`, `at += ${piece.text.length};`);
    else if (piece.kind === 'words') putWords(piece);
    else putHole(piece, shape);
  };

  const putWords = ({ flag, words }: Extract<Piece, { kind: 'words' }>): void => {
    // The longer one first: a word may begin with another.
    const inOrder = words.map((word, i) => ({ word, value: i === 0 ? 1 : 0 })).sort((a, b) => b.word.length - a.word.length);
    for (const { word, value } of inOrder) put(`if (${stands(word)}) { at += ${word.length};${flag === undefined ? '' : ` ${flag} = ${value};`} } else`);
    put('return -1;');
  };

  const putHole = (hole: Hole, shape: FrameShape): void => {
    // The one level of a change that names it itself may be removed.
    if (shape.kind === 'book' && (hole.name === 'qty' || hole.name === 'priceOrNone')) {
      number('readDecimal', hole.name === 'qty' ? Reg.Qty : Reg.Price);
      return;
    }
    const plain = NUMBERS[hole.name];
    if (plain !== undefined) {
      number(...plain);
      return;
    }
    switch (hole.name) {
      case '*':
        step(hole.quoted ? `readText(at, ${hole.stop})` : 'skipValue(at)');
        return;
      case '**':
        step('skipValues(at)');
        return;
      case 'rest': {
        assert(shape.kind === 'ignored', 'only a frame that is not carried may be left unread');
        const after = shape.frame.length - shape.frame.indexOf('<rest>') - '<rest>'.length;
        put(`if (length - ${after} < at) return -1;`, `at = length - ${after};`);
        return;
      }
      case 'symbol':
      case 'oldSymbol':
        step(`readSymbol(memory, memory.${hole.name === 'symbol' ? 'texts' : 'oldTexts'}, at, ${hole.stop})`);
        return;
      case 'nanos':
        // A number is read less exactly by the plain path.
        step(`readNanos(at, numbers, ${Reg.Time}, ${!hole.quoted})`);
        put(`has |= ${1 << Reg.Time};`);
        return;
      case 'latest':
        put('{', `const before = (has & ${1 << Reg.Time}) === 0 ? -1 : numbers[${Reg.Time}];`);
        number('readSeconds', Reg.Time);
        put(`if (numbers[${Reg.Time}] < before) numbers[${Reg.Time}] = before;`, '}');
        return;
      case 'rising':
        step(`readInteger(at, numbers, ${Reg.Seq})`, ` || numbers[${Reg.Seq}] < risen`);
        put(`risen = numbers[${Reg.Seq}];`);
        return;
      case 'signedQty':
        step(`readSignedQty(at, numbers, ${Reg.Qty})`);
        put(`buy = numbers[${Reg.Qty}] > 0 ? 1 : 0;`, `numbers[${Reg.Qty}] = Math.abs(numbers[${Reg.Qty}]);`);
        return;
      case 'id':
        step(hole.quoted ? `readIdText(memory, at, ${hole.stop})` : 'readIdNumber(memory, at)');
        return;
      case 'bids':
      case 'asks':
      case 'levels':
        putLevels(hole.name, shape);
        return;
      case 'trades':
        putTrades(shape);
        return;
      case 'fields':
        putFields(shape);
        return;
      default:
        throw new Error(`unknown hole in a shape: <${hole.name}>`);
    }
  };

  const putLevels = (name: 'bids' | 'asks' | 'levels', shape: FrameShape): void => {
    assert(shape.kind === 'book' && shape.level !== undefined, 'levels belong to a book');
    const key = `${name === 'levels' ? 'both' : 'one'} ${shape.level}`;
    const held = levelReaders.get(key) ?? { name: `readLevels${levelReaders.size}`, source: '' };
    if (held.source === '') levelReaders.set(key, { name: held.name, source: levelsSource(held.name, shape.level, shape, name === 'levels') });
    put('memory.has = has;');
    step(`${held.name}(at, memory, ${name === 'bids' ? 1 : 0})`);
    put('has = memory.has;');
  };

  /** A function that reads no or more levels up to the end of their list; `bid` is their side, unless each names its own. */
  const levelsSource = (name: string, level: string, shape: FrameShape, both: boolean): string => {
    const outer = lines;
    lines = [];
    const pieces = piecesOf(level);
    const isPrice = (piece: Piece): boolean => piece.kind === 'hole' && (piece.name === 'price' || piece.name === 'priceOrNone');
    const sideAt = pieces.findIndex((piece) => piece.kind === 'words' && piece.flag === 'bid');
    assert(both ? sideAt >= 0 && sideAt < pieces.findIndex(isPrice) : sideAt < 0, `a level says its side before its price, or not at all: ${level}`);
    const putSide = (): void => put('side = bid === 1 ? found.bids : found.asks;', 'n = bid === 1 ? bidCount : askCount;', 'marks = bid === 1 ? found.bidMarks : found.askMarks;', ...(marked ? ['places = marks.places;'] : []));
    const putNumber = (place: string, unless: string): void => {
      if (marked) put('from = at;');
      step(`readDecimal(at, side, ${place})`, unless);
      if (marked) put(`if (keep) { places[2 * (${place})] = from; places[2 * (${place}) + 1] = at; }`);
    };
    put(
      `function ${name}(at, memory, bid) {`, 'const { found } = memory, { numbers } = found;',
      'let bidCount = 0, askCount = 0, n = 0, gone = 0, risen = -1, has = memory.has, side, marks, places, from = 0;',
      ...(marked ? ['const keep = memory.marks;'] : []),
    );
    if (!both) putSide();
    put(`if (bytes[at] !== ${CLOSE_LIST}) for (;;) {`);
    pieces.forEach((piece, i) => {
      if (isPrice(piece)) putNumber('n', piece.kind === 'hole' && piece.name === 'price' ? ' || side[n] === 0' : '');
      else if (piece.kind === 'hole' && piece.name === 'qty') putNumber('n + 1', '');
      else putPiece(piece, shape);
      if (i === sideAt) putSide();
    });
    // What is gone has no quantity left; a venue that prints one all the same is left to its own reader.
    if (level.includes('<gone:')) put('if (gone === 1 && side[n + 1] !== 0) return -1;');
    put(level.includes('<priceOrNone>') ? 'if (side[n] !== 0) n += 2;' : 'n += 2;');
    if (both) put('if (bid === 1) bidCount = n; else askCount = n;');
    put(`if (n + 2 > side.length) { makeRoom(side, marks);${marked ? ' places = marks.places;' : ''} }`, `if (bytes[at] !== ${COMMA}) break;`, 'at++;', '}');
    put(both ? 'found.bidCount = bidCount; found.askCount = askCount;' : 'if (bid === 1) found.bidCount = n; else found.askCount = n;', 'memory.has = has;', 'return at;', '}');
    const source = lines.join('\n');
    lines = outer;
    return source;
  };

  const putTrades = (shape: FrameShape): void => {
    assert(shape.kind === 'trade' && shape.row !== undefined, 'rows belong to trades');
    assert(/<symbol>|<fields>/.test(shape.row) || shape.frame.split('<trades>')[0]?.includes('<symbol>') === true, 'the symbol of trades comes before them or in each');
    put('for (;;) {');
    for (const piece of piecesOf(shape.row)) putPiece(piece, shape);
    put('found.trades.push(tradeOf(found, buy === 1));', `if (bytes[at] !== ${COMMA}) break;`, 'at++;', '}');
  };

  const putFields = (shape: FrameShape): void => {
    assert(shape.fields !== undefined, `a shape has no members: ${shape.frame}`);
    const members = Object.entries(shape.fields).map(([key, value], i) => ({ key, text: `"${key}":${value}`, i }));
    const object = objects++;
    /** Which members have come, as bits. */
    const seen = (i: number): string => `seen${object}_${Math.floor(i / 31)}`;
    const bit = (i: number): number => 1 << (i % 31);
    put('{', ...Array.from({ length: Math.ceil(members.length / 31) }, (_, i) => `let ${seen(31 * i)} = 0;`), 'for (;;) {', 'switch (words.getInt32(at, true)) {');
    const byWord = new Map<number, typeof members>();
    for (const member of members) byWord.set(wordOf(member.text), [...(byWord.get(wordOf(member.text)) ?? []), member]);
    for (const [word, list] of byWord) {
      put(`case ${word}:`);
      for (const { text, i } of list) {
        const [head, ...rest] = piecesOf(text);
        assert(head?.kind === 'text' && head.text.length >= 4, `a member's text begins with its key: ${text}`);
        put(`if (${stands(head.text)}) {`, `at += ${head.text.length};`, `if ((${seen(i)} & ${bit(i)}) !== 0) return -1;`, `${seen(i)} |= ${bit(i)};`);
        for (const piece of rest) putPiece(piece, shape);
        put('break;', '}');
      }
      put('return -1;');
    }
    put('default: return -1;', '}', `if (bytes[at] !== ${COMMA}) break;`, 'at++;', '}');
    for (const key of shape.required ?? []) {
      const i = members.findIndex((member) => member.key === key);
      assert(i >= 0, `no such member: ${key}`);
      put(`if ((${seen(i)} & ${bit(i)}) === 0) return -1;`);
    }
    put('}');
  };

  /** What may come after a node: each way ends in a return. */
  const putChildren = (node: Node): void => {
    // Texts first, longer ones before shorter ones: the others cannot be given up once begun, so there may be only one.
    const rank = (n: Node): number => (n.piece?.kind === 'text' ? n.piece.text.length : 0);
    const children = [...node.children.values()].sort((a, b) => rank(b) - rank(a));
    assert(children.filter((n) => n.piece?.kind !== 'text').length <= 1, `shapes part at a hole: ${shapes[node.shape]?.frame ?? ''}`);
    children.forEach((child, i) => {
      const shape = shapes[child.shape];
      assert(shape !== undefined, 'a node is of a shape');
      if (child.piece === undefined) put(`return at === length ? end(${child.shape}, found, has, snapshot, buy, bid) : -1;`);
      else if (child.piece.kind === 'text' && i < children.length - 1) {
        put(`if (${stands(child.piece.text)}) {`, `at += ${child.piece.text.length};`);
        putChildren(child);
        put('}');
      } else {
        putPiece(child.piece, shape);
        putChildren(child);
      }
    });
  };

  return {
    reader: (root) => {
      put(
        'return function readFrame(length, memory) {', 'const { found } = memory, { numbers } = found;', 'memory.symbolLength = 0; found.id = undefined; found.bidCount = 0; found.askCount = 0;',
        'let at = 0, has = 0, snapshot = 0, buy = 0, bid = 0, gone = 0, risen = -1;',
      );
      putChildren(root);
      put('};');
      return [...[...levelReaders.values()].map(({ source }) => source), ...lines].join('\n');
    },
  };
}
