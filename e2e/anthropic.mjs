// Anthropic's own client, with nothing changed but base URL and key.

import Anthropic from '@anthropic-ai/sdk';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { CITY, TRIP, statusError, troubles } from './steps.mjs';

const TOOLS = [{ name: 'get_weather', description: 'Weather of a city', input_schema: CITY }];

export function anthropic(run) {
  const make = (key, options) => new Anthropic({ baseURL: run.url, apiKey: key, ...options });
  const client = make(run.key);
  const messages = [{ role: 'user', content: run.prompt }];
  const withMax = (body) => ({ max_tokens: 64, ...body });

  function usageOf(usage) {
    const cached = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
    return { input_tokens: usage.input_tokens + cached, output_tokens: usage.output_tokens };
  }

  async function create(body) {
    const message = await client.messages.create(withMax(body));
    run.called(usageOf(message.usage), { model: body.model, stream: false, outcome: 'COMPLETED' });
    return message;
  }

  async function accumulated(body) {
    const message = await client.messages.stream(withMax(body)).finalMessage();
    run.called(usageOf(message.usage), { model: body.model, stream: true, outcome: 'COMPLETED' });
    return message;
  }

  const textOf = (message) => message.content.filter((block) => block.type === 'text').map((block) => block.text).join('');
  const usesOf = (message) => message.content.filter((block) => block.type === 'tool_use');
  const summary = (message) => ({
    text: textOf(message),
    finish: message.stop_reason,
    model: message.model,
    ...usageOf(message.usage),
  });

  async function withTools(send) {
    const body = { model: run.model('tools'), tools: TOOLS };
    const first = await send({ ...body, messages });
    const [use] = usesOf(first);
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'sunny' }] };
    const second = await send({ ...body, messages: [...messages, { role: 'assistant', content: first.content }, result] });
    return { finish: first.stop_reason, name: use.name, input: use.input, text: textOf(second) };
  }

  async function parallel(send) {
    const message = await send({ model: run.model('parallel_tools'), tools: TOOLS, messages });
    return usesOf(message).map((use) => use.input.city);
  }

  const structuredBody = () => ({
    model: run.model('structured'),
    messages,
    output_config: { format: zodOutputFormat(TRIP) },
  });

  async function ask(model, { key, body, ...options }) {
    const other = key || Object.keys(options).length > 0 ? make(key ?? run.key, options) : client;
    return textOf(await other.messages.create(body ?? withMax({ model, messages })));
  }

  const shown = (error) => ({ ...statusError(error), type: error.error?.error?.type ?? null });

  return {
    models: async () => (await client.models.list()).data.map((each) => each.id),
    plain: async () => {
      const message = await create({ model: run.model('good'), messages });
      return { ...summary(message), request_id: message._request_id };
    },
    streamed: async () => summary(await accumulated({ model: run.model('good'), messages })),
    kept_alive: async () => summary(await accumulated({ model: run.model('paused'), messages })),
    counted: async () => (await client.messages.countTokens({ model: run.model('good'), messages })).input_tokens,
    tools: () => withTools(create),
    streamed_tools: () => withTools(accumulated),
    parallel_tools: () => parallel(create),
    streamed_parallel_tools: () => parallel(accumulated),
    structured: async () => {
      const message = await client.messages.parse(withMax(structuredBody()));
      run.called(usageOf(message.usage), { model: run.model('structured'), stream: false, outcome: 'COMPLETED' });
      return message.parsed_output;
    },
    streamed_structured: async () => (await accumulated(structuredBody())).parsed_output,
    bad_body: async () => {
      const { error, attempts } = await run.counted(() => ask('', { body: { model: run.model('good'), max_tokens: 64 } }));
      return { ...shown(error), attempts };
    },
    ...troubles(run, ask, shown),
    broken_stream: async () => {
      let text = '';
      const { error, attempts } = await run.counted(async () => {
        const stream = client.messages.stream(withMax({ model: run.model('broken'), messages }));
        stream.on('text', (piece) => (text += piece));
        await stream.finalMessage();
      });
      run.called({}, { model: run.model('broken'), stream: true, outcome: 'UPSTREAM_FAILED' });
      return { ...shown(error), text, attempts };
    },
    aborted: async () => {
      const model = run.model('endless');
      const stream = client.messages.stream(withMax({ model, messages }));
      let texts = 0;
      try {
        for await (const event of stream) {
          texts += event.type === 'content_block_delta' ? 1 : 0;
          if (texts === 3) stream.abort();
        }
      } catch (error) {
        if (error.constructor.name !== 'APIUserAbortError') throw error;
      }
      run.called({}, { model, stream: true, outcome: 'CLIENT_GONE' });
      return { texts };
    },
  };
}
