/**
 * Settings: where they come from, how they are read, and how they are described to people.
 *
 * <p>Reading is typed, bounded and reports all mistakes at once. The settings of one service are a
 * record in that service, never a class here.
 */
@NullMarked
package dev.turnpike.runtime.config;

import org.jspecify.annotations.NullMarked;
