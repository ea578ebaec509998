import type { ChainEvent, EventArgs, EventMeta } from './messages.js';

const metaFields: ReadonlySet<string> = new Set([
  'block_number',
  'transaction_hash',
  'log_index',
  'address',
  'timestamp',
]);

type Members = Readonly<Record<string, unknown>>;

/**
 * What every event of the wire has beside its own members. A prototype, because making `args` and `meta` for each event, asked for or not, costs
 * as much as a third of parsing it; this costs a twentieth. What is written out again (JSON, structured clones) is the event of the wire.
 */
const shape: object = Object.defineProperties(
  {},
  {
    args: {
      get(this: Members): EventArgs {
        return argsOf(this);
      },
    },
    meta: {
      get(this: Members): EventMeta {
        return metaOf(this);
      },
    },
  },
);

/**
 * Makes an event of what was parsed, in place: it gets `args` and `meta`, worked out each time they are read. `false` for what is no object.
 * Parameters that are called `args` or `meta` are found in `args` only.
 */
export function becomeEvent(value: unknown): value is ChainEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if ('args' in value || 'meta' in value) coverNames(value);
  else Object.setPrototypeOf(value, shape);
  return true;
}

/** Rare enough to cost what it likes: the parameter's own member makes way for all parameters. */
function coverNames(event: object): void {
  const members: Members = { ...event };
  const hidden = { configurable: true, enumerable: false };
  Object.defineProperty(event, 'args', { ...hidden, value: argsOf(members) });
  Object.defineProperty(event, 'meta', { ...hidden, value: metaOf(members) });
}

/** One place in a chain: the same log that is mined again in another block is another event. `undefined` where the service does not say. */
export function eventKey(event: Members): string | undefined {
  const { transaction_hash: hash, log_index: index, block_number: block } = event;
  if (typeof hash !== 'string' || (typeof index !== 'number' && typeof index !== 'string')) return undefined;
  return `${hash}:${index}:${String(block)}`;
}

function argsOf(event: Members): EventArgs {
  const args: [string, unknown][] = [];
  for (const key of Object.keys(event)) if (!metaFields.has(key)) args.push([key, event[key]]);
  // Not by assignment: a parameter may be called `__proto__`.
  return Object.fromEntries(args);
}

function metaOf(event: Members): EventMeta {
  return {
    blockNumber: numberOf(event['block_number']),
    transactionHash: textOf(event['transaction_hash']),
    logIndex: numberOf(event['log_index']),
    address: textOf(event['address']),
    timestamp: typeof event['timestamp'] === 'string' ? event['timestamp'] : undefined,
  };
}

/** Big numbers may come as text. */
function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : Number(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
