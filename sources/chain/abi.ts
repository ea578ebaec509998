/** One parameter of an event, as JSON ABIs have it. */
export interface AbiInput {
  /** Missing or empty for a parameter without a name. */
  readonly name?: string | undefined;
  /** A Solidity type: `address`, `uint256[2][]`, `tuple`. */
  readonly type: string;
  /** Of parameters of an event, not of components. */
  readonly indexed?: boolean | undefined;
  /** Of `tuple` and its arrays, and of nothing else. */
  readonly components?: readonly AbiInput[] | undefined;
  /** What the compiler calls it; carried along. */
  readonly internalType?: string | undefined;
}

/** The definition of an event. */
export interface AbiEvent {
  readonly type: 'event';
  readonly name: string;
  readonly inputs: readonly AbiInput[];
  readonly anonymous: boolean;
}

/** An ABI in any of its forms: JSON text, its parsed value, or human-readable signatures (`event Transfer(address indexed from, ...)`). */
export type AbiSource = string | readonly unknown[];
