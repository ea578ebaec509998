import {
  checkOption,
  checkOptions,
  instance,
  integer,
  oneOf,
  type OptionRules,
  text,
} from '../../lib/check-options.js';

interface AnyDefinition {
  /** Which streams: `*` stands for one step of the path, `**` for any number. */
  readonly pattern?: string | undefined;
  /** Streams by their paths below the root. At least one of `pattern` and `streams` is needed. @default [] */
  readonly streams?: readonly string[] | undefined;
  /** How long a claim lasts without a heartbeat, in milliseconds, 1 000 to 600 000. @default 30_000 */
  readonly leaseTtl?: number | undefined;
  readonly description?: string | undefined;
}

/** Wakes go to an URL of the caller's, signed; see `verifyWebhook`. */
export interface WebhookDefinition extends AnyDefinition {
  readonly type: 'webhook';
  readonly webhook: { readonly url: string };
}

/** Wakes are messages of a JSON stream, which must be there. */
export interface PullWakeDefinition extends AnyDefinition {
  readonly type: 'pull-wake';
  /** Path below the root. */
  readonly wakeStream: string;
}

/** What a subscription is to be. */
export type SubscriptionDefinition = WebhookDefinition | PullWakeDefinition;

type Members = { [K in keyof PullWakeDefinition | keyof WebhookDefinition]?: unknown };

const rules: OptionRules<Members> = {
  type: oneOf('webhook', 'pull-wake'),
  pattern: text,
  streams: {
    expected: 'a list of paths',
    test: (value) => Array.isArray(value) && value.every((path) => text.test(path)),
  },
  leaseTtl: integer(1_000, 600_000, ' milliseconds'),
  description: { expected: 'a text', test: (value) => typeof value === 'string' },
  webhook: instance,
  wakeStream: text,
};

/** Refuses a definition that no server takes. Errors: `TypeError` that names the option. */
export function checkDefinition(where: string, definition: SubscriptionDefinition): void {
  checkOption(`${where}: the definition`, instance, definition ?? null);
  checkOptions(where, rules, definition);
  const { pattern, streams = [] } = definition;
  if (pattern === undefined && streams.length === 0) {
    throw new TypeError(`${where}: option "pattern" or option "streams" is needed`);
  }
  if (definition.type === 'webhook') {
    checkOption(`${where}: option "webhook"`, { ...instance, expected: 'an object with a "url"' }, definition.webhook);
    const url: unknown = definition.webhook?.url;
    if (typeof url === 'string' && URL.canParse(url)) return;
    throw new TypeError(`${where}: option "webhook.url" must be an absolute URL`);
  }
  if (definition.type !== 'pull-wake') throw new TypeError(`${where}: option "type" must be ${rules.type.expected}`);
  if (definition.wakeStream === undefined) throw new TypeError(`${where}: option "wakeStream" is missing`);
}

/** The same in the protocol's names. */
export function definitionBody(definition: SubscriptionDefinition): Readonly<Record<string, unknown>> {
  const { type, pattern, streams, leaseTtl, description } = definition;
  const own =
    definition.type === 'webhook'
      ? { webhook: { url: definition.webhook.url } }
      : { wake_stream: definition.wakeStream };
  return { type, pattern, streams, lease_ttl_ms: leaseTtl, description, ...own };
}
