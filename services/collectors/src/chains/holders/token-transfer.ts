/** One transfer of the token in a block, and its place there; `amount` is a decimal integer. */
export interface TokenTransfer {
  readonly logIndex: number;
  readonly from: string;
  readonly to: string;
  readonly amount: string;
}
