/** What to do about an error of `tailrace llm`. */
export const llmHints: Readonly<Record<string, string>> = {
  unauthorized: 'check the key: tailrace llm --help says where it comes from',
  forbidden: 'the key may not do this',
  not_found: 'check --base-url and --model',
  model_not_found: 'check --model',
  context_length_exceeded: 'ask for less, or another --model',
  quota_exceeded: 'waiting does not help: the account needs credit, or another limit',
  overloaded: 'try later, allow more --retries, or another --model',
  content_type: 'check --base-url: the answer is no stream of events',
  malformed: 'check --base-url: something between breaks the stream',
  truncated: 'an answer that breaks off can begin again: --on-interrupted restart',
  interrupted: 'an answer that breaks off can begin again: --on-interrupted restart',
  first_content_timeout: 'raise --timeout',
  content_timeout: 'raise --timeout',
  max_turns: 'see --max-turns',
};
