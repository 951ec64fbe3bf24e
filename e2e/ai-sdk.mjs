// The AI SDK with each of its providers, and with nothing changed but base URL and key.

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  Output,
  embedMany,
  generateObject,
  generateText,
  jsonSchema,
  stepCountIs,
  streamObject,
  streamText,
  tool,
} from 'ai';
import { CITY, TRIP, troubles } from './steps.mjs';

/** Makes a model by its slug, for each provider; `embedding` where it has vectors. */
const PROVIDERS = {
  responses: (baseURL, apiKey) => createOpenAI({ baseURL, apiKey }).responses,
  chat: (baseURL, apiKey) => createOpenAI({ baseURL, apiKey }).chat,
  compatible: (baseURL, apiKey) =>
    createOpenAICompatible({ name: 'gateway', baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true }),
  anthropic: (baseURL, apiKey) => createAnthropic({ baseURL, apiKey }),
};

const VECTORS = {
  chat: (baseURL, apiKey) => createOpenAI({ baseURL, apiKey }).embedding,
  compatible: (baseURL, apiKey) => (slug) =>
    createOpenAICompatible({ name: 'gateway', baseURL, apiKey }).textEmbeddingModel(slug),
};

export const aiSdk = (provider) => (run) => {
  const baseURL = `${run.url}/v1`;
  const own = PROVIDERS[provider](baseURL, run.key);
  const prompt = run.prompt;
  const usageOf = (usage) => ({ input_tokens: usage.inputTokens, output_tokens: usage.outputTokens });
  const completed = (usage, model, stream) => run.called(usageOf(usage), { model, stream, outcome: 'COMPLETED' });

  const weather = (execute) => ({
    get_weather: tool({ description: 'Weather of a city', inputSchema: jsonSchema(CITY), execute }),
  });

  /** The SDK calls the tool and sends its result back by itself. */
  async function withTools(stream) {
    const slug = run.model('tools');
    const tools = weather(async ({ city }) => `sunny in ${city}`);
    const options = { model: own(slug), prompt, tools, stopWhen: stepCountIs(3) };
    const answer = stream ? streamText(options) : await generateText(options);
    const steps = await answer.steps;
    const text = await answer.text;
    for (const [i, step] of steps.entries()) {
      const request = run.requests.at(i - steps.length);
      Object.assign(request, { ...usageOf(step.usage), model: slug, stream, outcome: 'COMPLETED' });
    }
    const [call] = steps[0].toolCalls;
    return { finish: steps[0].finishReason, name: call.toolName, input: call.input, text };
  }

  async function parallel(stream) {
    const slug = run.model('parallel_tools');
    const options = { model: own(slug), prompt, tools: weather(undefined) };
    const answer = stream ? streamText(options) : await generateText(options);
    const calls = await answer.toolCalls;
    completed(await answer.usage, slug, stream);
    return calls.map((call) => call.input.city);
  }

  async function ask(model, { key, maxRetries, timeout }) {
    const models = key ? PROVIDERS[provider](baseURL, key) : own;
    const abortSignal = timeout && AbortSignal.timeout(timeout);
    return (await generateText({ model: models(model), prompt, maxRetries, abortSignal })).text;
  }

  function shown(error) {
    const cause = APICallError.isInstance(error) ? error : (error.lastError ?? error);
    const body = cause.data?.error ?? {};
    return {
      error: error.name,
      status: cause.statusCode,
      message: cause.message,
      code: body.code ?? null,
      type: body.type ?? null,
      request_id: cause.responseHeaders?.['x-request-id'] ?? null,
      retry_after: cause.responseHeaders?.['retry-after'] ?? null,
      should_retry: cause.responseHeaders?.['x-should-retry'] ?? null,
    };
  }

  const summary = async (answer, slug, stream) => {
    const usage = await answer.usage;
    completed(usage, slug, stream);
    return { text: await answer.text, finish: await answer.finishReason, ...usageOf(usage) };
  };

  const steps = {
    plain: async () => {
      const slug = run.model('good');
      const answer = await generateText({ model: own(slug), prompt });
      return { ...(await summary(answer, slug, false)), request_id: answer.response.headers['x-request-id'] };
    },
    streamed: async () => {
      const slug = run.model('good');
      return summary(streamText({ model: own(slug), prompt }), slug, true);
    },
    kept_alive: async () => {
      const slug = run.model('paused');
      return summary(streamText({ model: own(slug), prompt }), slug, true);
    },
    tools: () => withTools(false),
    streamed_tools: () => withTools(true),
    parallel_tools: () => parallel(false),
    streamed_parallel_tools: () => parallel(true),
    structured: async () => {
      const slug = run.model('structured');
      const answer = await generateObject({ model: own(slug), prompt, schema: TRIP });
      completed(answer.usage, slug, false);
      return answer.object;
    },
    structured_output: async () => {
      const slug = run.model('structured');
      const answer = await generateText({ model: own(slug), prompt, output: Output.object({ schema: TRIP }) });
      completed(await answer.usage, slug, false);
      return answer.output;
    },
    streamed_structured: async () => {
      const slug = run.model('structured');
      const answer = streamObject({ model: own(slug), prompt, schema: TRIP });
      for await (const _ of answer.partialObjectStream);
      const object = await answer.object;
      completed(await answer.usage, slug, true);
      return object;
    },
    ...troubles(run, ask, shown),
    broken_stream: async () => {
      const slug = run.model('broken');
      let text = '';
      let failure;
      const { attempts } = await run.counted(async () => {
        const answer = streamText({ model: own(slug), prompt, onError: () => {} });
        for await (const part of answer.fullStream) {
          if (part.type === 'text-delta') text += part.text;
          if (part.type === 'error') failure = part.error;
        }
      });
      run.called({}, { model: slug, stream: true, outcome: 'UPSTREAM_FAILED' });
      return { error: failure === undefined ? null : `${failure.name ?? typeof failure}`, text, attempts };
    },
    aborted: async () => {
      const slug = run.model('endless');
      const controller = new AbortController();
      const stream = streamText({ model: own(slug), prompt, abortSignal: controller.signal, onError: () => {} });
      let texts = 0;
      try {
        for await (const _ of stream.textStream) {
          texts += 1;
          if (texts === 3) controller.abort();
        }
      } catch (error) {
        if (error.name !== 'AbortError') throw error;
      }
      run.called({}, { model: slug, stream: true, outcome: 'CLIENT_GONE' });
      return { texts };
    },
  };
  if (VECTORS[provider] !== undefined) {
    steps.embedded = async () => {
      const slug = run.model('embedding');
      const answer = await embedMany({ model: VECTORS[provider](baseURL, run.key)(slug), values: ['one', 'two'] });
      run.called({ input_tokens: answer.usage.tokens, output_tokens: 0 }, { model: slug, outcome: 'COMPLETED' });
      return { vectors: answer.embeddings, tokens: answer.usage.tokens };
    };
  }
  return steps;
};
