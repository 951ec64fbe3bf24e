// OpenAI's client in the form it has for Azure: the model stands in the URL where Azure has deployments, and in the body
// where it has none. Nothing is changed but endpoint and key.

import { AzureOpenAI } from 'openai';

export function openAiAzure(run) {
  const options = { endpoint: run.url, apiKey: run.key, apiVersion: '2025-04-01-preview' };
  const client = new AzureOpenAI(options);
  const messages = [{ role: 'user', content: run.prompt }];
  const completed = (input, output, model, stream) =>
    run.called({ input_tokens: input, output_tokens: output }, { model, stream, outcome: 'COMPLETED' });

  function chat(completion, model, stream) {
    const { prompt_tokens: input, completion_tokens: output } = completion.usage;
    completed(input, output, model, stream);
    return { text: completion.choices[0].message.content, model: completion.model };
  }

  function response(answer, stream) {
    completed(answer.usage.input_tokens, answer.usage.output_tokens, run.model('good'), stream);
    return { text: answer.output_text, model: answer.model, id: answer.id };
  }

  return {
    models: async () => (await client.models.list()).data.map((each) => each.id),
    model: async () => (await client.models.retrieve(run.model('good'))).id,
    plain: async () => {
      const model = run.model('good');
      return chat(await client.chat.completions.create({ model, messages }), model, false);
    },
    deployed: async () => {
      const model = run.model('good');
      const bound = new AzureOpenAI({ ...options, deployment: model });
      return chat(await bound.chat.completions.create({ model: '', messages }), model, false);
    },
    streamed: async () => {
      const model = run.model('good');
      const body = { model, messages, stream_options: { include_usage: true } };
      return chat(await client.chat.completions.stream(body).finalChatCompletion(), model, true);
    },
    embedded: async () => {
      const model = run.model('embedding');
      const answer = await client.embeddings.create({ model, input: ['one', 'two'] });
      completed(answer.usage.prompt_tokens, 0, model, false);
      return answer.data.map((each) => each.embedding);
    },
    response: async () => {
      const bound = new AzureOpenAI({ ...options, deployment: run.model('good') });
      return response(await bound.responses.create({ model: run.model('good'), input: run.prompt }), false);
    },
    streamed_response: async () => {
      const stream = client.responses.stream({ model: run.model('good'), input: run.prompt });
      return response(await stream.finalResponse(), true);
    },
    unknown_model: async () => {
      try {
        return await client.responses.create({ model: `${run.model('good')}-unknown`, input: run.prompt });
      } catch (error) {
        return { error: error.constructor.name, status: error.status, code: error.code };
      }
    },
  };
}
