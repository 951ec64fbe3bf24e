/**
 * Anthropic's Messages API and OpenAI's chat completions, each in the words of the other: requests,
 * whole answers, streams, usage, stop reasons and errors, in both directions; and the relay of an
 * Anthropic stream to an Anthropic client, which changes nothing it need not change. Pure like the
 * package above it, on whose scanner and reader of events it stands: bytes in, bytes out.
 *
 * <p>Values are never built into trees. What needs no translation (texts, schemas, images, numbers)
 * is copied as it stands, with its escapes and its spelling. Members that the other side does not
 * know are left out and named, because a provider that checks its input would refuse them.
 */
@NullMarked
package dev.turnpike.edge.wire.anthropic;

import org.jspecify.annotations.NullMarked;
