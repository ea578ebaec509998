import type { Command } from 'commander';
import { defaultTransport } from '../../lib/node/default-transport.js';
import type { EventStreamerOptions } from '../../sources/chain/service.js';
import { usageError } from './exit-codes.js';
import { retriesFlag, timeoutFlag, withoutUnset } from './flags.js';
import { type HeaderFlags, headersOf, secretsOf, withHeaderFlags } from './header-flags.js';

/** Which service, and whose subscriptions: options of every command below `chain` that asks the service. */
export interface ChainFlags extends HeaderFlags {
  readonly url?: string;
  readonly subscriber?: string;
  readonly retries?: number;
  readonly timeout?: number;
}

/** The library's options, and what they hold that must never be printed. */
export interface ChainAccess {
  readonly options: EventStreamerOptions;
  readonly secrets: readonly string[];
}

/** Adds the options of {@link ChainFlags}. */
export function withChainFlags(command: Command, retries: string): Command {
  command
    .option('--url <url>', 'where the service is (default: CHAIN_URL)')
    .option('--subscriber <id>', 'whose subscriptions these are (default: CHAIN_SUBSCRIBER)');
  return withHeaderFlags(command)
    .option('--retries <n>', `failures in a row before giving up; -1 for no end (default: ${retries})`, retriesFlag)
    .option('--timeout <ms>', 'longest silence of the service, in milliseconds', timeoutFlag);
}

/** The library's options out of the flags. Errors: a usage error for what is missing; none repeats a value. */
export function chainAccessOf(flags: ChainFlags, env: NodeJS.ProcessEnv): ChainAccess {
  const headers = headersOf(flags, env);
  const serviceUrl = flags.url ?? env['CHAIN_URL']?.trim() ?? '';
  const subscriberId = flags.subscriber ?? env['CHAIN_SUBSCRIBER']?.trim() ?? '';
  if (serviceUrl === '') throw usageError('the URL of the service is missing', 'set CHAIN_URL, or pass --url');
  if (subscriberId === '') throw usageError('the subscriber is missing', 'set CHAIN_SUBSCRIBER, or pass --subscriber');
  const { retries: maxRetries, timeout } = flags;
  return {
    options: {
      ...{ serviceUrl, subscriberId, headers, transport: defaultTransport() },
      ...withoutUnset({ maxRetries, timeout }),
    },
    secrets: secretsOf(Object.values(headers)),
  };
}
