import { AbiCoder, EventFragment, ParamType, Result } from 'ethers';
import { events } from 'micro-eth-signer/abi.js';
import type { AbiEvent } from '../../../sources/chain/abi.js';
import type { EventLog } from '../../../sources/chain/decode-event.js';
import { hex } from './log-words.js';

/** What a decoder makes of a log, values by position, or why it refuses it. */
export type Verdict = { readonly values: unknown } | { readonly refused: unknown };

/** Values in one form for all decoders: tuples by position, addresses and bytes as small hex text, integers as they are. */
export function plain(value: unknown): unknown {
  if (value instanceof Result) return value.toArray().map(plain);
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) return Object.values(value).map(plain);
  return typeof value === 'string' && /^0x[0-9a-f]+$/i.test(value) ? value.toLowerCase() : value;
}

/** The types of what is in the data, as ethers takes them. */
export function dataTypes({ inputs }: AbiEvent): ParamType[] {
  return inputs
    .filter(({ indexed }) => indexed !== true)
    .map(({ name, type, components }) => ParamType.from({ name, type, components }));
}

/** Of ethers 6, which counts no topics and allows data behind the end. */
export function ethersVerdict(event: AbiEvent, log: EventLog): Verdict {
  const coder = AbiCoder.defaultAbiCoder();
  return verdict(() => {
    const topics = [...log.topics];
    if (!event.anonymous && topics.shift() !== EventFragment.from(event).topicHash) throw new Error('topic0');
    const values = coder.decode(dataTypes(event), log.data);
    const rest = values.toArray();
    return event.inputs.map((input) => {
      if (input.indexed !== true) return plain(rest.shift());
      const type = /\]$|^(tuple|string|bytes)$/.test(input.type) ? 'bytes32' : input.type;
      return plain(coder.decode([type], topics.shift() ?? '').toArray()[0]);
    });
  });
}

/** Of micro-eth-signer, which is strict. */
export function microVerdict(event: AbiEvent, log: EventLog): Verdict {
  const decoder = events([JSON.parse(JSON.stringify(event))])[event.name];
  return verdict(() => {
    const args = new Map(Object.entries(Object(decoder?.decode([...log.topics], log.data))));
    return event.inputs.map(({ name = '' }) => plain(args.get(name)));
  });
}

/** Runs a decoder whose errors are its own affair. */
export function verdict(decode: () => unknown): Verdict {
  try {
    return { values: decode() };
  } catch (error) {
    return { refused: error };
  }
}
