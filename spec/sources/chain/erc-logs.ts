import type { EventLog } from '../../../sources/chain/decode-event.js';
import { dataOf, word } from './log-words.js';

/** The hash of `Transfer(address,address,uint256)`, which ERC-20 and ERC-721 share. */
export const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/** Of ERC-20. */
export const transfer = {
  type: 'event',
  name: 'Transfer',
  inputs: [
    { name: 'from', type: 'address', indexed: true },
    { name: 'to', type: 'address', indexed: true },
    { name: 'value', type: 'uint256', indexed: false },
  ],
  anonymous: false,
} as const;

/** Of ERC-721: the third is indexed too. */
export const transfer721 = {
  type: 'event',
  name: 'Transfer',
  inputs: [
    { name: 'from', type: 'address', indexed: true },
    { name: 'to', type: 'address', indexed: true },
    { name: 'tokenId', type: 'uint256', indexed: true },
  ],
  anonymous: false,
} as const;

/** An account. */
export const alice: string = `0x${'a1'.repeat(20)}`;

/** Another. */
export const bob: string = `0x${'b0'.repeat(20)}`;

/** From alice to bob. */
export function transferLog(value: number | bigint): EventLog {
  return { topics: [transferTopic, topicOf(alice), topicOf(bob)], data: dataOf(word(value)) };
}

/** The same of a token of ERC-721. */
export function tokenLog(id: number | bigint): EventLog {
  return { topics: [...transferLog(0).topics, dataOf(word(id))], data: '0x' };
}

/** An address as a topic. */
function topicOf(address: string): string {
  return dataOf(word(address.slice(2)));
}
