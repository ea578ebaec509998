import type { AbiEvent } from '../../sources/chain/abi.js';

/** What an ERC-20 says when tokens move; minting is a transfer from {@link zeroAddress}. */
export const transferEvent: AbiEvent = {
  type: 'event',
  name: 'Transfer',
  anonymous: false,
  inputs: [
    { name: 'from', type: 'address', indexed: true },
    { name: 'to', type: 'address', indexed: true },
    { name: 'value', type: 'uint256', indexed: false },
  ],
};

/** keccak-256 of `Transfer(address,address,uint256)`. */
export const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

export const zeroAddress: string = `0x${'0'.repeat(40)}`;

/** 32 bytes of hex, without `0x`. */
export function word(value: bigint | string): string {
  const digits = typeof value === 'bigint' ? value.toString(16) : value.replace(/^0x/, '').toLowerCase();
  return digits.padStart(64, '0');
}
