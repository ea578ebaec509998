/** What every contestant asks for. */
export const prompt = 'Hello';
const messages = [{ role: 'user', content: prompt }];

export const anthropicBody = { model: 'claude-sonnet-5', max_tokens: 64_000, messages };
export const chatBody = { model: 'gpt-5-mini', messages, stream_options: { include_usage: true } };
export const responsesBody = { model: 'gpt-5', input: prompt };
