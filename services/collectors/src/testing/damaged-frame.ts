import type { Rng } from '@breakwater/models/core';

const KINDS = ['byte', 'bit', 'digit', 'truncate', 'oversize', 'splice', 'random', 'delete', 'repeat', 'swap-number'] as const;

/** A frame with one seeded damage: bytes changed, cut, repeated or joined with another frame, or numbers in quotes replaced by hostile ones. Sometimes longer than `limit` bytes. */
export function damagedFrame(bytes: Buffer, other: Buffer, rng: Rng, limit: number): Buffer {
  const at = rng.int(Math.max(1, bytes.length));
  const copy = Buffer.from(bytes);
  switch (rng.pick(KINDS)) {
    case 'byte': copy[at] = rng.int(256); return copy;
    case 'bit': copy[at] = (copy[at] ?? 0) ^ (1 << rng.int(8)); return copy;
    case 'digit': {
      for (let i = 0; i < copy.length; i++) {
        const k = (at + i) % copy.length;
        const c = copy[k] ?? 0;
        if (c >= 48 && c <= 57) {
          copy[k] = 48 + rng.int(10);
          break;
        }
      }
      return copy;
    }
    case 'truncate': return copy.subarray(0, at);
    // Mostly a little too long for the JSON, sometimes too long for the limit.
    case 'oversize': return rng.chance(0.02) ? Buffer.concat([copy, Buffer.alloc(limit, 32)]) : Buffer.concat([copy, other]);
    case 'splice': return Buffer.concat([copy.subarray(0, at), other.subarray(rng.int(Math.max(1, other.length)))]);
    case 'random': return Buffer.from(Array.from({ length: rng.int(200) }, () => rng.int(256)));
    case 'delete': return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.min(copy.length, at + 1 + rng.int(20)))]);
    case 'repeat': return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - rng.int(20)))]);
    case 'swap-number': return Buffer.from(copy.toString('latin1').replace(/"\d[\d.]*"/g, (n) => (rng.chance(0.05) ? rng.pick(['"0"', '""', '"-1"', '"1e5"', '"NaN"', '"0x10"', 'null', '"007"', '1e999', '[]']) : n)), 'latin1');
  }
}
