/**
 * The schemas of the log over Confluent's schema registry API, read-only, so that any client of
 * such a registry decodes our topics. Schemas are public; nobody authenticates here and nothing is
 * kept.
 */
@NullMarked
package dev.turnpike.control.registry;

import org.jspecify.annotations.NullMarked;
