import type { AbiEvent, AbiSource } from './abi.js';
import { readAbiEvent } from './abi-event.js';
import { abiError, isAbiRecord } from './abi-inputs.js';
import { type AbiEntry, entriesOfText, entriesOfTexts } from './human-readable-abi.js';

/** An ABI before its elements are looked at. */
export interface OpenAbi {
  readonly entries: readonly AbiEntry[];
  /** The elements as they were given. */
  readonly raw: readonly unknown[];
}

/** A text that begins like this is meant as Solidity, all others as JSON. */
const signatureStart = /^(?:event|function|error|struct|constructor|fallback|receive)\b/;

/**
 * The elements of an ABI, in their order, each an object with a `type`. An array may mix JSON elements and signatures.
 *
 * Errors: `AbiParsingError` for what is no ABI, or an empty one. The text of the ABI is in no message.
 */
export function openAbi(abi: AbiSource): OpenAbi {
  if (typeof abi !== 'string') return openList(abi);
  const text = abi.trim();
  if (text === '') throw abiError('abi', 'ABI cannot be empty');
  if (signatureStart.test(text)) return { entries: entriesOfText(text), raw: [text] };
  return openList(parsed(text));
}

/** The events of an ABI in their order, overloads and twins included. Errors: as {@link openAbi}, and for every event that cannot be. */
export function abiEvents(abi: AbiSource): readonly AbiEvent[] {
  return eventsOf(openAbi(abi));
}

/** The same of an open ABI. */
export function eventsOf({ entries }: OpenAbi): readonly AbiEvent[] {
  return entries.filter(({ entry }) => entry['type'] === 'event').map(({ entry, path }) => readAbiEvent(entry, path));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The platform's error quotes its input.
    throw abiError('abi', `Invalid JSON in ABI (${text.length} characters)`);
  }
}

function openList(list: unknown): OpenAbi {
  if (!Array.isArray(list)) {
    const hint = isAbiRecord(list) && Array.isArray(list['abi']) ? '; this object holds one as its abi' : '';
    throw abiError('abi', `ABI must be an array${hint}`);
  }
  const raw: readonly unknown[] = list;
  if (raw.length === 0) throw abiError('abi', 'ABI cannot be empty');
  const places = raw.map((element, index) => ({ path: `abi[${index}]`, element }));
  const texts = places.flatMap(({ path, element }) => (typeof element === 'string' ? [{ path, text: element }] : []));
  const written = new Map(entriesOfTexts(texts).map((entry) => [entry.path, entry]));
  const entries = places.flatMap(({ path, element }) => {
    if (typeof element !== 'string') return [openElement(element, path)];
    const entry = written.get(path);
    return entry === undefined ? [] : [entry];
  });
  return { entries, raw };
}

function openElement(element: unknown, path: string): AbiEntry {
  if (!isAbiRecord(element)) throw abiError(path, 'an element of an ABI must be an object, or a signature as text');
  const { type } = element;
  if (type === undefined || type === null) throw abiError(path, "element missing 'type' field");
  if (typeof type !== 'string') throw abiError(`${path}.type`, "element 'type' must be a string");
  return { path, entry: element };
}
