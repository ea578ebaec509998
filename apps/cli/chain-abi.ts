import { defer, map, mergeMap, type Observable } from 'rxjs';
import { isStreamError, parseJson } from '../../lib/index.js';
import { recordOf } from '../../lib/problem.js';
import { abiEvents } from '../../sources/chain/abi-entries.js';
import type { AbiEvent, AbiSource } from '../../sources/chain/abi.js';
import { eventSignature, eventTopic } from '../../sources/chain/event-topic.js';
import { extractAbiEvent } from '../../sources/chain/extract-abi.js';
import type { Input } from './durable-values.js';
import { usageError } from './exit-codes.js';
import { jsonLine } from './json-line.js';
import type { Job } from './run.js';
import { readText } from './text-file.js';

/** The job of `tailrace chain abi FILE [EVENT]`: a line for each event, overloads too. */
export function abiJob(path: string, name: string | undefined, input: Input): Job {
  const lines = (): Observable<string> =>
    defer(() => readAbi(path, input)).pipe(
      mergeMap((abi) => inUsage(path, () => wanted(abi, name))),
      map((event) => jsonLine(shown(event))),
    );
  return { subject: 'chain', secrets: [], quiet: true, lines };
}

/**
 * The event that the flags name: a signature of its own, or by name, or by full signature, out of the ABI in a file.
 *
 * Errors: a usage error for a file that cannot be read, for what is no ABI, and for an event that is not in it.
 */
export async function eventOf(
  { event, abi: path }: { readonly event: string; readonly abi?: string | undefined },
  input: Input,
): Promise<AbiEvent> {
  if (path !== undefined) {
    const abi = await readAbi(path, input);
    return inUsage(path, (): AbiEvent => extractAbiEvent(abi, event));
  }
  if (!event.includes('(')) {
    const whole = 'Transfer(address indexed from, address indexed to, uint256 value)';
    throw usageError('--event without --abi must be a whole signature', `such as '${whole}'`);
  }
  const signature = /^\s*event\s/.test(event) ? event : `event ${event}`;
  const [only] = inUsage('--event', () => abiEvents([signature]));
  if (only === undefined) throw usageError('--event must be the signature of an event');
  return only;
}

/** Compilers write the ABI into an object, beside the code. */
async function readAbi(path: string, input: Input): Promise<AbiSource> {
  const text = await readText(path, input);
  const parsed = parseJson(text);
  const abi: unknown = parsed.ok ? recordOf(parsed.value)?.['abi'] : undefined;
  return Array.isArray(abi) ? abi : text;
}

function wanted(abi: AbiSource, name: string | undefined): readonly AbiEvent[] {
  const events = abiEvents(abi);
  if (name === undefined) return events;
  const named = events.filter((event) => event.name === name || eventSignature(event) === name);
  // Short types and blanks are understood there, and what is not found is told with what there is.
  return named.length > 0 ? named : [extractAbiEvent(abi, name)];
}

function shown(event: AbiEvent): object {
  const { name, inputs, anonymous } = event;
  const signature = eventSignature(event);
  // Logs of an anonymous event do not carry the hash.
  return anonymous
    ? { event: name, signature, anonymous, inputs }
    : { event: name, signature, topic0: eventTopic(event), inputs };
}

/** What is wrong with the ABI, whoever runs the program has given. */
function inUsage<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (isStreamError(error)) throw usageError(`${where === '-' ? 'stdin' : where}: ${error.message}`);
    throw error;
  }
}
