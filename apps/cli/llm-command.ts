import type { Command } from 'commander';
import { exitCodeHelp } from './exit-codes.js';
import { withLlmFlags } from './llm-flags.js';
import { llmJob } from './llm-job.js';
import type { Launch, Terminal } from './run.js';

/** Adds `llm`. */
export function addLlmCommand(program: Command, launch: Launch, terminal: Terminal): void {
  const llm = program
    .command('llm')
    .description('ask a large language model, and print its answer as it comes')
    .argument('[provider]', 'anthropic, openai, responses (of OpenAI), or compatible with openai')
    .argument('[prompt]', 'what to ask; - is all of stdin')
    .addHelpText('after', llmHelp);
  withLlmFlags(llm).action((provider: string | undefined, prompt: string | undefined, flags: object) =>
    launch((env) =>
      llmJob(
        { provider, prompt },
        { flags, env, input: terminal.stdin ?? process.stdin, onTerminal: terminal.stdout.isTTY === true },
      ),
    ),
  );
}

const llmHelp = `
The text of the answer goes to stdout, each message on lines of its own; thinking is in --json and --output log alone.
An answer is whole, or the program fails: what broke off never passes for an end. Before the first word a failure is tried
again; after it --on-interrupted says what becomes of it. With restart, text to a pipe or a file waits until its message is whole.
Tools run here. With them the model is asked again with their results, until it calls none.

  provider     key                                         model (default)     address
  anthropic    ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN     claude-sonnet-4-5   ANTHROPIC_BASE_URL, or Anthropic
  openai       OPENAI_API_KEY                              gpt-5-mini          OPENAI_BASE_URL, or OpenAI
  responses    OPENAI_API_KEY                              gpt-5-mini          OPENAI_BASE_URL, or OpenAI
  compatible   --key-env; OPENAI_API_KEY without           --model             --base-url, or OPENAI_BASE_URL
               --base-url; or none

--mock needs none of it: a server of our own is overloaded at first, falls silent for a while, breaks off, and all the same answers
what 42 * 17 is. It prints a log of all parts and the messages made of them; --output text prints the answer alone.

Examples:
  tailrace llm --mock
  tailrace llm anthropic "Why is the sky blue?"
  git diff | tailrace llm responses - --system "Write a commit message for this diff."
  tailrace llm openai "What is 42 * 17?" --tools calculator --json | jq -c 'select(.type=="toolResult")'
  tailrace llm compatible "Hello" --base-url http://localhost:11434/v1 --dialect ollama --model llama3

Arguments are visible to other users of the machine: put secrets into the environment (--key-env, --header-env).

${exitCodeHelp}`;
