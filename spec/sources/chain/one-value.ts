import type { AbiInput } from '../../../sources/chain/abi.js';
import { compileEvent, type CompileOptions, type EventLog } from '../../../sources/chain/decode-event.js';
import { AbiDecodingError } from '../../../sources/chain/errors.js';

/** What an event with one parameter called `value` has in its data. */
export function decodeValue(type: string | Omit<AbiInput, 'name'>, data: string, options?: CompileOptions): unknown {
  const input = typeof type === 'string' ? { type } : type;
  const compiled = compileEvent(
    { type: 'event', name: 'One', anonymous: false, inputs: [{ ...input, name: 'value', indexed: false }] },
    options,
  );
  const log: EventLog = { topics: [compiled.topic0], data };
  return new Map(Object.entries(compiled.decode(log))).get('value');
}

/** The message of the decoding error; anything else that is thrown fails the spec. */
export function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof AbiDecodingError && error.message.startsWith(`${error.path}: `)) return error.message;
    throw error;
  }
  return 'nothing thrown';
}
