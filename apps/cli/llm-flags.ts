import { type Command, Option } from 'commander';
import { listFlag, repeated, retriesFlag, timeoutFlag, wholeNumber } from './flags.js';
import { type HeaderFlags, withHeaderFlags } from './header-flags.js';

/** What `tailrace llm` takes. */
export interface LlmFlags extends HeaderFlags {
  readonly model?: string;
  readonly system?: string;
  readonly maxTokens?: number;
  readonly tools?: readonly string[];
  readonly maxTurns?: number;
  readonly body?: string;
  readonly baseUrl?: string;
  readonly keyEnv?: string;
  readonly param?: readonly string[];
  readonly dialect?: string;
  readonly onInterrupted?: 'fail' | 'restart' | 'resume';
  readonly retries?: number;
  readonly timeout?: number;
  readonly json?: boolean;
  readonly output?: 'text' | 'json' | 'log';
  readonly mock?: boolean;
  readonly quiet?: boolean;
}

/** Adds the options of {@link LlmFlags}. */
export function withLlmFlags(command: Command): Command {
  command
    .option('--model <name>', 'which model (default: see below)')
    .option('--system <text>', 'what the model is told before the prompt')
    .option('--max-tokens <n>', 'longest answer, in tokens (default: 4096 of Anthropic, else up to the server)', count)
    .option('--tools <list>', 'tools that the model may call, with commas; there is one: calculator', listFlag)
    .option('--max-turns <n>', 'with --tools: how many answers at most (default: 10)', wholeNumber(1, 1_000))
    .option('--body <json>', 'fields of the request, as the provider documents them; they win over ours')
    .option('--base-url <url>', 'where the API is; the key is sent there (default: see below)')
    .option('--key-env <variable>', 'the environment variable that holds the key (default: see below)')
    .option(
      '--param <name=value>',
      'a query parameter of the request, as api-version of Azure; may be repeated',
      repeated,
    )
    .option(
      '--dialect <name>',
      'openai and compatible: which server it is, such as openrouter or ollama (default: auto)',
    );
  withHeaderFlags(command)
    .addOption(
      new Option(
        '--on-interrupted <how>',
        'an answer that breaks off: fail with what came, restart it, or resume it, which only responses can (default: fail)',
      ).choices(['fail', 'restart', 'resume']),
    )
    .option('--retries <n>', 'failures before giving up; -1 for no end (default: 2)', retriesFlag)
    .option(
      '--timeout <ms>',
      'longest silence, in milliseconds (default: 60000 for headers, 300000 after)',
      timeoutFlag,
    );
  return command
    .option('--json', 'print every part as a line of JSON; the same as --output json')
    .addOption(
      new Option('--output <as>', 'the text, its parts as JSON, or a log of them (default: text)').choices([
        ...['text', 'json', 'log'],
      ]),
    )
    .option('--mock', 'ask a server of our own, which needs no key: 42 * 17, by the calculator')
    .option('--quiet', 'nothing on stderr but the error that ends it');
}

const count = wholeNumber(1);
