// What a client called, written down for ledger.mjs to compare.

import fs from 'node:fs';

export class Calls {
  #lines = [];

  add(requestId, inputTokens, outputTokens, facts) {
    this.#lines.push({ request_id: requestId, input_tokens: inputTokens, output_tokens: outputTokens, ...facts });
  }

  /** Writes one call a line; does nothing without a file. */
  write(file) {
    if (file) fs.writeFileSync(file, this.#lines.map((call) => `${JSON.stringify(call)}\n`).join(''));
  }
}

/**
 * Counts the requests of every client made afterwards: they look the global up when they are made, so that
 * counting there leaves their configuration alone.
 */
export function countRequests() {
  let count = 0;
  const realFetch = globalThis.fetch;
  globalThis.fetch = (...args) => {
    count += 1;
    return realFetch(...args);
  };
  return () => count;
}
