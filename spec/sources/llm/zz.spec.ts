import { it, expect, describe } from '@jest/globals';
import { toAssistantMessage } from '../../../sources/llm/to-assistant-message.js';
import { eventsOf, objectOf } from './collected-parts.js';
import { anthropicBlocks, responseItems, chatDeltas, listOf } from './native-messages.js';
import { readOutcome } from './outcomes.js';
import { recordings } from './recordings.js';
const whole = recordings.filter(({ wire, text }) => readOutcome(wire, [Buffer.from(text)]).failure === undefined);
describe('rt', () => {
  it.each(whole.filter(({ wire }) => wire === 'anthropic'))('$name', ({ wire, text }) => {
    const { message } = readOutcome(wire, [Buffer.from(text)]);
    const blocks = anthropicBlocks(eventsOf(text));
    const [said] = toAssistantMessage(message);
    expect(objectOf(said)['content']).toEqual(blocks);
  });
  it.each(whole.filter(({ wire }) => wire === 'openai-responses'))('$name', ({ wire, text }) => {
    const { message } = readOutcome(wire, [Buffer.from(text)]);
    expect(toAssistantMessage(message)).toEqual(responseItems(eventsOf(text)));
  });
  it.each(whole.filter(({ wire }) => wire === 'openai-chat'))('$name', ({ wire, text }) => {
    const { message } = readOutcome(wire, [Buffer.from(text)]);
    const [said] = toAssistantMessage(message);
    const { content, tool_calls, role, ...rest } = objectOf(said);
    const deltas = chatDeltas(eventsOf(text));
    const joined = deltas.map((d) => (typeof d['content'] === 'string' ? d['content'] : '')).join('');
    expect(content ?? '').toEqual(joined);
    console.log(JSON.stringify({ tool_calls, rest }).slice(0, 600), JSON.stringify(deltas.flatMap(d => listOf(d['tool_calls']))).slice(0, 300));
  });
});
