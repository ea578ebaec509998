import type { Command } from 'commander';
import { abiJob } from './chain-abi.js';
import { type ChainFlags, withChainFlags } from './chain-access.js';
import {
  breakersOf,
  chainJob,
  listed,
  statusOf,
  subscribed,
  type SubscribeFlags,
  unsubscribed,
} from './chain-calls.js';
import { chainStreamJob, withChainStreamFlags } from './chain-stream.js';
import { checkpointFileHelp } from './checkpoint-file.js';
import type { Input } from './durable-values.js';
import { exitCodeHelp } from './exit-codes.js';
import { repeated, wholeNumber } from './flags.js';
import type { Launch, Terminal } from './run.js';

const description = 'events of blockchains from an Event Streamer service: subscriptions, streams, ABIs';

/** Adds `chain` and its commands. */
export function addChainCommands(program: Command, launch: Launch, terminal: Terminal): void {
  const chain = program.command('chain').description(description).addHelpText('after', chainHelp);
  const input = terminal.stdin ?? process.stdin;
  addSubscribe(chain, launch, input);
  withChainFlags(chain.command('list').description('print all subscriptions, one a line'), '3').action(
    (flags: ChainFlags) => launch((env) => chainJob(flags, env, listed)),
  );
  withChainStreamFlags(withId(chain.command('stream').description('print the events of a subscription as they come')))
    .addHelpText('after', streamHelp)
    .action((id: number, flags: object) => launch((env) => chainStreamJob(id, flags, env)));
  withChainFlags(withId(chain.command('status').description('print a subscription, and how far it has come')), '3')
    .addHelpText(
      'after',
      '\nThe line has the subscription, processing (whether a stream is open) and lastProcessedBlock.',
    )
    .action((id: number, flags: ChainFlags) => launch((env) => chainJob(flags, env, (client) => statusOf(client, id))));
  withChainFlags(withId(chain.command('delete').description('delete a subscription, with its position')), '3').action(
    (id: number, flags: ChainFlags) => launch((env) => chainJob(flags, env, (client) => unsubscribed(client, id))),
  );
  withChainFlags(chain.command('breakers').description("print the service's circuit breakers, one a line"), '3').action(
    (flags: ChainFlags) => launch((env) => chainJob(flags, env, breakersOf)),
  );
  chain
    .command('abi')
    .description('print the events of an ABI with their signatures and hashes; asks no service')
    .argument('<file>', 'JSON, what a compiler writes around it, or signatures of Solidity; - is stdin')
    .argument('[event]', 'only this one, by name or by full signature')
    .action((file: string, event: string | undefined) => launch(() => abiJob(file, event, input)));
}

function addSubscribe(chain: Command, launch: Launch, input: Input): void {
  const subscribe = chain
    .command('subscribe')
    .description('make a subscription to an event of contracts, and print it')
    .requiredOption('--event <event>', 'its signature; with --abi its name, or its full signature')
    .option('--abi <file>', 'the ABI that has it; - is stdin')
    .option('--address <address>', 'a contract; may be repeated (default: all of them)', repeated)
    .requiredOption('--from <block>', 'the first block', wholeNumber(0))
    .option('--to <block>', 'the last block, after which the stream is over (default: it goes on)', wholeNumber(0))
    .requiredOption('--chain-id <n>', 'which chain', wholeNumber(1));
  withChainFlags(subscribe, '3')
    .addHelpText('after', subscribeHelp)
    .action((flags: SubscribeFlags) =>
      launch((env) => chainJob(flags, env, (client) => subscribed(client, flags, input))),
    );
}

function withId(command: Command): Command {
  return command.argument('<id>', 'of the subscription', wholeNumber(0));
}

const chainHelp = `
Environment:
  CHAIN_URL           where the service is
  CHAIN_SUBSCRIBER    its name for this program: subscriptions belong to it

Examples:
  tailrace chain subscribe --event 'Transfer(address indexed from, address indexed to, uint256 value)' --from 19000000 --chain-id 1
  tailrace chain stream 7 --checkpoint transfers.position >> transfers.ndjson
  tailrace chain status 7 | jq .lastProcessedBlock
  tailrace chain abi token.json Transfer

Arguments are visible to other users of the machine: put secrets into --header-env.

${exitCodeHelp}`;

const subscribeHelp = `
A signature says "indexed" where the contract does, or no log will fit it.

Examples:
  tailrace chain subscribe --event 'Transfer(address indexed from, address indexed to, uint256 value)' \\
    --address 0xA0b86a33E6417b3c4555ba476F04245600306D5D --from 19000000 --chain-id 1
  tailrace chain subscribe --abi token.json --event Transfer --from 19000000 --to 19001000 --chain-id 1`;

const streamHelp = `
A line is {"event","args","meta"}, or with --batches {"batchId","resumeToken","timestamp","events"}. Numbers of the chain are text.
A batch is acknowledged to the service when the system has taken all of its lines from stdout, read or not. What breaks off is asked
for again from there. It is over when the subscription's last block is through. While stdout is full the service waits.
Where --max ends in the middle of a batch, the whole batch comes again in the next run.

--checkpoint FILE:
  A line counts as done as said above. FILE is saved once a second and at the end, so that after SIGINT or --seconds no line comes
  twice; after a kill those of the last second and of 10 batches do at most, and none is lost.
  ${checkpointFileHelp}
  Without it a run begins where the service has the subscription. The position belongs to the URL and the subscription.

Examples:
  tailrace chain stream 7 | jq -r .args.value
  tailrace chain stream 7 --batches --checkpoint transfers.position >> transfers.ndjson
  AUTH="Bearer $TOKEN" tailrace chain stream 7 --url https://example.com --header-env authorization=AUTH

${exitCodeHelp}`;
