// OpenAI's own client on responses, with nothing changed but base URL and key.

import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { CITY, TRIP, statusError, troubles } from './steps.mjs';

const TOOLS = [{ type: 'function', name: 'get_weather', description: 'Weather of a city', parameters: CITY, strict: true }];

export function openAiResponses(run) {
  const make = (key, options) => new OpenAI({ baseURL: `${run.url}/v1`, apiKey: key, ...options });
  const client = make(run.key);
  const input = [{ role: 'user', content: run.prompt }];
  const usageOf = (usage) => ({ input_tokens: usage?.input_tokens, output_tokens: usage?.output_tokens });

  async function create(body) {
    const response = await client.responses.create(body);
    run.called(usageOf(response.usage), { model: body.model, stream: false, outcome: 'COMPLETED' });
    return response;
  }

  async function accumulated(body) {
    const response = await client.responses.stream(body).finalResponse();
    run.called(usageOf(response.usage), { model: body.model, stream: true, outcome: 'COMPLETED' });
    return response;
  }

  const summary = (response) => ({
    text: response.output_text,
    finish: response.status,
    model: response.model,
    ...usageOf(response.usage),
  });
  const callsOf = (response) => response.output.filter((item) => item.type === 'function_call');

  async function withTools(send) {
    const body = { model: run.model('tools'), tools: TOOLS };
    const first = await send({ ...body, input });
    const [call] = callsOf(first);
    const asked = { type: 'function_call', call_id: call.call_id, name: call.name, arguments: call.arguments };
    const result = { type: 'function_call_output', call_id: call.call_id, output: 'sunny' };
    const second = await send({ ...body, input: [...input, asked, result] });
    return { finish: first.status, name: call.name, input: JSON.parse(call.arguments), text: second.output_text };
  }

  async function parallel(send) {
    const response = await send({ model: run.model('parallel_tools'), tools: TOOLS, input });
    return callsOf(response).map((call) => JSON.parse(call.arguments).city);
  }

  const structuredBody = () => ({ model: run.model('structured'), input, text: { format: zodTextFormat(TRIP, 'trip') } });

  async function ask(model, { key, ...options }) {
    const other = key || Object.keys(options).length > 0 ? make(key ?? run.key, options) : client;
    return (await other.responses.create({ model, input })).output_text;
  }

  const shown = (error) => ({ ...statusError(error), code: error.code, type: error.type, param: error.param ?? null });

  return {
    plain: async () => {
      const response = await create({ model: run.model('good'), input });
      return { ...summary(response), request_id: response._request_id };
    },
    streamed: async () => summary(await accumulated({ model: run.model('good'), input })),
    kept_alive: async () => summary(await accumulated({ model: run.model('paused'), input })),
    tools: () => withTools(create),
    streamed_tools: () => withTools(accumulated),
    parallel_tools: () => parallel(create),
    streamed_parallel_tools: () => parallel(accumulated),
    structured: async () => {
      const response = await client.responses.parse(structuredBody());
      run.called(usageOf(response.usage), { model: run.model('structured'), stream: false, outcome: 'COMPLETED' });
      return response.output_parsed;
    },
    streamed_structured: async () => (await accumulated(structuredBody())).output_parsed,
    ...troubles(run, ask, shown),
    broken_stream: async () => {
      let text = '';
      const { error, attempts } = await run.counted(async () => {
        for await (const event of await client.responses.create({ model: run.model('broken'), input, stream: true })) {
          text += event.type === 'response.output_text.delta' ? event.delta : '';
        }
      });
      run.called({}, { model: run.model('broken'), stream: true, outcome: 'UPSTREAM_FAILED' });
      return { ...shown(error), text, attempts };
    },
    aborted: async () => {
      const model = run.model('endless');
      const stream = await client.responses.create({ model, input, stream: true });
      let texts = 0;
      for await (const event of stream) {
        texts += event.type === 'response.output_text.delta' ? 1 : 0;
        if (texts === 3) stream.controller.abort();
      }
      run.called({}, { model, stream: true, outcome: 'CLIENT_GONE' });
      return { texts };
    },
  };
}
