import {
  atLeast,
  checkOption,
  checkOptions,
  flag,
  integer,
  type OptionRule,
  type OptionRules,
  requireOption,
  text,
} from '../../lib/check-options.js';

/** A chain by its RPC endpoints, as the service's README has it. */
export interface RpcChainConfig {
  readonly chainId: number;
  readonly name: string;
  /** At least one; http, https, ws or wss. */
  readonly rpcUrls: readonly string[];
  /** In seconds. */
  readonly averageBlockTime?: number | undefined;
  readonly maxBlocksPerRequest?: number | undefined;
  readonly confirmationBlocks?: number | undefined;
}

/** A chain by where its history and where its present are read, as the service's schema has it. The service's defaults are given. */
export interface EndpointChainConfig {
  readonly chainId: number;
  readonly name: string;
  /** http or https. */
  readonly historicalRpcUrl: string;
  /** ws or wss. */
  readonly liveWebsocketUrl: string;
  /** Blocks per request of history. The service's default is 10 000. */
  readonly historicalMaxChunkSize?: number | undefined;
  /** 3 */
  readonly historicalMaxRetries?: number | undefined;
  /** Requests at once: 5 */
  readonly historicalMaxConcurrent?: number | undefined;
  /** 100 */
  readonly historicalProgressInterval?: number | undefined;
  /** 5 */
  readonly liveMaxRetries?: number | undefined;
  /** In seconds: 5 */
  readonly liveRetryDelay?: number | undefined;
  /** In seconds: 30 */
  readonly liveReconnectDelay?: number | undefined;
  /** `true` */
  readonly liveEnableGapDetection?: boolean | undefined;
  /** In blocks: 1 000 */
  readonly liveMaxGapSize?: number | undefined;
  /** In seconds: 10 */
  readonly liveBlockCheckInterval?: number | undefined;
  /** In blocks: 100 */
  readonly liveGapFillChunkSize?: number | undefined;
}

/** A chain as a service is told of it; which of the two it takes, the service says. */
export type ChainConfigRequest = RpcChainConfig | EndpointChainConfig;

function url(protocols: RegExp, expected: string): OptionRule {
  return {
    expected,
    test: (value) => typeof value === 'string' && URL.canParse(value) && protocols.test(new URL(value).protocol),
  };
}

const endpoint = url(/^(https?|wss?):$/, 'an http, https, ws or wss URL');

const endpoints: OptionRule = {
  expected: 'a list of at least one http, https, ws or wss URL',
  test: (value) => Array.isArray(value) && value.length > 0 && value.every((one) => endpoint.test(one)),
};

const configObject: OptionRule = {
  expected: 'an object with "rpcUrls", or with "historicalRpcUrl" and "liveWebsocketUrl"',
  test: (value) =>
    typeof value === 'object' &&
    value !== null &&
    ('rpcUrls' in value || 'historicalRpcUrl' in value || 'liveWebsocketUrl' in value),
};

const shared = { chainId: integer(1), name: text };

const rpcRules: OptionRules<RpcChainConfig> = {
  ...shared,
  rpcUrls: endpoints,
  averageBlockTime: atLeast(0),
  maxBlocksPerRequest: integer(1),
  confirmationBlocks: integer(0),
};

const endpointRules: OptionRules<EndpointChainConfig> = {
  ...shared,
  historicalRpcUrl: url(/^https?:$/, 'an http or https URL'),
  liveWebsocketUrl: url(/^wss?:$/, 'a ws or wss URL'),
  historicalMaxChunkSize: integer(1),
  historicalMaxRetries: integer(0),
  historicalMaxConcurrent: integer(1),
  historicalProgressInterval: integer(1),
  liveMaxRetries: integer(0),
  liveRetryDelay: atLeast(0),
  liveReconnectDelay: atLeast(0),
  liveEnableGapDetection: flag,
  liveMaxGapSize: integer(0),
  liveBlockCheckInterval: atLeast(0),
  liveGapFillChunkSize: integer(1),
};

/** A chain in the wire's names. Errors: a `TypeError` that names the option; no URL is ever quoted. */
export function chainBody(where: string, config: ChainConfigRequest): Readonly<Record<string, unknown>> {
  checkOption(`${where}: the configuration`, configObject, config);
  if ('rpcUrls' in config) checkConfig(where, rpcRules, config, ['chainId', 'name', 'rpcUrls']);
  else checkConfig(where, endpointRules, config, ['chainId', 'name', 'historicalRpcUrl', 'liveWebsocketUrl']);
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [snakeCase(name), value]));
}

function checkConfig<T extends object>(
  where: string,
  rules: OptionRules<T>,
  config: T,
  required: readonly (keyof T & string)[],
): void {
  checkOptions(where, rules, config);
  for (const key of required) requireOption(where, key, config[key]);
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
