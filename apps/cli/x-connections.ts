import type { Command } from 'commander';
import { Option } from 'commander';
import { concat, concatMap, mergeMap, type Observable, of } from 'rxjs';
import {
  type ConnectionChoice,
  listConnections,
  type ListConnectionsOptions,
  terminateConnections,
  type XOptions,
} from '../../sources/x/index.js';
import { usageError } from './exit-codes.js';
import { jsonLine } from './json-line.js';
import type { Launch } from './run.js';
import { type AccountFlags, withAccountFlags } from './x-account.js';
import { callJob, failure } from './x-call.js';
import { connectionNamed } from './x-names.js';

interface ListFlags extends AccountFlags {
  readonly status?: ListConnectionsOptions['status'];
  readonly endpoint?: string;
}

interface TerminateFlags extends AccountFlags {
  readonly endpoint?: string;
  readonly all?: boolean;
}

/** Adds `connections` and its commands. */
export function addConnectionsCommands(x: Command, launch: Launch): void {
  const connections = x.command('connections').description("the app's streaming connections, as X counts them");
  withAccountFlags(connections.command('list').description('print every connection, one a line'), '0')
    .addOption(new Option('--status <status>', 'which (default: active)').choices(['active', 'inactive', 'all']))
    .option('--endpoint <name>', 'only those to one stream: filtered, or filtered_stream')
    .action((flags: ListFlags) => launch((env) => callJob(flags, env, (options) => listed(options, flags))));
  withAccountFlags(connections.command('terminate [ids...]'), '0')
    .description("end connections from X's side: the cure for TooManyConnections")
    .option('--endpoint <name>', 'those to one stream: filtered, or filtered_stream')
    .option('--all', 'every connection of the app')
    .action((ids: string[], flags: TerminateFlags) =>
      launch((env) => callJob(flags, env, (options) => terminated(options, ids, flags))),
    );
}

function listed(options: XOptions, { status, endpoint }: ListFlags): Observable<string> {
  const endpoints = endpoint === undefined ? undefined : [connectionNamed(endpoint)];
  return listConnections(options, { status, endpoints }).pipe(mergeMap((all) => all.map(jsonLine)));
}

function terminated(options: XOptions, ids: readonly string[], { endpoint, all }: TerminateFlags): Observable<string> {
  const choices: ConnectionChoice[] = [
    ...(ids.length > 0 ? [{ ids }] : []),
    ...(endpoint === undefined ? [] : [{ endpoint: connectionNamed(endpoint) }]),
    ...(all === true ? ([{ all: true }] as const) : []),
  ];
  const [choice] = choices;
  if (choice === undefined || choices.length > 1) {
    throw usageError('say which connections to end: either ids, or --endpoint, or --all');
  }
  return terminateConnections(options, choice).pipe(
    concatMap((result) => {
      const { failed, results } = result;
      const reason = results.find(({ success }) => !success)?.errorMessage;
      const message = failed === 0 ? undefined : `${failed} of the connections could not be ended`;
      return concat(of(jsonLine(result)), failure(message, reason));
    }),
  );
}
