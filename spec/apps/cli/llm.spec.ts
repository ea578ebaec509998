import { describe, expect, it } from '@jest/globals';
import type { MockAnswer } from '../../../apps/cli/mock-llm/script.js';
import { eventually } from '../../servers/eventually.js';
import { mockLlm, mockStreamingDemo } from '../../servers/mock-llm.js';
import { llmCli, type LlmOutcome, startLlmCli } from './llm-cli.js';

const env = { ANTHROPIC_API_KEY: 'canary-anthropic-1', OPENAI_API_KEY: 'canary-openai-12' };
const words: MockAnswer = { say: [{ type: 'text', text: 'one two three four' }] };
const providers = ['anthropic', 'openai', 'responses', 'compatible'];

function to(url: string, provider: string, ...more: readonly string[]): readonly string[] {
  return [provider, 'Hello', '--base-url', `${url}/v1`, '--model', 'm', ...more];
}

function jsonOf({ out }: LlmOutcome): unknown[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('tailrace llm', () => {
  it.each(providers)('prints the text of %s, with what its tools came to', async (provider) => {
    await using server = await mockStreamingDemo();
    const { code, out, err } = await llmCli(to(server.url, provider, '--tools', 'calculator'), { env });
    expect({ code, out }).toEqual({ code: 0, out: `${server.texts.join('\n')}\n` });
    expect(err).toContain('tailrace: the model calls calculator {"expression":"42 * 17"}\n');
    expect(err).toContain('tailrace: calculator says: 714\n');
    expect(err).toMatch(/2 answers, 1 tool run, \d+ tokens in, \d+ out; [\d.]+ s\n$/);
    const keys = { anthropic: 'x-api-key' }[provider] ?? 'authorization';
    const isForeign = provider === 'compatible';
    expect(keys in (server.requests[0]?.headers ?? {})).toBe(!isForeign);
  });

  it('prints as it comes', async () => {
    await using server = await mockLlm(words, { faults: [{ kind: 'stall', after: { events: 5 } }] });
    const run = startLlmCli(to(server.url, 'anthropic'), { env });
    await eventually(() => expect(run.said.out).toBe('one two '));
    run.interrupt();
    expect((await run.outcome).code).toBe(130);
    await eventually(() => expect(server.openStreams).toBe(0));
  });

  it('asks what it is told to ask', async () => {
    await using server = await mockLlm(words);
    const more = ['--system', 'Be brief.', '--max-tokens', '7', '--body', '{"temperature":0}', '-H', 'x-team: a'];
    for (const provider of providers) {
      await llmCli([provider, '-', ...to(server.url, provider, ...more, '--quiet').slice(2)], {
        env,
        input: 'From stdin',
      });
    }
    const user = { role: 'user', content: 'From stdin' };
    const system = { role: 'system', content: 'Be brief.' };
    expect(server.requests.map(({ body, headers }) => ({ ...body, team: headers['x-team'] }))).toMatchObject([
      { model: 'm', max_tokens: 7, system: 'Be brief.', messages: [user], temperature: 0, team: 'a' },
      { model: 'm', max_completion_tokens: 7, messages: [system, user], temperature: 0, team: 'a' },
      { model: 'm', max_output_tokens: 7, instructions: 'Be brief.', input: 'From stdin', temperature: 0, team: 'a' },
      { model: 'm', max_tokens: 7, messages: [system, user], temperature: 0, team: 'a' },
    ]);
  });

  it('prints every part as a line of JSON, failures in words', async () => {
    await using server = await mockLlm([{ status: 500, headers: { 'retry-after-ms': '1' } }, words]);
    const outcome = await llmCli(to(server.url, 'openai', '--json', '--quiet'), { env });
    const lines = jsonOf(outcome);
    expect(lines[0]).toMatchObject({
      type: 'retry',
      attempt: 2,
      cause: { code: 'http_server_error', statusCode: 500 },
    });
    expect(lines.at(-1)).toMatchObject({ type: 'end', message: { text: 'one two three four', isComplete: true } });
    expect(outcome.err).toBe('');
  });

  it('keeps text for a pipe back until its message is whole, where an answer may begin again', async () => {
    const faults = [{ kind: 'cut', after: { events: 4 } }] as const;
    await using server = await mockLlm([{ ...words, faults }, words]);
    const { code, out, err } = await llmCli(to(server.url, 'openai', '--on-interrupted', 'restart'), { env });
    expect({ code, out }).toEqual({ code: 0, out: 'one two three four\n' });
    expect(err).toContain('what came of this answer is void: it begins again');
  });

  it('prints what it has kept back before it fails', async () => {
    const faults = [{ kind: 'cut', after: { events: 4 } }] as const;
    await using server = await mockLlm({ ...words, faults });
    const { code, out } = await llmCli(to(server.url, 'openai', '--on-interrupted', 'restart'), { env });
    expect({ code, out }).toEqual({ code: 6, out: 'one two three \n' });
  });

  it('begins a line for whatever it says on a terminal, and lets no text steer it', async () => {
    const text = 'one \u001b[31mtwo three';
    const faults = [{ kind: 'end', after: { events: 3 } }] as const;
    await using server = await mockLlm([{ say: [{ type: 'text', text }], faults }]);
    const run = startLlmCli(to(server.url, 'openai'), { env, isTTY: true });
    expect((await run.outcome).code).toBe(5);
    expect(run.said.both).toMatch(
      /^tailrace: connected\none \ufffd\[31mtwo \ntailrace: the stream ended before its end/,
    );
  });

  it.each<[MockAnswer, number, RegExp]>([
    [{ status: 401 }, 3, /HTTP 401 .*check the key/],
    [{ status: 404 }, 4, /HTTP 404 .*check --base-url and --model/],
    [{ status: 429, headers: { 'retry-after': '999' } }, 5, /asks for a wait of 999 s/],
    [{ ...words, faults: [{ kind: 'garbage', after: { events: 2 } }] }, 6, /malformed/],
    [{ ...words, faults: [{ kind: 'end', after: { events: 3 } }] }, 5, /--on-interrupted restart/],
    [{ ...words, faults: [{ kind: 'stall', after: { events: 3 } }] }, 5, /within 300 ms \(raise --timeout\)/],
    [{ recording: '<html>', contentType: 'text/html' }, 6, /check --base-url/],
  ])('ends for %j with %i and the usual fix', async (answer, expected, said) => {
    await using server = await mockLlm(answer);
    const { code, err } = await llmCli(to(server.url, 'openai', '--timeout', '300'), { env });
    expect(code).toBe(expected);
    expect(err).toMatch(said);
    expect(err).not.toContain('canary');
  });

  it.each<[string, number, string]>([
    ['', 2, 'the provider is missing'],
    ['other Hello', 2, 'there is no such provider'],
    ['openai', 2, 'the prompt is missing'],
    ['openai Hello --tools hammer', 2, 'there is one: calculator'],
    ['openai Hello --body [1]', 2, '--body must be an object of JSON'],
    ['openai Hello --dialect other', 2, '--dialect must be one of "auto"'],
    ['anthropic Hello --dialect ollama', 2, '--dialect is for openai and compatible'],
    ['openai Hello --on-interrupted resume', 2, '--on-interrupted resume is for responses'],
    ['openai Hello --key-env NOT_THERE', 2, 'the environment has no NOT_THERE'],
    ['compatible Hello --model m', 2, '--base-url is missing'],
    ['compatible Hello --base-url http://localhost:1', 2, '--model is missing'],
    ['openai Hello --base-url canary', 2, '--base-url must be an absolute http or https URL'],
    ['openai Hello --json --output text', 2, 'give either --json or --output'],
    ['openai -', 2, 'stdin is empty'],
  ])('refuses "%s"', async (args, expected, said) => {
    const { code, out, err } = await llmCli(args === '' ? [] : args.split(' '), { env });
    expect({ code, out }).toEqual({ code: expected, out: '' });
    expect(err).toContain(said);
    expect(err).not.toContain('canary');
  });

  it.each(['anthropic', 'openai'])('says which key of %s is missing', async (provider) => {
    const { code, err } = await llmCli([provider, 'Hello']);
    expect(code).toBe(2);
    expect(err).toContain(`the environment has no ${provider.toUpperCase()}_API_KEY`);
  });
});

describe('tailrace llm --mock', () => {
  it('shows the scenario: a retry, a stall, the tool, an answer that begins again, and the messages', async () => {
    const { code, out, err } = await llmCli(['--mock', '--quiet']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/retry {2,}attempt 2 in .*: HTTP 529/);
    expect(out).toMatch(/stall {2,}clock idleContent: 0\.5 s/);
    expect(out).toMatch(/toolCall {2,}calculator {"expression":"42 \* 17"}/);
    expect(out).toMatch(/toolResult {2,}calculator 714/);
    expect(out).toMatch(/reset {2,}attempt 1 is void/);
    const [, , answer] = out.split('assembled message');
    expect(answer).toContain('  text      42 * 17 is 714.');
    expect(answer).toContain('  stop      end (end_turn)');
  }, 120_000);

  it('shows what came before a failure', async () => {
    const { code, out, err } = await llmCli(['responses', '--mock', '--on-interrupted', 'fail']);
    expect(code).toBe(5);
    expect(out).toMatch(/assembled message resp_mock_2 \(broken off\)\n {2}text {6}42 \* 17/);
    expect(err).toContain('the stream broke off');
  }, 120_000);
});
