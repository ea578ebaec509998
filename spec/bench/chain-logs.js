/** Logs as a node's JSON-RPC gives them, always the same: a decoder of any make has the same work. */

/** One account of five hundred in each topic: the memo of whoever has one always hits. */
const fewAccounts = 500;

export const transferAbi = ['event Transfer(address indexed from, address indexed to, uint256 value)'];
export const orderAbi = [
  'event OrderFilled(bytes32 indexed hash, address indexed taker, (address maker, bytes32 salt, (address token, uint256 amount, uint8 kind)[] items, string note) order, uint256[] fees, bool isPartial)',
];

const transferTopic = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';

/** Numbers below `limit`, the same in every run. */
export function numbers(seed = 1) {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const digits = (next, count) => Array.from({ length: count }, () => next(16).toString(16)).join('');
export const word = (hex) => hex.padStart(64, '0');

/** Transfers between `accounts` accounts; of any number of tokens up to 2^80. */
export function transfers(count, accounts = fewAccounts) {
  const next = numbers();
  const topics = Array.from({ length: accounts }, () => `0x${word(digits(next, 40))}`);
  const logs = Array.from({ length: count }, () => ({
    address: '0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48',
    topics: [transferTopic, topics[next(accounts)], topics[next(accounts)]],
    data: `0x${word(digits(next, 1 + next(20)))}`,
  }));
  // What a client holds has come out of JSON.
  return JSON.parse(JSON.stringify(logs));
}
