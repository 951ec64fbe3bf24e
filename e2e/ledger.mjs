// Reads a topic of a running Turnpike as a billing pipeline in another language would: kafkajs for
// the bytes, Confluent's own client for registry and Avro. It shares no code with Turnpike.
//
// Prints every record as one line of JSON ({topic, partition, offset, key, value}), then one line
// {"summary": ...}. With --calls it compares the ledger with what a client says it called, and
// exits 1 when they differ.

import fs from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import schemaRegistry from '@confluentinc/schemaregistry';
import snappy from 'snappyjs';
import { compare } from './compare.mjs';
import { readArguments, required } from './arguments.mjs';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// `turnpike.requests` is compressed; kafkajs brings gzip only.
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async (encoder) => Buffer.from(snappy.compress(encoder.buffer)),
  decompress: async (buffer) => unframed(buffer),
});
const lz4 = createRequire(import.meta.url)('lz4js');
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async (encoder) => Buffer.from(lz4.compress(encoder.buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

/** Kafka's Java clients frame Snappy as xerial does: a head of 16 bytes, then blocks behind their lengths. */
function unframed(buffer) {
  if (buffer.toString('latin1', 1, 7) !== 'SNAPPY') return Buffer.from(snappy.uncompress(buffer));
  const blocks = [];
  for (let at = 16; at < buffer.length; ) {
    const length = buffer.readUInt32BE(at);
    blocks.push(snappy.uncompress(buffer.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

const given = readArguments({
  run: undefined,
  bootstrap: undefined,
  registry: undefined,
  topic: 'turnpike.ledger',
  calls: undefined,
  'timeout-seconds': '60',
});
const run = given.run ? JSON.parse(fs.readFileSync(given.run, 'utf8')) : {};
const bootstrap = given.bootstrap ?? run.kafka_bootstrap ?? required(given, 'run');
const registryUrl = given.registry ?? run.registry_url ?? required(given, 'run');
const calls = given.calls ? readLines(given.calls) : [];
const deadline = Date.now() + Number(given['timeout-seconds']) * 1000;

function readLines(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** Silence after which nothing more is expected, in milliseconds. */
const QUIET_MILLIS = 2000;

/** Reads on until `done(records)` holds at what was the end of the topic, or time is over. */
async function readTopic(kafka, deserializer, topic, done) {
  const admin = kafka.admin();
  await admin.connect();
  const groupId = `turnpike-e2e-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 200 });
  const records = [];
  const positions = new Map();
  let movedAt = Date.now();
  consumer.on(consumer.events.GROUP_JOIN, () => (movedAt = Date.now()));
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let failure;
    consumer.on(consumer.events.CRASH, ({ payload }) => (failure = payload.error));
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        try {
          for (const message of batch.messages) {
            records.push(await decode(deserializer, topic, batch.partition, message));
          }
          movedAt = Date.now();
          positions.set(batch.partition, BigInt(batch.lastOffset()) + 1n);
        } catch (error) {
          failure = error;
        }
      },
    });
    const quiet = () => Date.now() - movedAt > QUIET_MILLIS && positions.size > 0;
    while (!(done(records) && ((await atEnd(admin, topic, positions)) || quiet()))) {
      if (failure) throw failure;
      if (Date.now() > deadline) return { records, complete: false };
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { records, complete: true };
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => {});
    await admin.disconnect();
  }
}

/**
 * Whether everything up to the high watermarks was delivered. The end of a transaction takes an
 * offset that kafkajs never delivers, so a partition counts as read when one is left. After an
 * aborted transaction more are left; then silence tells the end.
 */
async function atEnd(admin, topic, positions) {
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const position = positions.get(partition) ?? BigInt(low);
    if (position < BigInt(high) - 1n) return false;
  }
  return true;
}

async function decode(deserializer, topic, partition, message) {
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key?.toString('utf8') ?? null,
    value: message.value === null ? null : await deserializer.deserialize(topic, message.value),
  };
}

const kafka = new Kafka({
  clientId: 'turnpike-e2e',
  brokers: bootstrap.split(','),
  logLevel: logLevel.NOTHING,
});
const registry = new schemaRegistry.SchemaRegistryClient({ baseURLs: [registryUrl] });
const deserializer = new schemaRegistry.AvroDeserializer(registry, schemaRegistry.SerdeType.VALUE, {});

const expected = new Set(calls.map((call) => call.request_id));
const { records, complete } = await readTopic(kafka, deserializer, given.topic, (soFar) => {
  const seen = new Set(soFar.map((record) => record.value?.call?.requestId));
  return [...expected].every((id) => seen.has(id));
});
for (const record of records) console.log(JSON.stringify(record));
const differences = compare(records.map((record) => record.value), calls);
if (!complete) differences.push(`not all was read within ${given['timeout-seconds']} s`);
console.log(JSON.stringify({ summary: { topic: given.topic, records: records.length, calls: calls.length, differences } }));
process.exit(differences.length === 0 ? 0 : 1);
