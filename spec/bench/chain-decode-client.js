/** One contestant, alone in its process: `node chain-decode-client.js KIND NAME`. */
import { AbiCoder, Interface } from 'ethers';
import { decodeEventLog, parseAbi } from 'viem';
import { compileEvent } from '../../dist/sources/chain/decode-event.js';
import { eventDecoder } from '../../dist/sources/chain/event-decoder.js';
import { extractAbiEvent } from '../../dist/sources/chain/extract-abi.js';
import { numbers, orderAbi, transferAbi, transfers, word } from './chain-logs.js';

const [kind, name] = process.argv.slice(2);
const measuredSeconds = 1.5;

function orders(count) {
  const next = numbers();
  const hex = (length) => Array.from({ length }, () => next(16).toString(16)).join('');
  const accounts = Array.from({ length: 500 }, () => `0x${hex(40)}`);
  const account = () => accounts[next(500)];
  const { inputs, topicHash } = new Interface(orderAbi).getEvent('OrderFilled');
  const types = inputs.filter(({ indexed }) => !indexed).map((input) => input.format());
  const logs = Array.from({ length: count }, () => {
    const items = Array.from({ length: 1 + next(4) }, () => [account(), BigInt(`0x${hex(18)}`), next(4)]);
    const order = [account(), `0x${hex(64)}`, items, 'a note of some forty characters and no more'];
    const data = AbiCoder.defaultAbiCoder().encode(types, [order, [1n, BigInt(`0x${hex(16)}`)], next(2) === 1]);
    return { topics: [topicHash, `0x${hex(64)}`, `0x${word(account().slice(2))}`], data };
  });
  return JSON.parse(JSON.stringify(logs));
}

const kinds = {
  'Transfer, 500 accounts': () => ({ abi: transferAbi, logs: transfers(5_000) }),
  'Transfer, 200,000 accounts': () => ({ abi: transferAbi, logs: transfers(100_000, 200_000) }),
  'a tuple with an array of tuples and text': () => ({ abi: orderAbi, logs: orders(2_000) }),
};

/** Each makes a function that decodes one log; what that gives must hold the arguments. */
const contestants = {
  viem: ({ abi }) => {
    const parsed = parseAbi(abi);
    return ({ topics, data }) => decodeEventLog({ abi: parsed, topics, data }).args;
  },
  ethers: ({ abi }) => {
    const contract = new Interface(abi);
    return (log) => contract.parseLog(log).args;
  },
  tailrace: ({ abi }) => byTopic(eventDecoder(abi)),
  'tailrace, checksums': ({ abi }) => byTopic(eventDecoder(abi, { checksum: true })),
  'tailrace, integers as text': ({ abi }) => byTopic(eventDecoder(abi, { integers: 'text' })),
  'tailrace, one event': ({ abi }) => compileEvent(extractAbiEvent(abi, 'Transfer')).decode,
};

function byTopic(decode) {
  return (log) => decode(log).args;
}

function measure() {
  const input = kinds[kind]();
  const decode = contestants[name](input);
  const field = kind.startsWith('Transfer') ? 'value' : 'fees';
  let seen = 0;
  const pass = () => {
    for (const log of input.logs) if (decode(log)[field] !== undefined) seen += 1;
  };
  pass();
  pass();
  seen = 0;
  const before = process.cpuUsage();
  const until = performance.now() + measuredSeconds * 1_000;
  while (performance.now() < until) pass();
  const { user, system } = process.cpuUsage(before);
  return { perSecond: seen / ((user + system) / 1e6) };
}

process.stdout.write(`${JSON.stringify(measure())}\n`);
