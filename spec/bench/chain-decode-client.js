/** One contestant, alone in its process: `node chain-decode-client.js KIND NAME`. */
import { AbiCoder, Interface } from 'ethers';
import { decodeEventLog, parseAbi } from 'viem';
import { compileEvent } from '../../dist/sources/chain/decode-event.js';
import { eventDecoder } from '../../dist/sources/chain/event-decoder.js';
import { extractAbiEvent } from '../../dist/sources/chain/extract-abi.js';
import { numbers, orderAbi, transferAbi, transfers, word } from './chain-logs.js';

const [kind, name] = process.argv.slice(2);
/** Of CPU. */
const [warmSeconds, measuredSeconds] = [0.5, 1];
/** Logs between two looks at the clock. */
const slice = 200;

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
  const { logs, ...input } = kinds[kind]();
  const decode = contestants[name](input);
  const field = kind.startsWith('Transfer') ? 'value' : 'fees';
  let at = 0;
  let seen = 0;
  // By time: between the slowest and the fastest lies a factor of two hundred.
  const decodeFor = (seconds) => {
    const before = process.cpuUsage();
    for (;;) {
      for (let n = 0; n < slice; n += 1, at = (at + 1) % logs.length) {
        if (decode(logs[at])[field] !== undefined) seen += 1;
      }
      const { user, system } = process.cpuUsage(before);
      const spent = (user + system) / 1e6;
      if (spent >= seconds) return spent;
    }
  };
  decodeFor(warmSeconds);
  seen = 0;
  const spent = decodeFor(measuredSeconds);
  return { perSecond: seen / spent };
}

process.stdout.write(`${JSON.stringify(measure())}\n`);
