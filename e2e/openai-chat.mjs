// OpenAI's own client on chat completions, with nothing changed but base URL and key.

import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { CITY, TRIP, statusError, troubles } from './steps.mjs';

const TOOLS = [{ type: 'function', function: { name: 'get_weather', description: 'Weather of a city', parameters: CITY } }];

export function openAiChat(run) {
  const make = (key, options) => new OpenAI({ baseURL: `${run.url}/v1`, apiKey: key, ...options });
  const client = make(run.key);
  const messages = [{ role: 'user', content: run.prompt }];
  const usageOf = (usage) => ({ input_tokens: usage?.prompt_tokens, output_tokens: usage?.completion_tokens });

  async function create(body) {
    const completion = await client.chat.completions.create(body);
    run.called(usageOf(completion.usage), { model: body.model, stream: false, outcome: 'COMPLETED' });
    return completion;
  }

  /** Streams, and lets the client put the pieces together. */
  async function accumulated(body) {
    const stream = client.chat.completions.stream({ ...body, stream_options: { include_usage: true } });
    const completion = await stream.finalChatCompletion();
    run.called(usageOf(completion.usage), { model: body.model, stream: true, outcome: 'COMPLETED' });
    return completion;
  }

  const summary = (completion) => ({
    text: completion.choices[0].message.content,
    finish: completion.choices[0].finish_reason,
    model: completion.model,
    ...usageOf(completion.usage),
  });

  async function withTools(send) {
    const body = { model: run.model('tools'), tools: TOOLS };
    const first = await send({ ...body, messages });
    const [call] = first.choices[0].message.tool_calls;
    const result = { role: 'tool', tool_call_id: call.id, content: 'sunny' };
    const second = await send({ ...body, messages: [...messages, first.choices[0].message, result] });
    return {
      finish: first.choices[0].finish_reason,
      name: call.function.name,
      input: JSON.parse(call.function.arguments),
      text: second.choices[0].message.content,
    };
  }

  async function parallel(send) {
    const { choices } = await send({ model: run.model('parallel_tools'), tools: TOOLS, messages });
    return choices[0].message.tool_calls.map((call) => JSON.parse(call.function.arguments).city);
  }

  const structuredBody = () => ({
    model: run.model('structured'),
    messages,
    response_format: zodResponseFormat(TRIP, 'trip'),
  });

  async function structured() {
    const body = structuredBody();
    const completion = await client.chat.completions.parse(body);
    run.called(usageOf(completion.usage), { model: body.model, stream: false, outcome: 'COMPLETED' });
    return completion.choices[0].message.parsed;
  }

  async function embedded(encoding) {
    const body = { model: run.model('embedding'), input: ['one', 'two'], ...encoding };
    const answer = await client.embeddings.create(body);
    run.called({ input_tokens: answer.usage.prompt_tokens, output_tokens: 0 }, { model: body.model, outcome: 'COMPLETED' });
    return { vectors: answer.data.map((each) => each.embedding), tokens: answer.usage.prompt_tokens };
  }

  async function ask(model, { key, body, ...options }) {
    const other = key || Object.keys(options).length > 0 ? make(key ?? run.key, options) : client;
    return (await other.chat.completions.create(body ?? { model, messages })).choices[0].message.content;
  }

  const shown = (error) => ({
    ...statusError(error),
    code: error.code,
    type: error.type,
    param: error.param ?? null,
    decision: error.error?.decision ?? null,
  });
  const { bad_body, ...failures } = {
    bad_body: async () => {
      const { error, attempts } = await run.counted(() => ask('', { body: { model: run.model('good') } }));
      return { ...shown(error), attempts };
    },
    ...troubles(run, ask, shown),
  };

  return {
    models: async () => (await client.models.list()).data.map((each) => each.id),
    plain: async () => {
      const completion = await create({ model: run.model('good'), messages });
      return { ...summary(completion), request_id: completion._request_id };
    },
    streamed: async () => summary(await accumulated({ model: run.model('good'), messages })),
    kept_alive: async () => summary(await accumulated({ model: run.model('paused'), messages })),
    streamed_without_usage: async () => {
      const model = run.model('good');
      let usages = 0;
      let text = '';
      for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
        text += chunk.choices[0].delta.content ?? '';
        usages += chunk.usage ? 1 : 0;
      }
      run.called({}, { model, stream: true, outcome: 'COMPLETED' });
      return { text, usages };
    },
    tools: () => withTools(create),
    streamed_tools: () => withTools(accumulated),
    parallel_tools: () => parallel(create),
    streamed_parallel_tools: () => parallel(accumulated),
    structured,
    streamed_structured: async () => (await accumulated(structuredBody())).choices[0].message.parsed,
    embedded: () => embedded({ encoding_format: 'float' }),
    embedded_base64: () => embedded({}),
    bad_body,
    ...failures,
    broken_stream: async () => {
      let text = '';
      const { error, attempts } = await run.counted(async () => {
        const body = { model: run.model('broken'), messages, stream: true };
        for await (const chunk of await client.chat.completions.create(body)) text += chunk.choices[0]?.delta?.content ?? '';
      });
      run.called({}, { model: run.model('broken'), stream: true, outcome: 'UPSTREAM_FAILED' });
      return { ...shown(error), text, attempts };
    },
    aborted: async () => {
      const model = run.model('endless');
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      let texts = 0;
      for await (const chunk of stream) {
        texts += chunk.choices[0]?.delta?.content ? 1 : 0;
        if (texts === 3) stream.controller.abort();
      }
      run.called({}, { model, stream: true, outcome: 'CLIENT_GONE' });
      return { texts };
    },
  };
}
