import type { AbiEvent } from '../../../sources/chain/abi.js';
import { compileEvent, type CompiledEvent } from '../../../sources/chain/decode-event.js';
import type { RawLog } from '../chain-source.js';

/** Events stay the same objects while their subscription does. */
const compiled = new WeakMap<AbiEvent, CompiledEvent>();

/** The parameters of a log as the service writes them; `undefined` for a log that only shares the event's topic. */
export function logValues(event: AbiEvent, log: RawLog): Readonly<Record<string, unknown>> | undefined {
  const known: CompiledEvent = compiled.get(event) ?? compileEvent(event, { integers: 'text' });
  compiled.set(event, known);
  try {
    return known.decode(log);
  } catch {
    return undefined;
  }
}
