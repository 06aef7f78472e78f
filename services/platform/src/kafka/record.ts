/** A record to be written. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  /** Null says that the key is gone, where topics are compacted. */
  readonly value: string | Uint8Array | null;
}
