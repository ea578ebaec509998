import type { AbiEvent, AbiInput } from '../../../sources/chain/abi.js';
import { isRecord, isTextList } from '../x/api.js';

/** What a client may say of a subscription. */
export interface SubscriptionFields {
  topic0?: string;
  event_signature?: AbiEvent;
  addresses?: readonly string[];
  start_block?: number;
  end_block?: number | null;
  chain_id?: number;
  subscriber_id?: string;
  is_streaming?: boolean;
  streaming_status?: string;
}

type Outcome =
  { readonly ok: true; readonly fields: SubscriptionFields } | { readonly ok: false; readonly detail: string };

/** Checks those that are there. Unknown members are ignored, as Pydantic does. */
export function readFields(body: unknown): Outcome {
  if (!isRecord(body)) return { ok: false, detail: 'body: expected an object' };
  const fields: SubscriptionFields = {};
  for (const [name, value] of Object.entries(body)) {
    const read = readers.get(name);
    if (read !== undefined && !read(fields, value)) return { ok: false, detail: `${name}: not valid` };
  }
  return { ok: true, fields };
}

type Reader = (fields: SubscriptionFields, value: unknown) => boolean;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['topic0', (fields, value) => typeof value === 'string' && value.length === 66 && set(fields, { topic0: value })],
  [
    'event_signature',
    (fields, value) => {
      const event = readEvent(value);
      return event !== undefined && set(fields, { event_signature: event });
    },
  ],
  ['addresses', (fields, value) => isTextList(value) && set(fields, { addresses: value })],
  ['start_block', (fields, value) => isWhole(value, 0) && set(fields, { start_block: value })],
  ['end_block', (fields, value) => (value === null || isWhole(value, 0)) && set(fields, { end_block: value })],
  ['chain_id', (fields, value) => isWhole(value, 1) && set(fields, { chain_id: value })],
  ['subscriber_id', (fields, value) => typeof value === 'string' && set(fields, { subscriber_id: value })],
  ['is_streaming', (fields, value) => typeof value === 'boolean' && set(fields, { is_streaming: value })],
  ['streaming_status', (fields, value) => typeof value === 'string' && set(fields, { streaming_status: value })],
]);

function set(fields: SubscriptionFields, part: SubscriptionFields): true {
  Object.assign(fields, part);
  return true;
}

function isWhole(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}

function readEvent(value: unknown): AbiEvent | undefined {
  if (!isRecord(value) || value['type'] !== 'event' || typeof value['name'] !== 'string') return undefined;
  const inputs = readInputs(value['inputs'] ?? []);
  return inputs && { type: 'event', name: value['name'], inputs, anonymous: value['anonymous'] === true };
}

function readInputs(value: unknown): AbiInput[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const inputs: AbiInput[] = [];
  for (const one of value) {
    const input = readInput(one);
    if (input === undefined) return undefined;
    inputs.push(input);
  }
  return inputs;
}

function readInput(value: unknown): AbiInput | undefined {
  if (!isRecord(value) || typeof value['type'] !== 'string') return undefined;
  const { name, type, internalType } = value;
  const components = value['components'] ?? undefined;
  const parts = components === undefined ? undefined : readInputs(components);
  if (components !== undefined && parts === undefined) return undefined;
  return {
    type,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof value['indexed'] === 'boolean' ? { indexed: value['indexed'] } : {}),
    ...(typeof internalType === 'string' ? { internalType } : {}),
    ...(parts === undefined ? {} : { components: parts }),
  };
}
