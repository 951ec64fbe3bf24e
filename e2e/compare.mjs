// What a client called against what the ledger says. Pure.

/**
 * @param entries decoded values of `turnpike.ledger`
 * @param calls what was called: {request_id, model?, outcome?, stream?, input_tokens?,
 *     output_tokens?}; only what is given is compared
 * @returns one sentence for each difference
 */
export function compare(entries, calls) {
  const differences = [];
  for (const [id, count] of countBy(entries, (entry) => entry?.call?.requestId)) {
    // Records of other topics have no such field.
    if (id !== undefined && count > 1) differences.push(`${id} stands ${count} times in the ledger`);
  }
  for (const call of calls) {
    const entry = entries.find((each) => each?.call?.requestId === call.request_id);
    if (entry === undefined) {
      differences.push(`${call.request_id} was called and is not in the ledger`);
      continue;
    }
    for (const [name, actual] of Object.entries(facts(entry))) {
      if (call[name] !== undefined && call[name] !== actual) {
        differences.push(`${call.request_id}: ${name} is ${actual} in the ledger, ${call[name]} was called`);
      }
    }
  }
  return differences;
}

function facts(entry) {
  return {
    model: entry.call.modelSlug,
    stream: entry.call.stream,
    outcome: entry.settlement ? entry.settlement.outcome : 'REFUSED',
    input_tokens: entry.settlement?.usage.inputTokens,
    output_tokens: entry.settlement?.usage.outputTokens,
  };
}

function countBy(values, key) {
  const counts = new Map();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
}
