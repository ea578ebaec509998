import { Command, CommanderError } from 'commander';
import { addChainCommands } from './chain-commands.js';
import { checkpointHelp } from './checkpoint-file.js';
import { addDurableCommands } from './durable-commands.js';
import { type ExitCode, exitCodeHelp, exitCodeOf, exitCodes } from './exit-codes.js';
import { explain } from './explain.js';
import { addLlmCommand } from './llm-command.js';
import { type Launch, runJob, type Terminal } from './run.js';
import { tailJob, withTailFlags } from './tail.js';
import { packageVersion } from './version.js';
import { addConnectionsCommands } from './x-connections.js';
import { streamHelp } from './x-names.js';
import { addRulesCommands } from './x-rules.js';
import { streamJob, withStreamFlags } from './x-stream.js';

/** Runs the program with these arguments, the two of Node not among them. Never rejects. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  const program = createProgram(terminal, async (job) => {
    code = await runJob(job(terminal.env), terminal);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    terminal.stderr.write(`${explain(error, 'x', [])}\n`);
    return exitCodeOf(error);
  }
}

/** The commands and all that `--help` says. */
export function createProgram(terminal: Terminal, launch: Launch): Command {
  const program = new Command('tailrace')
    .description('Long-lived HTTP streams as lines of JSON on stdout, reconnected as the server wants it.')
    .version(packageVersion())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => void terminal.stderr.write(text),
      outputError: (text, write) => write(usageText(text)),
    })
    .addHelpText('after', programHelp);
  addX(program, launch);
  addDurableCommands(program, launch, terminal);
  addChainCommands(program, launch, terminal);
  addLlmCommand(program, launch, terminal);
  const tail = program
    .command('tail')
    .description('any URL that streams lines of JSON, or server-sent events')
    .argument('<url>')
    .addHelpText('after', tailHelp);
  withTailFlags(tail).action((url: string, flags: object) =>
    launch((env) => tailJob(url, flags, env, terminal.stdout.isTTY === true)),
  );
  return program;
}

function addX(program: Command, launch: Launch): void {
  const x = program
    .command('x')
    .description("a stream of X (Twitter), kept going on X's own schedules; rules, connections")
    .argument('<stream>', 'which one; see below')
    .usage('[options] <stream>\n       tailrace x rules|connections ...')
    .addHelpText('after', () => `\n${streamHelp()}\n${xHelp}`);
  withStreamFlags(x).action((stream: string, flags: object) => launch((env) => streamJob(stream, flags, env)));
  addRulesCommands(x, launch);
  addConnectionsCommands(x, launch);
}

/** An option may have been written with a secret behind its `=`. */
function usageText(text: string): string {
  return `tailrace: ${text.replace(/^error: /, '').replace(/(option '--?[\w-]+)=[^']*'/, "$1'")}`;
}

const programHelp = `
Examples:
  export X_BEARER_TOKEN=...
  tailrace x rules add 'cats has:images lang:en' --tag cats
  tailrace x filtered --fields created_at,author_id | jq -r .data.text
  tailrace x sample --max 100 > sample.ndjson
  tailrace tail https://example.com/events --header-env authorization=MY_AUTHORIZATION
  tailrace chain stream 7 --checkpoint transfers.position >> transfers.ndjson
  tailrace llm anthropic "Why is the sky blue?"

On a terminal stderr shows one status line; elsewhere a line for each connect, reconnect and warning (--quiet: none).
NO_COLOR takes the colours away.

${exitCodeHelp}`;

const xHelp = `
Each item is printed as X sends it, one line of JSON; --messages prints everything else too.
stdout that is read too slowly: 64 Mi characters are held in order, then the program ends with 6 (slow_consumer), because X
cuts off slow readers anyway; with --checkpoint 30000 items are; a replay (--start, --end) waits instead.
What is missed while disconnected is lost, unless --recovery asks for it (enterprise access).

${checkpointHelp}
  What X sends between two runs comes only with --recovery (enterprise access): backfill for up to 5 minutes, replay for up to 24
  hours. Items only, no --messages. With --partition all each partition has a position of its own; so has each --start and --end.

Environment:
  X_BEARER_TOKEN    the app's bearer token

Examples:
  tailrace x search --fields created_at --expansions author_id --user-fields username
  tailrace x sample10 --partition all --retries -1 --quiet > sample10.ndjson
  tailrace x filtered --recovery replay --checkpoint filtered.position >> filtered.ndjson
  tailrace x filtered --start 2026-01-31T00:00:00Z --end 2026-01-31T01:00:00Z
  tailrace x rules sync rules.txt --dry-run
  tailrace x connections terminate --endpoint filtered

${exitCodeHelp}`;

const tailHelp = `
Lines of JSON pass as they are; a line that is none is left out and told of. An event prints as {"event","id","data"}.
Events resume by Last-Event-ID and reconnect after a clean end; lines of JSON are over when the body is.
Arguments are visible to other users of the machine: put secrets into --header-env.
While stdout is read too slowly, the server waits.

${checkpointHelp}
  Only event streams whose events have ids can be resumed. The position belongs to the URL without its query.

Examples:
  tailrace tail https://example.com/feed.ndjson --max 10
  tailrace tail https://example.com/events --data -H 'accept-language: en'
  tailrace tail https://example.com/events --checkpoint events.position >> events.ndjson
  AUTH="Bearer $TOKEN" tailrace tail https://example.com/events --header-env authorization=AUTH

${exitCodeHelp}`;
