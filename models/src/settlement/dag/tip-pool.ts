import { assert, defined, type Rng } from '../../core/index.ts';

/** The rule of a ledger in which every message approves earlier ones. */
export interface ApprovalRule {
  /** Approvals that each message gives, m >= 1: drawn uniformly, each by itself, from the tips its node sees, so that one may be drawn twice and then counts once. */
  readonly supplied: number;
  /** Distinct approvers that a message needs to be no tip any more, q >= 1. */
  readonly required: number;
}

/** Who issues, and how late they see one another. */
export interface TipNetwork {
  /** `delays[i][j]`: until node j sees what node i issued, in units of time, >= 0; `delays[i][i]` is its own, 0 as a rule. */
  readonly delays: readonly (readonly number[])[];
}

/** What is known of all messages at one moment, whoever has seen them. */
export interface TipCounts {
  readonly messages: number;
  /** X: messages with fewer approvers than required. */
  readonly tips: number;
  /** Sum over all tips of the approvers they still need. */
  readonly missing: number;
  /** Approvals that brought no message nearer: drawn twice, or of one that had enough already. */
  readonly wasted: number;
}

/** A ledger while it grows. */
export interface TipPool {
  /** Node `node` issues a message at `time`, which never goes back. What it sees is what reached it by then. */
  issue(node: number, time: number): void;
  counts(): TipCounts;
  /** X alone. */
  tips(): number;
}

/** What one node sees: how many approvers of each message, and its tips as a list with the place of each. */
interface View {
  readonly approvers: Uint8Array;
  readonly tips: number[];
  readonly place: Int32Array;
  /** Of each issuer, the next of its messages to be seen. */
  readonly next: Int32Array;
}

/**
 * A ledger of at most `most` messages besides the first, which has no parents and is seen by all. Deterministic in its arguments and the numbers of `rng`. A message costs O(nodes x approvals); memory 5 bytes a message
 * and node.
 */
export function createTipPool({ supplied, required }: ApprovalRule, { delays }: TipNetwork, most: number, rng: Rng): TipPool {
  assert(Number.isSafeInteger(supplied) && supplied >= 1 && Number.isSafeInteger(required) && required >= 1 && required < 255, 'a message gives approvals and needs some');
  assert(delays.length > 0 && delays.every((row) => row.length === delays.length && row.every((delay) => delay >= 0)), 'delays are of every node to every other');
  assert(Number.isSafeInteger(most) && most >= 1 && most <= 1e7, `a ledger of at most ten million messages, got ${most}`);
  const views = delays.map((): View => ({ approvers: new Uint8Array(most + 1), tips: [0], place: new Int32Array(most + 1).fill(-1).fill(0, 0, 1), next: new Int32Array(delays.length) }));
  const issued = delays.map(() => ({ ids: [] as number[], times: [] as number[] }));
  const parents = new Int32Array((most + 1) * supplied).fill(-1);
  const approvers = new Uint8Array(most + 1);
  const total = { messages: 1, tips: 1, missing: required, wasted: 0 };

  /** Counts the approvals of a message in one view. */
  const see = (view: View, id: number): void => {
    // A tip in the eyes of this node, unless its approvers came before it, which no delay that is fixed per pair rules out.
    if ((view.approvers[id] ?? 0) < required) addTip(view, id);
    for (let k = 0; k < supplied; k++) {
      const parent = parents[id * supplied + k] ?? -1;
      if (parent < 0) continue;
      const count = Math.min(254, (view.approvers[parent] ?? 0) + 1);
      view.approvers[parent] = count;
      if (count === required) removeTip(view, parent);
    }
  };
  const bringUpToDate = (view: View, node: number, time: number): void => {
    for (let from = 0; from < issued.length; from++) {
      const { ids, times } = defined(issued[from], 'node');
      const delay = delays[from]?.[node] ?? 0;
      let next = view.next[from] ?? 0;
      for (; next < ids.length && (times[next] ?? 0) + delay <= time; next++) see(view, ids[next] ?? 0);
      view.next[from] = next;
    }
  };
  return {
    counts: () => ({ ...total }), tips: () => total.tips,
    issue: (node, time) => {
      const [view, own] = [views[node], issued[node]];
      assert(view !== undefined && own !== undefined && total.messages <= most, 'a node that is there, and room for its message');
      assert(time >= (own.times.at(-1) ?? -Infinity), 'time does not go back');
      bringUpToDate(view, node, time);
      const id = total.messages++;
      total.tips++;
      total.missing += required;
      for (let k = 0; k < supplied; k++) {
        const parent = view.tips.length === 0 ? -1 : (view.tips[rng.int(view.tips.length)] ?? -1);
        let isNew = parent >= 0;
        for (let other = 0; other < k; other++) isNew &&= parents[id * supplied + other] !== parent;
        if (isNew) parents[id * supplied + k] = parent;
        if (!isNew || !approve(approvers, parent, required)) {
          total.wasted++;
          continue;
        }
        total.missing--;
        if (approvers[parent] === required) total.tips--;
      }
      own.ids.push(id);
      own.times.push(time);
    },
  };
}

/** Counts one more approver of a message; false where it had enough. */
function approve(approvers: Uint8Array, id: number, required: number): boolean {
  const before = approvers[id] ?? 0;
  if (before >= required) return false;
  approvers[id] = before + 1;
  return true;
}

function addTip(view: View, id: number): void {
  view.place[id] = view.tips.length;
  view.tips.push(id);
}

/** The last one takes its place. */
function removeTip(view: View, id: number): void {
  const place = view.place[id] ?? -1;
  if (place < 0) return;
  const last = view.tips.pop();
  if (last !== undefined && last !== id) {
    view.tips[place] = last;
    view.place[last] = place;
  }
  view.place[id] = -1;
}
