import type { Command } from 'commander';
import { checkpointHelp } from './checkpoint-file.js';
import { type AccessFlags, withAccessFlags } from './durable-access.js';
import { appendJob, withAppendFlags } from './durable-append.js';
import { closed, type CloseFlags, deleted, headed, onceJob } from './durable-calls.js';
import { created, type CreateFlags, forked, type ForkFlags, withCreateFlags, withForkFlags } from './durable-create.js';
import { readJob, withReadFlags } from './durable-read.js';
import type { Input } from './durable-values.js';
import { exitCodeHelp } from './exit-codes.js';
import type { Launch, Terminal } from './run.js';

const description = 'Durable Streams: read, append and manage the streams of a server';

/** Adds `durable` and its commands. */
export function addDurableCommands(program: Command, launch: Launch, terminal: Terminal): void {
  const durable = program.command('durable').description(description).addHelpText('after', durableHelp);
  const input = terminal.stdin ?? process.stdin;
  withReadFlags(durable.command('read <url>').description('print what a stream holds, and then what comes'))
    .addHelpText('after', readHelp)
    .action((url: string, flags: object) => launch((env) => readJob(url, flags, env, terminal.stdout.isTTY === true)));
  withAppendFlags(
    durable.command('append <url> [values...]').description('append values, or stdin without any, or with -'),
  )
    .addHelpText('after', appendHelp)
    .action((url: string, values: string[], flags: object) =>
      launch((env) => appendJob(url, values, { flags, input, env })),
    );
  withCreateFlags(durable.command('create <url> [body]').description('make a stream, or confirm that it is there'))
    .addHelpText(
      'after',
      '\nThe body is the first message; - is all of stdin. Of a stream that is there already it is ignored.',
    )
    .action((url: string, body: string | undefined, flags: CreateFlags) =>
      launch((env) => onceJob(flags, env, (options) => created(url, body, { flags, options, input }))),
    );
  addCalls(durable, launch, input);
}

function addCalls(durable: Command, launch: Launch, input: Input): void {
  withAccessFlags(durable.command('head <url>').description('print what the server knows of a stream'), '10').action(
    (url: string, flags: AccessFlags) => launch((env) => onceJob(flags, env, (options) => headed(url, options))),
  );
  withAccessFlags(durable.command('close <url>').description('close a stream for good: readers end there'), '10')
    .option('--body <value>', 'a last message, stored in one step with the end; - is all of stdin')
    .option('--content-type <type>', 'with --body: the media type of the stream (default: asked of the server)')
    .action((url: string, flags: CloseFlags) =>
      launch((env) => onceJob(flags, env, (options) => closed(url, { flags, options, input }))),
    );
  withAccessFlags(durable.command('delete <url>').description('delete a stream; its forks live on'), '10').action(
    (url: string, flags: AccessFlags) => launch((env) => onceJob(flags, env, (options) => deleted(url, options))),
  );
  withForkFlags(durable.command('fork <source> <target>'))
    .description('make a stream that begins with the data of another one of the same server')
    .addHelpText('after', '\nThe target may be relative to the source: tailrace durable fork http://localhost:4437/a b')
    .action((source: string, target: string, flags: ForkFlags) =>
      launch((env) => onceJob(flags, env, (options) => forked(source, target, flags, options))),
    );
}

const durableHelp = `
Examples:
  tailrace durable create http://localhost:4437/orders --content-type application/json
  tailrace durable append http://localhost:4437/orders '{"id":1}' '{"id":2}'
  tailrace durable read http://localhost:4437/orders --no-live | jq .id
  tailrace durable head http://localhost:4437/orders
  tailrace durable fork http://localhost:4437/orders what-if

Arguments are visible to other users of the machine: put secrets into --header-env.

${exitCodeHelp}`;

const readHelp = `
Messages of a JSON stream are printed one a line; whole numbers beyond 2^53 lose digits there (--mode text keeps them, array by
array). Text and bytes are printed as they are. What breaks off is asked for again, and nothing comes twice. It is over when the
stream is closed, or with --no-live at its tail. While stdout is full nothing is read.

${checkpointHelp}
  --offset is where the first run begins. The position belongs to the URL without its query, and to the mode.

Examples:
  tailrace durable read http://localhost:4437/orders --offset now --live sse
  tailrace durable read http://localhost:4437/orders --checkpoint orders.position >> orders.ndjson
  AUTH="Bearer $TOKEN" tailrace durable read https://example.com/orders --header-env authorization=AUTH

${exitCodeHelp}`;

const appendHelp = `
Each value is one message: of a JSON stream a value of JSON (an array is one message too), of stdin each line; else text, of stdin
the bytes as they come. Options go before values that begin with a dash: append URL -- -5
Without --producer-id an append whose answer is lost is not repeated, because it might be stored twice.
With it values are stored once and in order, whatever is lost; one --epoch serves one run.
A failure in the middle of stdin says how many lines (else bytes) of it are stored, blank ones included.

Examples:
  tailrace durable append http://localhost:4437/orders '{"id":1}'
  tail -f orders.ndjson | tailrace durable append http://localhost:4437/orders - --producer-id shop-1

${exitCodeHelp}`;
